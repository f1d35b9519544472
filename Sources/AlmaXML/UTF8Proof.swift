/// Checks that bytes given in pieces are UTF-8 (RFC 3629).
///
/// libxml2 accepts overlong forms in some places, such as CDATA sections, for which other parsers refuse the document.
struct UTF8Proof {
  /// How many bytes of the current character are still to come.
  private var missing = 0
  /// The values that the next of these may have.
  private var next: ClosedRange<UInt8> = 0x80...0xBF

  /// Checks the next bytes.
  /// - Returns: the offset of the first invalid byte, or nil.
  mutating func take(_ bytes: Span<UInt8>) -> Int? {
    var offset = 0
    while offset < bytes.count {
      if missing == 0, offset <= bytes.count &- 8 {
        // The condition is the bounds check.
        let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 == 0 {
          offset &+= 8
          continue
        }
      }
      if !take(bytes[offset]) { return offset }
      offset &+= 1
    }
    return nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard next.contains(byte) else { return false }
      missing -= 1
      next = 0x80...0xBF
      return true
    }
    switch byte {
    case 0..<0x80: return true
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, next) = (2, 0xA0...0xBF)
    case 0xED: (missing, next) = (2, 0x80...0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, next) = (3, 0x90...0xBF)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, next) = (3, 0x80...0x8F)
    default: return false
    }
    return true
  }
}
