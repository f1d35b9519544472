/// Quoted-printable (RFC 2045): text of any characters in ASCII lines of at most 76.
enum QuotedPrintable {
  private static let longestLine = 76
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// - Parameter text: lines ended by LF, which stay line ends.
  static func encoded(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var column = 0
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0A {
        result.append(byte)
        column = 0
        continue
      }
      let endsLine = index + 1 == bytes.count || bytes[index + 1] == 0x0A
      let token = isPlain(byte, endsLine: endsLine) ? [byte] : escape(byte)
      // A line that goes on needs room for the sign that says so.
      if column + token.count > (endsLine ? longestLine : longestLine - 1) {
        result += [UInt8(ascii: "="), 0x0A]
        column = 0
      }
      result += token
      column += token.count
    }
    return result
  }

  /// White space at the end of a line may be lost on the way.
  private static func isPlain(_ byte: UInt8, endsLine: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "="): false
    case 0x20, 0x09: !endsLine
    default: byte > 0x20 && byte < 0x7F
    }
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
