import Calendar
public import JSONText

/// A person of the feed, ready for the rules and the mapping: the text of each field that the mapping reads, trimmed and
/// without escapes.
///
/// It owns its bytes. A reader fills one value again and again, so that it does not allocate for each person.
public struct Person: Sendable {
  /// What the reader found in any field, whether the mapping reads it for this person or not. Most people have no
  /// findings, so the rules need not look at each field.
  struct Findings: Sendable {
    var hasWrongType = false
    /// The fields with a character that XML 1.0 forbids or with a lone surrogate.
    var illegalFields: [Field] = []
  }

  /// The line, then the texts that had escapes in the line, then unused bytes.
  @usableFromInline var text: [UInt8] = []
  /// The position in `text` of each field, then of the other members that the reader looks for.
  @usableFromInline var values: [JSONSlice]
  var findings = Findings()

  init(valueCount: Int) { values = Array(repeating: .absent, count: valueCount) }

  @inline(__always)
  subscript(field: Field) -> JSONSlice { values[field.index] }

  @inline(__always)
  func isBlank(_ field: Field) -> Bool { values[field.index].isBlank }

  /// The text of a field, or nil if there is none.
  public func string(_ field: Field) -> String? {
    let value = self[field]
    guard value.isText else { return nil }
    return String(decoding: text[value.start..<value.end], as: UTF8.self)
  }

  /// A field's text as a short code, as in `CodeList`; nil if it has more than seven bytes or there is none.
  @inline(__always)
  func shortCode(_ field: Field) -> UInt64? {
    let value = self[field]
    guard value.isText, value.count < 8 else { return nil }
    return text.span.word(at: value.start, upTo: value.end) | UInt64(value.count) &<< 56
  }

  /// Whether a field's text is exactly these bytes.
  @inline(__always)
  func equals(_ field: Field, _ bytes: [UInt8]) -> Bool {
    let value = self[field]
    guard value.count == bytes.count, value.isText else { return false }
    for index in 0..<bytes.count where text[value.start &+ index] != bytes[index] { return false }
    return true
  }

  /// The day in a field, or nil if it has none.
  func day(_ field: Field) -> Day? {
    let value = self[field]
    return value.isText ? Day(text.span, from: value.start, count: value.count) : nil
  }

  /// The first scalar of a field's text that satisfies a predicate, or nil. For rare cases only, because it allocates.
  func scalar(in field: Field, where isFound: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
    string(field)?.unicodeScalars.first(where: isFound)
  }

  /// Whether a field's text has characters beyond ASCII, or had escapes, which may stand for some.
  @inline(__always)
  func isBeyondASCII(_ field: Field) -> Bool { self[field].claims.contains(.isBeyondASCII) }

  /// Lends the text of a field.
  func withText<Result>(of field: Field, _ body: (Span<UInt8>) -> Result) -> Result {
    withTexts { body($0.extracting(range(of: field))) }
  }

  /// The text of a field, as bytes.
  func bytes(_ field: Field) -> ArraySlice<UInt8> {
    let value = self[field]
    return text[value.start..<value.end]
  }

  /// All lengths in bytes combined by OR, of values read or not: no value has more characters than this.
  var lengthBits: Int {
    var bits = 0
    let values = values.span
    for index in values.indices { bits |= values[index].count }
    return bits
  }

  /// The length of a field's text in Unicode scalars.
  func scalarCount(_ field: Field) -> Int {
    let value = self[field]
    if !value.claims.contains(.isBeyondASCII) { return value.count }
    return text[value.start..<value.end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

extension Person {
  /// Lends all texts at once; `range(of:)` is the range of each.
  @inlinable
  public func withTexts<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(text.span)
  }

  /// The range of a field's text in the bytes that `withTexts` lends; empty if there is none.
  @inlinable
  public func range(of field: Field) -> Range<Int> {
    let value = values[field.index]
    return value.isBlank ? 0..<0 : value.start..<value.end
  }
}

/// The kind of a value after the reader has trimmed it and resolved its escapes.
extension JSONSlice {
  /// Whether the value is null, missing, or only white space and format characters.
  @inlinable @inline(__always)
  var isBlank: Bool { shape.rawValue <= Shape.blank.rawValue }

  /// Whether the value is a string that is not blank, or an integer.
  @inline(__always)
  var isText: Bool { shape == .string || shape == .integer }

  /// Whether the value is a boolean, an array, an object or a number that is not an integer.
  @inline(__always)
  var isWrongType: Bool { shape.rawValue > Shape.integer.rawValue }
}
