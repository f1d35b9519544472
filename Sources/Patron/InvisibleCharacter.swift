import JSONText

/// Control characters (general category Cc) and format characters (Cf): zero-width characters, byte order marks, directional marks,
/// soft hyphens. They cannot be seen, and hardly be typed.
enum InvisibleCharacter {
  /// A scalar is a control or format character.
  static func matches(_ scalar: Unicode.Scalar) -> Bool {
    let category = scalar.properties.generalCategory
    return category == .control || category == .format
  }

  /// ASCII text has the only one of them that JSON may have in a string without an escape: U+007F.
  @inline(__always)
  static func isDelete(in text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var found: UInt64 = 0
    var offset = start
    while offset < end {
      let turned = text.word(at: offset, upTo: end) ^ 0x7F7F_7F7F_7F7F_7F7F
      found |= (turned &- 0x0101_0101_0101_0101) & ~turned & 0x8080_8080_8080_8080
      offset &+= 8
    }
    return found != 0
  }

  /// Text that does not begin or end with white space has nothing but format characters and white space.
  @inline(__always)
  static func isAll(of text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    // No format character is in ASCII.
    guard start < end, text[start] >= 0x80, mayBeginFormat(text[start]) else { return false }
    return isAllSlowly(of: text, start, end)
  }

  @inline(never)
  private static func isAllSlowly(of text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    let part = text.extracting(start..<end)
    let string = unsafe part.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    return string.unicodeScalars.allSatisfy {
      $0.properties.generalCategory == .format || $0.properties.isWhitespace
    }
  }

  /// The first bytes of all format characters in UTF-8: most letters beyond ASCII begin with others.
  private static func mayBeginFormat(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2, 0xD8, 0xDB, 0xDC, 0xE0...0xE2, 0xEF, 0xF0, 0xF3: true
    default: false
    }
  }
}
