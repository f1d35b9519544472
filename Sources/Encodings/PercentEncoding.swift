/// Percent-encoding (RFC 3986) of the bytes that a URL or a form cannot have as they are.
package enum PercentEncoding {
  /// The bytes that are not encoded, in addition to letters and digits.
  package enum Plain: String, Sendable {
    /// Those that are allowed in a form and in every part of a URL.
    case unreserved = "-._~"
    /// Those that are allowed in a path, including the slash.
    case path = "-._~/@+,=!$&'()*;:"
  }

  /// The text in ASCII, with all other bytes as `%XX`.
  package static func encoded(_ text: String, keeping plain: Plain = .unreserved) -> String {
    var result = ""
    for byte in text.utf8 {
      if byte.isASCIIAlphanumeric || plain.rawValue.utf8.contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }

  /// The text with each `%XX` replaced by its byte; nil if one has no two hexadecimal digits, or the result is not
  /// UTF-8.
  package static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
