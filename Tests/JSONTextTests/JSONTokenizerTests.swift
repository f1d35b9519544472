import JSONText
import Testing

@Suite struct JSONTokenizerTests {
  /// What a text has, read in pieces.
  private struct Reading: Equatable {
    var tokens: [String] = []
    var fault: JSONFault?

    /// - Parameters:
    ///   - piece: how many bytes arrive at once.
    ///   - discards: bytes that are read are taken away before the next arrive.
    init(_ text: [UInt8], piece: Int, grammar: StringGrammar = .strict, discards: Bool = false) {
      var tokenizer = JSONTokenizer(grammar: grammar)
      var (buffer, base, arrived) = ([UInt8](), 0, 0)
      while fault == nil {
        do throws(JSONFault) {
          while let token = try tokenizer.next(in: buffer.span) {
            tokens.append(Self.words(token, in: buffer))
          }
        } catch {
          fault = JSONFault(offset: base + error.offset, problem: error.problem)
        }
        if arrived == text.count { break }
        if discards {
          let count = tokenizer.firstNeeded
          buffer.removeFirst(count)
          tokenizer.discard(count)
          base += count
        }
        let end = min(arrived + piece, text.count)
        buffer += text[arrived..<end]
        arrived = end
      }
      if fault == nil, !tokenizer.isAtEnd { fault = JSONFault(offset: text.count, problem: .endsEarly) }
    }

    private static func words(_ token: JSONTokenizer.Token, in text: [UInt8]) -> String {
      switch token {
      case .name(let slice): "name \(text.span.string(slice))"
      case .scalar(let slice): "\(slice.shape) \(text.span.string(slice)) \(slice.claims.rawValue)"
      default: "\(token)"
      }
    }
  }

  @Test func `tokens come in the order of the text`() {
    let text = #" { "a" : [ 1 , -2.50e+3 , true ] , "\u0062" : { } , "c" : "x\ny" , "d" : [ ] } "#
    let expected = [
      "beginObject", "name a", "beginArray", "integer 1 0", "decimal -2.50e+3 0", "boolean true 0", "endArray",
      "name b",
      "beginObject", "endObject", "name c", "string x\ny 1", "name d", "beginArray", "endArray", "endObject",
    ]
    for piece in 1...text.utf8.count {
      let reading = Reading(Array(text.utf8), piece: piece, discards: true)
      #expect(reading.tokens == expected && reading.fault == nil)
    }
  }

  /// Texts that are not JSON, and the byte at which that is known.
  @Test(arguments: [
    ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1}", 2), ("{]", 1), ("{,}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5),
    (#"{"a":1,}"#, 7), (#"{"a":1]"#, 6), ("{1:2}", 1), ("[1] 2", 4), ("[01]", 2), ("[-]", 2), ("[1.]", 3), ("[1e]", 3),
    ("[1-2]", 2), ("[nul]", 4), ("[+1]", 1), ("[\u{0}]", 1), (#"["\x"]"#, 2),
  ])
  func `a fault is found at its byte in pieces of every size`(text: String, offset: Int) {
    for piece in 1...text.utf8.count {
      #expect(Reading(Array(text.utf8), piece: piece, discards: true).fault?.offset == offset)
    }
  }

  @Test func `a text that is cut anywhere ends early`() {
    let text = Array(#"{"aé\u12ab":["x😀", -12.5e+10, null]}"#.utf8)
    for end in 0..<text.count {
      #expect(
        Reading(Array(text[..<end]), piece: 1).fault == JSONFault(offset: end, problem: .endsEarly), "cut at \(end)")
    }
    #expect(Reading(text, piece: 1).fault == nil)
  }

  @Test(arguments: [StringGrammar.strict, .anyBytes])
  func `pieces give the tokens and the fault of the whole text`(grammar: StringGrammar) {
    for text in DifferentialTests.texts.prefix(4000) {
      let whole = Reading(text, piece: max(1, text.count), grammar: grammar)
      for piece in [1, 2, 3, 7] {
        let pieces = Reading(text, piece: piece, grammar: grammar, discards: true)
        #expect(pieces == whole, "\(String(decoding: text, as: UTF8.self).debugDescription) by \(piece)")
      }
    }
  }

  @Test(arguments: [StringGrammar.strict, .anyBytes])
  func `it agrees with the scanner of objects on where they end and what is wrong`(grammar: StringGrammar) {
    var objects = 0
    for text in DifferentialTests.texts {
      let start = text.span.skippingJSONSpace(from: 0)
      guard start < text.count, text[start] == UInt8(ascii: "{") else { continue }
      objects += 1
      var scanner = ObjectScanner(members: ["m1"], grammar: grammar)
      var tokenizer = JSONTokenizer(grammar: grammar)
      let (scanned, tokenized): (Result<Int, JSONFault>, Result<Int, JSONFault>)
      do { scanned = .success(try scanner.scan(text.span, from: start)) } catch { scanned = .failure(error) }
      do throws(JSONFault) {
        let range = try tokenizer.value(in: text.span)
        tokenized =
          range.map { .success($0.upperBound) } ?? .failure(JSONFault(offset: text.count, problem: .endsEarly))
      } catch {
        tokenized = .failure(error)
      }
      #expect(scanned == tokenized, "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
    #expect(objects > 1000)
  }

  @Test func `a value is read by the scanner of objects where it is one`() throws {
    let text = Array(#"[ {"a":[1]} , 2,{"a":"x"}]"#.utf8)
    for piece in 1...text.count {
      var tokenizer = JSONTokenizer()
      var scanner = ObjectScanner(members: ["a"])
      var (arrived, ranges, members) = (0, [Range<Int>](), [JSONSlice.Shape]())
      while ranges.count < 3 {
        arrived = min(arrived + piece, text.count)
        let buffer = text.span.extracting(0..<arrived)
        if tokenizer.depth == 0, try tokenizer.next(in: buffer) == nil { continue }
        while let range = try tokenizer.value(in: buffer, scanner: &scanner) {
          ranges.append(range)
          members.append(scanner.values[0].shape)
          if ranges.count == 3 { break }
        }
      }
      #expect(ranges == [2..<11, 14..<15, 16..<25] && members == [.array, .array, .string])
      #expect(try tokenizer.next(in: text.span) == .endArray)
      #expect(tokenizer.isAtEnd && tokenizer.depth == 0)
    }
  }

  /// What a long value has between its ends, and what would end it.
  @Test(arguments: [("\"", "x", "\""), ("\"", "é", "\""), ("", "1", "x")])
  func `bytes that were read are not read again for each piece`(end: String, inside: String, other: String) throws {
    var text = Array("[\(end)\(String(repeating: inside, count: 100))\(end) ]".utf8)
    let count = text.count
    var tokenizer = JSONTokenizer()
    #expect(try tokenizer.next(in: text.span.extracting(0..<1)) == .beginArray)
    for arrived in 2..<count - 1 {
      if try tokenizer.next(in: text.span.extracting(0..<arrived)) != nil {
        #expect(arrived == count - 2)
        #expect(tokenizer.offset == count - 2)
        return
      }
      // A second look at what was read would take this for the end of the value. Its first byte is looked at again.
      if arrived > 8 { text[arrived - 6] = other.utf8.first! }
    }
    #expect(try tokenizer.next(in: text.span)! != .endArray && tokenizer.offset == count - 2)
  }
}
