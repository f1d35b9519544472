/// Reads JSON token by token, from text that may arrive in pieces of any size.
///
/// It checks the grammar. If the text ends within a token, the call returns nil, and the next call, with more text,
/// continues there, so that each byte is read once. Each call gets the text from the same start, unless `discard` was
/// called.
package struct JSONTokenizer: Sendable {
  /// A token; its slice has offsets in the text of the call. Colons and commas are not tokens.
  package enum Token: Equatable, Sendable {
    case beginObject, endObject, beginArray, endArray
    /// The name of a member, a string.
    case name(JSONSlice)
    /// A string, a number, `true`, `false` or `null`.
    case scalar(JSONSlice)
  }

  private enum Expected {
    case value, elementOrEnd, nameOrEnd, name, colon, commaOrEnd, nothing
  }

  /// The offset after the last token; after `peek`, and if the text ends in a token, the offset of that token.
  package private(set) var offset: Int
  private let grammar: StringGrammar
  private var expected = Expected.value
  private var nesting = Nesting()
  /// The unfinished scan of a string, or of a number, within which the text ends.
  private var string: StringScan?
  private var number: NumberScan?
  /// The value that `value` has begun to read.
  private var outermost: (start: Int, depth: Int)?

  /// Creates a tokenizer for one value that begins at an offset, or after white space there.
  package init(at offset: Int = 0, grammar: StringGrammar = .strict) {
    self.offset = offset
    self.grammar = grammar
  }

  /// The number of objects and arrays that are open.
  package var depth: Int { nesting.depth }

  /// Whether the outermost value has ended.
  package var isAtEnd: Bool { expected == .nothing }

  /// The offset of the first byte that is still needed: the start of the token or value that is incomplete.
  package var firstNeeded: Int { outermost?.start ?? offset }

  /// Moves to the next token, past white space, commas and colons.
  /// - Returns: its first byte; nil if the text ends before it.
  /// - Throws: `JSONFault` at a byte that is not the comma, colon or closing bracket that is required, or that follows
  ///   the outermost value.
  package mutating func peek(in text: Span<UInt8>) throws(JSONFault) -> UInt8? {
    while true {
      offset = text.skippingJSONSpace(from: offset)
      guard offset < text.count else { return nil }
      let byte = text.byte(offset)
      switch (expected, byte) {
      case (.commaOrEnd, Byte.comma): expected = nesting.isInObject ? .name : .value
      case (.colon, Byte.colon): expected = .value
      case (.commaOrEnd, Byte.closeBrace) where nesting.isInObject: return byte
      case (.commaOrEnd, Byte.closeBracket) where !nesting.isInObject: return byte
      case (.commaOrEnd, _), (.colon, _), (.nothing, _): throw text.fault(at: offset)
      default: return byte
      }
      offset &+= 1
    }
  }

  /// Reads the next token.
  /// - Returns: nil if the text ends before the token does, or at the end of a number, which may have more digits.
  package mutating func next(in text: Span<UInt8>) throws(JSONFault) -> Token? {
    guard let byte = try peek(in: text) else { return nil }
    do throws(JSONFault) {
      switch (expected, byte) {
      case (.nameOrEnd, Byte.closeBrace), (.commaOrEnd, Byte.closeBrace): return leave(.endObject)
      case (.elementOrEnd, Byte.closeBracket), (.commaOrEnd, Byte.closeBracket): return leave(.endArray)
      case (.name, Byte.quote), (.nameOrEnd, Byte.quote):
        let name = try readString(in: text)
        expected = .colon
        return .name(name)
      case (.name, _), (.nameOrEnd, _): throw text.fault(at: offset)
      case (_, Byte.openBrace): return enter(object: true)
      case (_, Byte.openBracket): return enter(object: false)
      default:
        let value = try byte == Byte.quote ? readString(in: text) : readLiteral(byte, in: text)
        endValue(at: value.behind)
        return .scalar(value)
      }
    } catch {
      if error.problem == .endsEarly { return nil }
      throw error
    }
  }

  /// Reads the value that begins at the next token to its end, of any kind.
  /// - Returns: its range, of a string with the quotation marks; nil if the text ends before it does.
  package mutating func value(in text: Span<UInt8>) throws(JSONFault) -> Range<Int>? {
    if outermost == nil {
      guard try peek(in: text) != nil else { return nil }
      outermost = (offset, depth)
    }
    guard let (start, depth) = outermost else { return nil }
    repeat { if try next(in: text) == nil { return nil } } while self.depth > depth
    outermost = nil
    return start..<offset
  }

  /// Reads the value that begins at the next token, as `value(in:)` does. If it is an object, the scanner then has its
  /// members.
  package mutating func value(in text: Span<UInt8>, scanner: inout ObjectScanner) throws(JSONFault) -> Range<Int>? {
    let isBegun = isInValue
    if !isBegun, try peek(in: text) == nil { return nil }
    let start = firstNeeded
    guard text.byte(start) == Byte.openBrace else { return try value(in: text) }
    if !isBegun {
      // Nearly all objects are whole in the text, and are read once, by the faster scanner.
      do throws(JSONFault) {
        endValue(at: try scanner.scan(text, from: start))
        return start..<offset
      } catch {
        if error.problem != .endsEarly { throw error }
      }
    }
    guard let range = try value(in: text) else { return nil }
    _ = try scanner.scan(text, from: start)
    return range
  }

  /// Whether `value` has read a part of a value.
  package var isInValue: Bool { outermost != nil }

  /// Moves all offsets after the first bytes of the text were removed. They must be before `firstNeeded`.
  package mutating func discard(_ count: Int) {
    offset -= count
    string?.end -= count
    number?.end -= count
    outermost?.start -= count
  }

  private mutating func enter(object: Bool) -> Token {
    nesting.enter(object: object)
    offset &+= 1
    expected = object ? .nameOrEnd : .elementOrEnd
    return object ? .beginObject : .beginArray
  }

  private mutating func leave(_ token: Token) -> Token {
    nesting.leave()
    endValue(at: offset &+ 1)
    return token
  }

  private mutating func endValue(at end: Int) {
    offset = end
    expected = nesting.depth == 0 ? .nothing : .commaOrEnd
  }

  private mutating func readString(in text: Span<UInt8>) throws(JSONFault) -> JSONSlice {
    var scan = string ?? StringScan(end: offset &+ 1, claims: [])
    do throws(JSONFault) { try text.pass(&scan, grammar: grammar) } catch {
      string = scan
      throw error
    }
    string = nil
    let slice = text.slice(of: scan, from: offset &+ 1)
    offset = slice.behind
    return slice
  }

  private mutating func readLiteral(_ byte: UInt8, in text: Span<UInt8>) throws(JSONFault) -> JSONSlice {
    if number == nil, let word = try text.scanWord(at: offset) { return word }
    var scan = number ?? NumberScan(end: offset)
    do throws(JSONFault) { try text.pass(&scan) } catch {
      number = scan
      throw error
    }
    number = nil
    return JSONSlice(start: offset, end: scan.end, shape: scan.shape)
  }
}

/// Which of the open brackets are objects, in one bit each.
private struct Nesting {
  private(set) var depth = 0
  private var innermost: UInt64 = 0
  private var outer: [UInt64] = []

  var isInObject: Bool { innermost & 1 == 1 }

  mutating func enter(object: Bool) {
    if depth != 0, depth % 64 == 0 { outer.append(innermost) }
    innermost = innermost << 1 | (object ? 1 : 0)
    depth += 1
  }

  mutating func leave() {
    depth -= 1
    innermost = depth != 0 && depth % 64 == 0 ? outer.removeLast() : innermost >> 1
  }
}
