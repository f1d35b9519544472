/// The characters that XML 1.0 forbids: one of them aborts Alma's whole job.
enum IllegalCharacter {
  /// UTF-8 text has such a character: a control character other than tab, line feed and carriage return, or U+FFFE or U+FFFF.
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

  /// A scalar is such a character.
  static func matches(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: false
    case 0..<0x20, 0xFFFE, 0xFFFF: true
    default: false
    }
  }
}
