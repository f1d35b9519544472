/// Scans objects, one after the other, for the values of some members.
///
/// It copies nothing of the text. The values of other members are scanned too, and must be valid JSON.
public struct ObjectScanner: ~Copyable {
  /// The value of each known member in the last object, in the order of the names given.
  public private(set) var values: [JSONSlice]
  /// The indices of the values that need more than a plain copy: they must be trimmed or have escapes, or are neither
  /// text nor an integer nor null. Only the first `unusualCount` are of the last object.
  public private(set) var unusual: [Int]
  /// The number of unusual values.
  public private(set) var unusualCount = 0
  /// The nesting of objects and arrays in the last object, which itself counts as 1.
  public private(set) var depth = 0
  /// The first known member that the last object had more than once, or nil; its first value is kept.
  public private(set) var repeated: Int?

  private let grammar: StringGrammar
  private let table: MemberTable
  private var learned: LearnedKeys
  /// How many more objects may be learned from.
  private var lessons = 16

  /// Creates a scanner that looks for the members of some names.
  public init(members: [String], grammar: StringGrammar = .strict) {
    self.grammar = grammar
    table = MemberTable(members)
    learned = LearnedKeys(memberCount: members.count)
    values = Array(repeating: .absent, count: members.count)
    unusual = Array(repeating: 0, count: members.count)
  }

  /// Scans the object that begins at `start`.
  /// - Returns: the offset after its closing brace.
  public mutating func scan(_ text: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
    var reading = Reading()
    let end = try Self.readMembers(text, from: start, learned, table, grammar, &values, &unusual, &reading)
    return finish(text, from: start, to: end, reading)
  }

  /// Scans the object that begins at `start`, and stores the values in the caller's memory.
  /// - Parameter values: of the members in the order of the names given; the elements after them are set to absent.
  /// - Returns: the offset after its closing brace.
  public mutating func scan(
    _ text: Span<UInt8>, from start: Int, into values: inout MutableSpan<JSONSlice>
  ) throws(JSONFault) -> Int {
    precondition(values.count >= self.values.count)
    var reading = Reading()
    let end = try Self.readMembers(text, from: start, learned, table, grammar, &values, &unusual, &reading)
    return finish(text, from: start, to: end, reading)
  }

  private mutating func finish(_ text: Span<UInt8>, from start: Int, to end: Int, _ reading: Reading) -> Int {
    depth = 1 &+ reading.deepest
    unusualCount = reading.unusualCount
    repeated = reading.repeated
    if reading.misses > 0, lessons > 0 { learn(text, from: start) }
    return end
  }

  /// What one scan finds beside the values.
  private struct Reading {
    var deepest = 0
    /// The number of keys that were not the expected learned key.
    var misses = 0
    var repeated: Int?
    var unusualCount = 0
  }

  private static func readMembers(
    _ text: Span<UInt8>, from start: Int, _ learned: LearnedKeys, _ table: MemberTable, _ grammar: StringGrammar,
    _ values: inout [JSONSlice], _ unusual: inout [Int], _ reading: inout Reading
  ) throws(JSONFault) -> Int {
    var values = values.mutableSpan
    return try readMembers(text, from: start, learned, table, grammar, &values, &unusual, &reading)
  }

  private static func readMembers(
    _ text: Span<UInt8>, from start: Int, _ learned: LearnedKeys, _ table: MemberTable, _ grammar: StringGrammar,
    _ values: inout MutableSpan<JSONSlice>, _ unusual: inout [Int], _ reading: inout Reading
  ) throws(JSONFault) -> Int {
    var unusual = unusual.mutableSpan
    let keys = learned.keys.span
    let marks = learned.marks
    // A span of its own is kept in registers, which one that is passed in is not.
    var values = values._mutatingExtracting(0..<values.count)
    for index in values.indices { values[index] = .absent }
    guard text.byte(start) == Byte.openBrace else { throw text.fault(at: start) }
    let first = text.skippingJSONSpace(from: start &+ 1)
    if text.byte(first) == Byte.closeBrace { return first &+ 1 }
    // A key is read together with the brace or comma before it.
    var offset = start
    var position = 0
    while true {
      guard let begin = keys[position].end(in: text, from: offset) else {
        let key = try readKey(text, from: offset, isFirst: offset == start, learned, table, grammar)
        if key.isNone { return key.next }
        position = min(key.following ?? position &+ 1, keys.count &- 1)
        reading.misses &+= 1
        let value = try text.scanValue(at: key.next, grammar: grammar, deepest: &reading.deepest)
        offset = value.behind
        store(value, of: key.member, in: &values, &unusual, &reading)
        continue
      }
      let member = keys[position].member
      position &+= 1
      // `Key.end` has checked that there are ten bytes.
      if unsafe text[unchecked: begin] == Byte.quote {
        let first = unsafe text[unchecked: begin &+ 1]
        if first > Byte.quote {
          let end = text.passPlain(from: begin &+ 1, marks)
          if unsafe text[unchecked: end] == Byte.quote, unsafe text[unchecked: end &- 1] != Byte.space {
            offset = end &+ 1
            store(JSONSlice(start: begin &+ 1, end: end, shape: .string), of: member, in: &values, &reading)
            continue
          }
          let value = try text.scanString(from: begin &+ 1, passed: end, grammar: grammar)
          offset = value.end &+ 1
          store(value, of: member, in: &values, &unusual, &reading)
          continue
        } else if let end = text.blankEnd(from: begin &+ 1) {
          offset = end &+ 1
          store(JSONSlice(start: begin &+ 1, end: end, shape: .blank), of: member, in: &values, &reading)
          continue
        }
      } else if text.isNull(at: begin) {
        offset = begin &+ 4
        store(JSONSlice(start: begin, end: offset, shape: .null), of: member, in: &values, &reading)
        continue
      }
      // Any other value, perhaps after spaces that were not there when the key was learned.
      let value = try text.scanValue(
        at: text.skippingJSONSpace(from: begin), grammar: grammar, deepest: &reading.deepest)
      offset = value.behind
      store(value, of: member, in: &values, &unusual, &reading)
    }
  }

  /// Stores a value of any kind, and its index if it is unusual.
  @inline(__always)
  private static func store(
    _ value: JSONSlice, of member: Int, in values: inout MutableSpan<JSONSlice>, _ unusual: inout MutableSpan<Int>,
    _ reading: inout Reading
  ) {
    guard store(value, of: member, in: &values, &reading), value.isUnusual else { return }
    unusual[reading.unusualCount] = member
    reading.unusualCount &+= 1
  }

  /// Stores the first value of each known member.
  /// - Returns: whether it is the first value of a known member.
  @inline(__always) @discardableResult
  private static func store(
    _ value: JSONSlice, of member: Int, in values: inout MutableSpan<JSONSlice>, _ reading: inout Reading
  ) -> Bool {
    guard values.indices.contains(member) else { return false }
    if values[member].shape == .absent {
      values[member] = value
      return true
    }
    reading.repeated = reading.repeated ?? member
    return false
  }

  private struct Key {
    var member = -1
    /// The offset of its value; or, if there is a closing brace and no key, the offset after the brace.
    var next: Int
    /// The index of the learned key that is expected next, if it is known.
    var following: Int?
    var isNone = false
  }

  /// Reads a key that is not the expected one, from the end of the value before it or from the object's brace.
  @inline(never)
  private static func readKey(
    _ text: Span<UInt8>, from start: Int, isFirst: Bool, _ learned: LearnedKeys, _ table: MemberTable,
    _ grammar: StringGrammar
  ) throws(JSONFault) -> Key {
    let separator = text.skippingJSONSpace(from: start)
    if !isFirst {
      if text.byte(separator) == Byte.closeBrace { return Key(next: separator &+ 1, isNone: true) }
      guard text.byte(separator) == Byte.comma else { throw text.fault(at: separator) }
    }
    let (member, value) = try readName(text, from: separator &+ 1, table, grammar)
    let following = member >= 0 ? learned.following[member] : -1
    return Key(member: member, next: value, following: following >= 0 ? following : nil)
  }

  /// Reads a key, from after the brace or comma before it.
  /// - Returns: its index among the known names, or -1, and the offset of its value.
  private static func readName(
    _ text: Span<UInt8>, from start: Int, _ table: MemberTable, _ grammar: StringGrammar
  ) throws(JSONFault) -> (member: Int, value: Int) {
    let quote = text.skippingJSONSpace(from: start)
    guard text.byte(quote) == Byte.quote else { throw text.fault(at: quote) }
    let scan = try text.stringEnd(from: quote + 1, grammar: grammar)
    let colon = text.skippingJSONSpace(from: scan.end + 1)
    guard text.byte(colon) == Byte.colon else { throw text.fault(at: colon) }
    let value = text.skippingJSONSpace(from: colon + 1)
    if scan.claims.contains(.hasEscapes) {
      var name: [UInt8] = []
      text.appendText(from: quote + 1, to: scan.end, to: &name)
      return (table.index(of: name.span, from: 0, count: name.count), value)
    }
    return (table.index(of: text, from: quote + 1, count: scan.end - quote - 1), value)
  }

  /// Learns the keys of the object just scanned, if it has more keys than the one learned before.
  private mutating func learn(_ text: Span<UInt8>, from start: Int) {
    lessons -= 1
    var fresh = LearnedKeys(memberCount: values.count)
    var behind = start
    var separator = start
    var unused = 0
    while let (member, offset) = try? Self.readName(text, from: separator + 1, table, grammar) {
      fresh.append(text, from: behind, to: offset, member: member)
      guard let value = try? text.scanValue(at: offset, grammar: grammar, deepest: &unused) else { return }
      behind = value.behind
      separator = text.skippingJSONSpace(from: behind)
      if text.byte(separator) != Byte.comma { break }
    }
    if fresh.keys.count > learned.keys.count { learned = fresh }
  }
}
