import JSONText

/// A person of the feed, ready to be judged and mapped: the text of each field that the mapping reads, trimmed and without escapes.
///
/// One value is filled again and again, so that no memory is asked for on the way. It owns its bytes.
public struct Person: Sendable {
  /// The text of one field: where it stands, in twelve bytes.
  @usableFromInline
  struct Value: Sendable {
    enum State: UInt8, Sendable {
      /// Null, missing, or white space only.
      case blank
      case text
      /// A boolean, array, object or a number that is no integer.
      case wrongType
    }

    static var blank: Value { Value(0, 0, .blank) }

    private let first: UInt32
    private let length: UInt32
    let state: State
    /// A character that XML 1.0 forbids, or a lone surrogate.
    let hasIllegalCharacter: Bool
    let isASCII: Bool

    @inline(__always)
    init(_ start: Int, _ end: Int, _ state: State, hasIllegalCharacter: Bool = false, isASCII: Bool = true) {
      first = UInt32(truncatingIfNeeded: start)
      length = UInt32(truncatingIfNeeded: end &- start)
      self.state = state
      self.hasIllegalCharacter = hasIllegalCharacter
      self.isASCII = isASCII
    }

    @usableFromInline var start: Int { Int(first) }
    /// In bytes.
    @usableFromInline var count: Int { Int(length) }
    var end: Int { start &+ count }
  }

  /// What was met among all fields, read or not: most people have nothing of it, and need no look at each field.
  struct Findings: Sendable {
    var hasWrongType = false
    var hasIllegalCharacter = false
    /// The longest value, in bytes of the line: no value has more characters.
    var longest = 0
  }

  /// The line, behind it the texts that had escapes in the line, and behind these what earlier people left.
  @usableFromInline var text: [UInt8] = []
  @usableFromInline var values: [Value]
  var findings = Findings()

  init(fieldCount: Int) { values = Array(repeating: .blank, count: fieldCount) }

  @inline(__always)
  subscript(field: Field) -> Value { values[field.index] }

  @inline(__always)
  func isBlank(_ field: Field) -> Bool { values[field.index].state == .blank }

  /// The text of a field, or nil where there is none.
  func string(_ field: Field) -> String? {
    let value = self[field]
    guard value.state == .text else { return nil }
    return String(decoding: text[value.start..<value.end], as: UTF8.self)
  }

  /// A field's text, where it has no more than seven bytes, as a short code; nil for a longer one, and where there is none.
  @inline(__always)
  func shortCode(_ field: Field) -> UInt64? {
    let value = self[field]
    guard value.state == .text, value.count < 8 else { return nil }
    return text.span.word(at: value.start, upTo: value.end) | UInt64(value.count) &<< 56
  }

  /// A field's text is exactly these bytes.
  @inline(__always)
  func equals(_ field: Field, _ bytes: [UInt8]) -> Bool {
    let value = self[field]
    guard value.count == bytes.count, value.state == .text else { return false }
    for index in 0..<bytes.count where text[value.start &+ index] != bytes[index] { return false }
    return true
  }

  /// A field's length in Unicode scalars.
  func scalarCount(_ field: Field) -> Int {
    let value = self[field]
    if value.isASCII { return value.count }
    return text[value.start..<value.end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}
