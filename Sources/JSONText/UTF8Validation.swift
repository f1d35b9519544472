extension Span where Element == UInt8 {
  /// Sees to it that a range is UTF-8 (RFC 3629).
  /// - Returns: whether U+FFFE or U+FFFF is in it.
  @inline(never)
  func validateUTF8(from start: Int, to end: Int) throws(JSONFault) -> Bool {
    var hasNoncharacter = false
    var offset = start
    while offset < end {
      let lead = byte(offset)
      if lead < 0x80 {
        offset &+= 1
        continue
      }
      let second = offset &+ 1 < end ? byte(offset &+ 1) : 0
      let count: Int
      switch lead {
      case 0xC2...0xDF: count = Self.continues(second, 0x80, 0xBF) ? 2 : 0
      case 0xE0: count = Self.continues(second, 0xA0, 0xBF) ? 3 : 0
      case 0xED: count = Self.continues(second, 0x80, 0x9F) ? 3 : 0
      case 0xE1...0xEF: count = Self.continues(second, 0x80, 0xBF) ? 3 : 0
      case 0xF0: count = Self.continues(second, 0x90, 0xBF) ? 4 : 0
      case 0xF1...0xF3: count = Self.continues(second, 0x80, 0xBF) ? 4 : 0
      case 0xF4: count = Self.continues(second, 0x80, 0x8F) ? 4 : 0
      default: count = 0
      }
      guard count > 0, offset &+ count <= end,
        count < 3 || Self.continues(byte(offset &+ 2), 0x80, 0xBF),
        count < 4 || Self.continues(byte(offset &+ 3), 0x80, 0xBF)
      else { throw JSONFault(offset: offset, problem: .invalidUTF8) }
      if lead == 0xEF, second == 0xBF, byte(offset &+ 2) >= 0xBE { hasNoncharacter = true }
      offset &+= count
    }
    return hasNoncharacter
  }

  @inline(__always)
  private static func continues(_ byte: UInt8, _ low: UInt8, _ high: UInt8) -> Bool { byte >= low && byte <= high }
}
