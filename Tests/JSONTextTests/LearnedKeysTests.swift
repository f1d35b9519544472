import JSONText
import TestSupport
import Testing

/// A scanner that has learned the keys of a feed, against the reader of values, which learns nothing.
@Suite struct LearnedKeysTests {
  private static let names = [
    "EMPLID", "CAMPUS_ID", "STRM", "ID", "PRF_OR_PRI_MIDDLE_NAME", "ACAD", "DEPT_", "CAMP_ADDRESS1", "CAMP_ADDRESS2",
    "A_NAME_THAT_IS_LONGER_THAN_ANY_THAT_IS_LEARNED", "FERPA",
  ]

  private static let values = [
    #""""#, #"" ""#, #""Y""#, #""12345678""#, #"" 234567""#, #""1234567 ""#, #""!""#, #""  ""#, #""\"x""#,
    #""123456789""#, #""a long run of plain text, and more""#,
    "null",
    "12", "1.5", "true", #"["x",{"EMPLID":1}]"#, #""é""#, #""a\/b""#, #""\"""#, #""12345678\n""#, #""1234567中""#, "{}",
  ]

  /// An object of the feed: most alike, some short of members or in another order, one in three damaged.
  private static func text(_ random: inout SplitMix) -> [UInt8] {
    var order = names
    if Int.random(in: 0..<8, using: &random) == 0 { order.shuffle(using: &random) }
    if Int.random(in: 0..<8, using: &random) == 0 { order.removeFirst(Int.random(in: 0...5, using: &random)) }
    if Int.random(in: 0..<8, using: &random) == 0 { order.append(order.randomElement(using: &random)!) }
    // Where there are spaces, there are others at each place.
    let spaces = Int.random(in: 0..<8, using: &random) == 0 ? ["", "", " ", "\t\n "] : [""]
    let members = order.map { name in
      let space = (0..<4).map { _ in spaces.randomElement(using: &random)! }
      let value = values.randomElement(using: &random)!
      return "\(space[0])\"\(name)\"\(space[1]):\(space[2])\(value)\(space[3])"
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    if Int.random(in: 0..<3, using: &random) == 0 {
      let place = Int.random(in: 1..<text.count, using: &random)
      switch Int.random(in: 0...2, using: &random) {
      case 0: text.remove(at: place)
      case 1: text[place] = [0x22, 0x5C, 0x2C, 0x7D, 0x01, 0xC3, 0xFF].randomElement(using: &random)!
      default: text.removeSubrange(place...)
      }
    }
    return text
  }

  /// What stands in an object: its known members in order, and whether one is given twice; nil where it is none.
  private static func scanned(_ text: [UInt8], _ scanner: inout ObjectScanner) -> [JSONValue?]? {
    guard let end = try? scanner.scan(text.span, from: 0), end == text.count else { return nil }
    return scanner.values.map { value in
      guard value.shape != .absent else { return nil }
      let whole = text.span.extracting((value.isString ? value.start - 1 : value.start)..<value.behind)
      // A number at the very end might go on; a space tells that it does not.
      return try? JSONValue(parsing: (whole.indices.map { whole[$0] } + [0x20]).span)
    }
  }

  @Test func `what a practised scanner finds is what the reader of values finds`() {
    var random = SplitMix(seed: 6)
    var scanner = ObjectScanner(members: Self.names.filter { $0 != "FERPA" })
    var taken = 0
    for _ in 0..<20_000 {
      let text = Self.text(&random)
      let found = Self.scanned(text, &scanner)
      guard case .object(let members)? = try? JSONValue(parsing: text.span) else {
        #expect(found == nil, "\(String(decoding: text, as: UTF8.self))")
        continue
      }
      taken += 1
      let known = Self.names.filter { $0 != "FERPA" }
      let expected = known.map { name in members.first { $0.name == name }?.value }
      #expect(found == expected, "\(String(decoding: text, as: UTF8.self))")
      let isRepeated = known.contains { name in members.count { $0.name == name } > 1 }
      #expect((scanner.repeated != nil) == isRepeated, "\(String(decoding: text, as: UTF8.self))")
    }
    #expect(taken > 10_000 && taken < 19_000)
  }
}
