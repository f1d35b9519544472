import JSONText

/// Control characters (general category Cc) and format characters (Cf): zero-width characters, byte order marks,
/// directional marks, soft hyphens. They cannot be seen and are hard to type.
enum InvisibleCharacter {
  /// Whether a scalar is a control or format character.
  static func matches(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || isFormat(scalar.value)
  }

  /// Whether a code point is of Unicode's category Cf. The standard library's lookup costs far more than this table.
  private static func isFormat(_ codePoint: UInt32) -> Bool {
    switch codePoint {
    case 0xAD, 0x600...0x605, 0x61C, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x180E, 0x200B...0x200F, 0x202A...0x202E,
      0x2060...0x2064, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0x1_10BD, 0x1_10CD, 0x1_3430...0x1_343F,
      0x1_BCA0...0x1_BCA3, 0x1_D173...0x1_D17A, 0xE_0001, 0xE_0020...0xE_007F:
      true
    default: false
    }
  }

  /// The length in bytes of the format character at an offset of UTF-8; 0 if there is none.
  static func formatLength(_ text: Span<UInt8>, at offset: Int, _ end: Int) -> Int {
    guard offset + 1 < end, mayBeginFormat(text[offset], text[offset + 1]) else { return 0 }
    // The first byte gives the number of bytes that follow, of six bits each.
    let count = text[offset] < 0xE0 ? 2 : text[offset] < 0xF0 ? 3 : 4
    guard count <= end - offset else { return 0 }
    var codePoint = UInt32(text[offset]) & (0xFF >> UInt32(count + 1))
    for place in offset + 1..<offset + count { codePoint = codePoint << 6 | UInt32(text[place]) & 0x3F }
    return isFormat(codePoint) ? count : 0
  }

  /// Whether the first two bytes of a character can be those of a format character; those of most letters cannot.
  @inline(__always)
  static func mayBeginFormat(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case 0xC2: second == 0xAD
    case 0xD8: second <= 0x9C
    case 0xDB, 0xDC: true
    case 0xE0: second == 0xA2 || second == 0xA3
    case 0xE1: second == 0xA0
    case 0xE2: second <= 0x81
    case 0xEF: second >= 0xBB
    case 0xF0: second >= 0x91 && second <= 0x9D
    case 0xF3: second == 0xA0
    default: false
    }
  }
}

/// The characters that XML 1.0 forbids: control characters other than tab, line feed and carriage return, and U+FFFE
/// and U+FFFF. A single one aborts Alma's whole job.
enum IllegalCharacter {
  /// Whether a range of UTF-8 has such a character.
  static func isIn(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for offset in start..<end {
      let byte = text[offset]
      if byte < 0x20 {
        if byte != 0x09, byte != 0x0A, byte != 0x0D { return true }
      } else if byte == 0xEF, offset + 2 < end, text[offset + 1] == 0xBF, text[offset + 2] >= 0xBE {
        return true
      }
    }
    return false
  }

  /// Whether a scalar is such a character.
  static func matches(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return value < 0x20 && value != 0x09 && value != 0x0A && value != 0x0D || value == 0xFFFE || value == 0xFFFF
  }
}
