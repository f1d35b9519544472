import Calendar
public import JSONText

/// A person of the feed, ready to be judged and mapped: the text of each field that the mapping reads, trimmed and without escapes.
///
/// One value is filled again and again, so that no memory is asked for on the way. It owns its bytes.
public struct Person: Sendable {
  /// What was met among all fields, read or not: most people have nothing of it, and need no look at each field.
  struct Findings: Sendable {
    var hasWrongType = false
    /// The fields with a character that XML 1.0 forbids, or with a lone surrogate.
    var illegalFields: [Field] = []
  }

  /// The line, behind it the texts that had escapes in the line, and behind these what earlier people left.
  @usableFromInline var text: [UInt8] = []
  /// Where the text of each field stands, and behind the fields what else the reader looks for.
  @usableFromInline var values: [JSONSlice]
  var findings = Findings()

  init(valueCount: Int) { values = Array(repeating: .absent, count: valueCount) }

  @inline(__always)
  subscript(field: Field) -> JSONSlice { values[field.index] }

  @inline(__always)
  func isBlank(_ field: Field) -> Bool { values[field.index].isBlank }

  /// The text of a field, or nil where there is none.
  func string(_ field: Field) -> String? {
    let value = self[field]
    guard value.isText else { return nil }
    return String(decoding: text[value.start..<value.end], as: UTF8.self)
  }

  /// A field's text, where it has no more than seven bytes, as a short code; nil for a longer one, and where there is none.
  @inline(__always)
  func shortCode(_ field: Field) -> UInt64? {
    let value = self[field]
    guard value.isText, value.count < 8 else { return nil }
    return text.span.word(at: value.start, upTo: value.end) | UInt64(value.count) &<< 56
  }

  /// A field's text is exactly these bytes.
  @inline(__always)
  func equals(_ field: Field, _ bytes: [UInt8]) -> Bool {
    let value = self[field]
    guard value.count == bytes.count, value.isText else { return false }
    for index in 0..<bytes.count where text[value.start &+ index] != bytes[index] { return false }
    return true
  }

  /// The day that a field names, or nil.
  func day(_ field: Field) -> Day? {
    let value = self[field]
    return value.isText ? Day(text.span, from: value.start, count: value.count) : nil
  }

  /// The first scalar of a field's text for which a claim holds, or nil. For what is rare: it makes a string.
  func scalar(in field: Field, where isFound: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
    string(field)?.unicodeScalars.first(where: isFound)
  }

  /// A field's text has characters beyond ASCII, or escapes, which may stand for some.
  @inline(__always)
  func isBeyondASCII(_ field: Field) -> Bool { self[field].claims.contains(.isBeyondASCII) }

  /// Lends the text of a field.
  func withText<Result>(of field: Field, _ body: (Span<UInt8>) -> Result) -> Result {
    withTexts { body($0.extracting(range(of: field))) }
  }

  func bytes(_ field: Field) -> ArraySlice<UInt8> {
    let value = self[field]
    return text[value.start..<value.end]
  }

  /// The bits of the lengths of all values, read or not, in bytes: none has more characters than this.
  var lengthBits: Int {
    var bits = 0
    let values = values.span
    for index in values.indices { bits |= values[index].count }
    return bits
  }

  /// A field's length in Unicode scalars.
  func scalarCount(_ field: Field) -> Int {
    let value = self[field]
    if !value.claims.contains(.isBeyondASCII) { return value.count }
    return text[value.start..<value.end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

extension Person {
  /// Lends all texts at once; `range(of:)` tells where each stands.
  @inlinable
  public func withTexts<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(text.span)
  }

  /// Where the text of a field stands among all; an empty range where there is none.
  @inlinable
  public func range(of field: Field) -> Range<Int> {
    let value = values[field.index]
    return value.isBlank ? 0..<0 : value.start..<value.end
  }
}

/// What a value is to a person, once the reader has trimmed it and resolved its escapes.
extension JSONSlice {
  /// Null, missing, or nothing but white space and format characters.
  @inlinable @inline(__always)
  var isBlank: Bool { shape.rawValue <= Shape.blank.rawValue }

  @inline(__always)
  var isText: Bool { shape == .string || shape == .integer }

  /// A boolean, array, object or a number that is no integer, where text is meant.
  @inline(__always)
  var isWrongType: Bool { shape.rawValue > Shape.integer.rawValue }
}
