/// Base64 (RFC 4648), in which mail carries attachments, and HTTP and SMTP carry credentials.
package enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  /// The encoded bytes in one line, as a string.
  package static func text(_ bytes: [UInt8]) -> String { String(decoding: encoded(bytes), as: UTF8.self) }

  /// The encoded bytes, with padding.
  /// - Parameter lineLength: a multiple of 4. If given, lines of this length end with LF, and the last line too.
  package static func encoded(_ bytes: [UInt8], lineLength: Int? = nil) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / 3 * 4 + bytes.count / 50 + 8)
    var column = 0
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let second = start + 1 < bytes.count ? bytes[start + 1] : 0
      let third = start + 2 < bytes.count ? bytes[start + 2] : 0
      result.append(digits[Int(bytes[start] >> 2)])
      result.append(digits[Int(bytes[start] << 4 & 0x30 | second >> 4)])
      result.append(start + 1 < bytes.count ? digits[Int(second << 2 & 0x3C | third >> 6)] : padding)
      result.append(start + 2 < bytes.count ? digits[Int(third & 0x3F)] : padding)
      column += 4
      if column == lineLength {
        result.append(0x0A)
        column = 0
      }
    }
    if lineLength != nil, column > 0 { result.append(0x0A) }
    return result
  }
}
