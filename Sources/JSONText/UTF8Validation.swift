extension Span where Element == UInt8 {
  /// Skips characters beyond ASCII, and checks that they are UTF-8 (RFC 3629).
  @inline(never)
  func passUTF8(_ scan: inout StringScan) throws(JSONFault) {
    var offset = scan.end
    while true {
      let lead = byte(offset)
      if lead < 0x80 { break }
      let second = byte(offset &+ 1)
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
      // After the end of the text `byte` is 0, which is not a continuation byte.
      guard count > 0, count < 3 || Self.continues(byte(offset &+ 2), 0x80, 0xBF),
        count < 4 || Self.continues(byte(offset &+ 3), 0x80, 0xBF)
      else { throw JSONFault(offset: offset, problem: .invalidUTF8) }
      if lead == 0xEF, second == 0xBF, byte(offset &+ 2) >= 0xBE { scan.claims.insert(.hasNoncharacter) }
      offset &+= count
    }
    scan.end = offset
  }

  @inline(__always)
  private static func continues(_ byte: UInt8, _ low: UInt8, _ high: UInt8) -> Bool { byte >= low && byte <= high }
}
