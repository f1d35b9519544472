/// The transfer encoding quoted-printable (RFC 2045): any text in ASCII lines of at most 76 characters.
enum QuotedPrintable {
  private static let maxLineLength = 76
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// The encoded text. Each LF of the text is a line end.
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
      // A soft line break needs room for its `=`.
      if column + token.count > (endsLine ? maxLineLength : maxLineLength - 1) {
        result += [UInt8(ascii: "="), 0x0A]
        column = 0
      }
      result += token
      column += token.count
    }
    return result
  }

  /// Mail servers may remove white space at the end of a line, so it is escaped there.
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
