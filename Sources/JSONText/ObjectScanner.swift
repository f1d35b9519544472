/// Reads one object after the other and tells where the values of some members stand.
///
/// The text is lent, nothing of it is copied. Values of unknown members are read too, and have to be JSON.
public struct ObjectScanner: ~Copyable {
  /// The place of each known member's value in the object read last, in the order of the names given.
  public private(set) var values: [JSONSlice]
  /// How many objects and arrays stood in one another in the object read last; the object itself is the first.
  public private(set) var depth = 0
  /// A known member that the object read last had more than once; its first value is kept.
  public private(set) var repeated: Int?

  private let grammar: StringGrammar
  private let table: MemberTable
  private var learned: LearnedKeys
  /// Objects that may still be learned from.
  private var lessons = 16

  public init(members: [String], grammar: StringGrammar = .strict) {
    self.grammar = grammar
    table = MemberTable(members)
    learned = LearnedKeys(memberCount: members.count)
    values = Array(repeating: .absent, count: members.count)
  }

  /// Reads the object that begins at `start`.
  /// - Returns: the offset behind its closing brace.
  public mutating func scan(_ text: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
    var reading = Reading()
    let end = try Self.readMembers(text, from: start, learned, table, grammar, &values, &reading)
    depth = 1 &+ reading.deepest
    repeated = reading.repeated
    if reading.misses > 0, lessons > 0 { learn(text, from: start) }
    return end
  }

  /// What is found on the way through one object.
  private struct Reading {
    var deepest = 0
    /// Keys that were not foreseen.
    var misses = 0
    var repeated: Int?
  }

  private static func readMembers(
    _ text: Span<UInt8>, from start: Int, _ learned: LearnedKeys, _ table: MemberTable, _ grammar: StringGrammar,
    _ values: inout [JSONSlice], _ reading: inout Reading
  ) throws(JSONFault) -> Int {
    let keys = learned.keys.span
    var values = values.mutableSpan
    for index in values.indices { values[index] = .absent }
    guard text.byte(start) == Byte.openBrace else { throw text.fault(at: start) }
    var offset = text.skippingJSONSpace(from: start &+ 1)
    if text.byte(offset) == Byte.closeBrace { return offset &+ 1 }
    offset = start &+ 1
    var position = 0
    while true {
      let member: Int
      if position < keys.count, keys[position].matches(text, at: offset) {
        member = keys[position].member
        offset &+= keys[position].count
        position &+= 1
        // There may be more white space than where the key was learned.
        if text.byte(offset) <= Byte.space { offset = text.skippingJSONSpace(from: offset) }
      } else {
        reading.misses &+= 1
        (member, offset) = try readKey(text, from: offset, table, grammar)
        position &+= 1
        if member >= 0, learned.following[member] >= 0 { position = learned.following[member] }
      }
      let value = try text.scanValue(at: offset, grammar: grammar, deepest: &reading.deepest)
      offset = value.shape == .string ? value.end &+ 1 : value.end
      if member >= 0 {
        if values[member].shape == .absent {
          values[member] = value
        } else {
          reading.repeated = reading.repeated ?? member
        }
      }
      if text.byte(offset) != Byte.comma {
        offset = text.skippingJSONSpace(from: offset)
        if text.byte(offset) == Byte.closeBrace { return offset &+ 1 }
        if text.byte(offset) != Byte.comma { throw text.fault(at: offset) }
      }
      offset &+= 1
    }
  }

  /// Reads a key that was not foreseen.
  /// - Returns: its index among the names known, or -1, and the offset of its value.
  @inline(never)
  private static func readKey(
    _ text: Span<UInt8>, from start: Int, _ table: MemberTable, _ grammar: StringGrammar
  ) throws(JSONFault) -> (member: Int, value: Int) {
    let quote = text.skippingJSONSpace(from: start)
    guard text.byte(quote) == Byte.quote else { throw text.fault(at: quote) }
    let scan = try text.scanString(from: quote + 1, grammar: grammar)
    let colon = text.skippingJSONSpace(from: scan.end + 1)
    guard text.byte(colon) == Byte.colon else { throw text.fault(at: colon) }
    let value = text.skippingJSONSpace(from: colon + 1)
    if scan.hasEscapes {
      var name: [UInt8] = []
      text.appendText(from: quote + 1, to: scan.end, to: &name)
      return (table.index(of: name.span, from: 0, count: name.count), value)
    }
    return (table.index(of: text, from: quote + 1, count: scan.end - quote - 1), value)
  }

  /// Learns the keys of an object that has just been read whole, where it tells more than what is known.
  private mutating func learn(_ text: Span<UInt8>, from start: Int) {
    lessons -= 1
    var fresh = LearnedKeys(memberCount: values.count)
    var offset = start + 1
    var unused = 0
    while let (member, value) = try? Self.readKey(text, from: offset, table, grammar) {
      fresh.append(text, from: offset, to: value, member: member)
      guard let slice = try? text.scanValue(at: value, grammar: grammar, deepest: &unused) else { return }
      offset = text.skippingJSONSpace(from: slice.shape == .string ? slice.end + 1 : slice.end)
      if text.byte(offset) != Byte.comma { break }
      offset += 1
    }
    if fresh.keys.count > learned.keys.count { learned = fresh }
  }
}
