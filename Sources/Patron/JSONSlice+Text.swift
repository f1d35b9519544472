public import JSONText

/// The kind of a value after the reader has trimmed it and resolved its escapes.
extension JSONSlice {
  /// Whether the value is null, missing, or only white space and format characters.
  @inlinable @inline(__always)
  package var isBlank: Bool { shape.rawValue <= Shape.blank.rawValue }

  /// Whether the value is a string that is not blank, or an integer.
  @inline(__always)
  var isText: Bool { shape == .string || shape == .integer }

  /// Whether the value is a boolean, an array, an object or a number that is not an integer.
  @inline(__always)
  var isWrongType: Bool { shape.rawValue > Shape.integer.rawValue }

  /// A text that was made; blank if it is empty.
  static func made(_ start: Int, _ end: Int, _ claims: Claims = []) -> JSONSlice {
    JSONSlice(start: start, end: end, shape: start == end ? .blank : .string, claims: claims)
  }
}

extension JSONSlice.Claims {
  /// The text is made of the day of the feed.
  static var isMadeOfToday: JSONSlice.Claims { JSONSlice.Claims(rawValue: 1 << 4) }
  /// The text of a field has a character that XML forbids, or had a lone surrogate.
  static var isIllegal: JSONSlice.Claims { JSONSlice.Claims(rawValue: 1 << 5) }
}
