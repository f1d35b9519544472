import Glibc

/// The parts of a URL like `scheme://user@host:port/path`, as far as drop directories have them.
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

  /// What stands before the last `@`.
  private var login: Substring? { authority.lastIndex(of: "@").map { authority[..<$0] } }

  var user: String? { login.flatMap { Self.decoded($0.prefix { $0 != ":" }) } }

  var password: String? { login.flatMap { login in login.firstIndex(of: ":").map { String(login[$0...]) } } }

  /// Host and port as they are written.
  private var place: Substring {
    authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority[...]
  }

  /// Where the host ends: an address of IPv6 stands in brackets.
  private var hostEnd: Substring.Index? {
    if place.hasPrefix("[") { return place.firstIndex(of: "]").map { place.index(after: $0) } }
    return place.firstIndex(of: ":") ?? place.endIndex
  }

  var host: String? {
    guard let hostEnd else { return nil }
    let host = place[..<hostEnd]
    return Self.decoded(host.hasPrefix("[") ? host.dropFirst().dropLast() : host)
  }

  var port: Int? {
    guard let hostEnd, case let digits = place[hostEnd...].dropFirst(),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else {
      return nil
    }
    return Int(digits)
  }

  /// There is no port, or one that is a number.
  var hasGoodPort: Bool {
    hostEnd.map { place[$0...].isEmpty || (place[$0...].hasPrefix(":") && port != nil) } ?? false
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
      guard rest.count >= 2, rest.prefix(2).allSatisfy({ isxdigit(Int32($0)) != 0 }),
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text with everything as `%XX` that a path in a URL cannot have as it is.
  static func encoded(_ text: String) -> String {
    let plain = Set("/-._~@+,=!$&'()*;:".utf8)
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where plain.contains(byte): result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%\(digits.count == 1 ? "0" : "")\(digits)"
      }
    }
    return result
  }
}
