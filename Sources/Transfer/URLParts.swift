/// The parts of a URL like `scheme://authority/path`, as far as drop directories have them.
struct URLParts {
  /// In lower case.
  let scheme: String
  let authority: String
  /// Decoded, without slashes that are doubled or at its end; empty where there is none.
  let path: String

  init?(_ url: String) {
    guard let colon = url.firstRange(of: "://") else { return nil }
    scheme = url[..<colon.lowerBound].lowercased()
    let rest = url[colon.upperBound...]
    guard !scheme.isEmpty, !rest.contains("?"), !rest.contains("#") else { return nil }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    authority = String(rest[..<slash])
    guard let decoded = Self.decoded(rest[slash...]), !decoded.utf8.contains(0) else { return nil }
    let names = decoded.split(separator: "/")
    path = slash == rest.endIndex ? "" : "/" + names.joined(separator: "/")
  }

  /// The text with its `%XX` replaced; nil where they are broken.
  static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text with everything as `%XX` that a path in a URL cannot have as it is.
  static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "/", "-", ".", "_", "~", "@", "+", ",", "=", "!", "$", "&", "'", "(", ")",
        "*", ";", ":":
        result.unicodeScalars.append(scalar)
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%\(digits.count == 1 ? "0" : "")\(digits)"
      }
    }
    return result
  }
}
