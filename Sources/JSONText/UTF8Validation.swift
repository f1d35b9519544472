extension Span where Element == UInt8 {
  /// Skips characters beyond ASCII, and checks that they are UTF-8 (RFC 3629).
  @inline(never)
  func passUTF8(_ scan: inout StringScan) throws(JSONFault) {
    while true {
      let offset = scan.end
      let lead = byte(offset)
      if lead < 0x80 { return }
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
      // After the end of the text `byte` is 0, which does not continue a character.
      guard count > 0, count < 3 || Self.continues(byte(offset &+ 2), 0x80, 0xBF),
        count < 4 || Self.continues(byte(offset &+ 3), 0x80, 0xBF)
      else { throw utf8Fault(at: offset) }
      if lead == 0xEF, second == 0xBF, byte(offset &+ 2) >= 0xBE { scan.claims.insert(.hasNoncharacter) }
      scan.end = offset &+ count
    }
  }

  /// The fault at a character that is not UTF-8, or that the text ends in.
  private func utf8Fault(at offset: Int) -> JSONFault {
    let lead = byte(offset)
    let length =
      (0xC2...0xDF).contains(lead) ? 2 : (0xE0...0xEF).contains(lead) ? 3 : (0xF0...0xF4).contains(lead) ? 4 : 0
    let isCut =
      offset + length > count && (offset + 1..<count).allSatisfy { Self.continues(byte($0), 0x80, 0xBF) }
    return isCut ? fault(at: count) : JSONFault(offset: offset, problem: .invalidUTF8)
  }

  @inline(__always)
  private static func continues(_ byte: UInt8, _ low: UInt8, _ high: UInt8) -> Bool { byte >= low && byte <= high }
}
