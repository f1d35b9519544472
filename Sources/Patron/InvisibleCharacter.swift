import JSONText

/// Control characters (general category Cc) and format characters (Cf): zero-width characters, byte order marks, directional marks,
/// soft hyphens. They cannot be seen, and hardly be typed.
enum InvisibleCharacter {
  /// A scalar is a control or format character.
  static func matches(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F: true
    default: isFormat(scalar.value)
    }
  }

  /// A code point is of Unicode's category Cf. A table of our own, because the standard library's look-up costs far more.
  private static func isFormat(_ codePoint: UInt32) -> Bool {
    switch codePoint {
    case 0xAD, 0x600...0x605, 0x61C, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x180E, 0x200B...0x200F, 0x202A...0x202E,
      0x2060...0x2064, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0x1_10BD, 0x1_10CD, 0x1_3430...0x1_343F,
      0x1_BCA0...0x1_BCA3, 0x1_D173...0x1_D17A, 0xE_0001, 0xE_0020...0xE_007F:
      true
    default: false
    }
  }

  /// How many bytes the format character at an offset of UTF-8 takes; 0 where there is none.
  static func formatLength(_ text: Span<UInt8>, at offset: Int, _ end: Int) -> Int {
    guard offset + 1 < end, mayBeginFormat(text[offset], text[offset + 1]) else { return 0 }
    // The first byte tells how many follow, of six bits each.
    let count = text[offset] < 0xE0 ? 2 : text[offset] < 0xF0 ? 3 : 4
    guard count <= end - offset else { return 0 }
    var codePoint = UInt32(text[offset]) & (0xFF >> UInt32(count + 1))
    for place in offset + 1..<offset + count { codePoint = codePoint << 6 | UInt32(text[place]) & 0x3F }
    return isFormat(codePoint) ? count : 0
  }

  /// The first two bytes of a character are those of a format character: most letters begin with others.
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
