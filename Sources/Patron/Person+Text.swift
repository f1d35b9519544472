import Calendar
import JSONText

/// The texts of slots and values.
extension Person {
  @inline(__always)
  func isBlank(_ slot: Slot) -> Bool { self[slot].isBlank }

  /// The text of a slot, or nil if there is none.
  package func string(_ slot: Slot) -> String? {
    let value = self[slot]
    guard value.isText else { return nil }
    return String(decoding: text[value.start..<value.end], as: UTF8.self)
  }

  /// A code of at most seven bytes as one word, with its length in the last byte.
  static func shortCode(_ code: [UInt8]) -> UInt64 {
    code.span.word(at: 0, upTo: code.count) | UInt64(code.count) << 56
  }

  /// The text of a value as a short code; nil if it has more than seven bytes or there is none.
  @inline(__always)
  func shortCode(_ value: JSONSlice) -> UInt64? {
    value.isText && value.count < 8 ? shortCode(ofText: value) : nil
  }

  /// The text of a value, which has at most seven bytes, as a short code.
  @inline(__always)
  func shortCode(ofText value: JSONSlice) -> UInt64 {
    precondition(value.start >= 0 && value.start &+ Self.padding <= text.count)
    // The precondition is the bounds check; unused bytes behind the texts make it hold for each of them.
    let word = unsafe text.span.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: value.start, as: UInt64.self)
    let length = UInt64(truncatingIfNeeded: value.count)
    return UInt64(littleEndian: word) & ~(~0 &<< (length &* 8)) | length &<< 56
  }

  /// The minimum number of unused bytes behind the texts.
  static var padding: Int { 8 }

  /// The first eight bytes of a text, the first in the highest bits; those behind its end are 0.
  @inline(__always)
  func firstWord(_ value: JSONSlice) -> UInt64 { text.span.word(at: value.start, upTo: value.end).byteSwapped }

  /// Whether the text of a value is a day.
  @inline(__always)
  func isDay(_ value: JSONSlice) -> Bool { Day(text.span, from: value.start, count: value.count) != nil }

  /// The day that a value is, or nil.
  @inline(__always)
  func day(_ value: JSONSlice) -> Day? {
    value.isText ? Day(text.span, from: value.start, count: value.count) : nil
  }

  /// The first scalar of a slot's text that satisfies a predicate, or nil. For rare cases only, because it allocates.
  func scalar(in slot: Slot, where isFound: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
    string(slot)?.unicodeScalars.first(where: isFound)
  }

  /// Whether a slot's text has characters beyond ASCII, or had escapes, which may stand for some.
  @inline(__always)
  func isBeyondASCII(_ slot: Slot) -> Bool { self[slot].claims.contains(.isBeyondASCII) }

  /// Lends the text of a slot.
  @inline(__always)
  func withText<Result>(of slot: Slot, _ body: (Span<UInt8>) -> Result) -> Result {
    let value = self[slot]
    return body(text.span.extracting(value.isBlank ? 0..<0 : value.start..<value.end))
  }

  /// The text of a slot, as bytes.
  func bytes(_ slot: Slot) -> ArraySlice<UInt8> {
    let value = self[slot]
    return text[value.start..<value.end]
  }

  /// The length of a slot's text in Unicode scalars.
  func scalarCount(_ slot: Slot) -> Int {
    let value = self[slot]
    if !value.claims.contains(.isBeyondASCII) { return value.count }
    return text[value.start..<value.end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}
