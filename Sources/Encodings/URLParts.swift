/// A URL in its parts, as they are written: `scheme://user:password@host:port/path?query#fragment` (RFC 3986).
///
/// Percent-encoding is not decoded.
package struct URLParts: Equatable, Sendable {
  /// In lower case.
  package let scheme: String
  /// nil if there is no `@`.
  package let user: String?
  /// nil if there is no colon in front of the `@`.
  package let password: String?
  /// Empty in `file:///srv`; with brackets if it is an IPv6 address.
  package let host: String
  /// What follows the colon after the host; nil if there is no colon.
  package let portText: String?
  /// Empty, or beginning with a slash.
  package let path: String
  /// What follows the first question mark; nil if there is none.
  package let query: String?
  /// What follows the first `#`; nil if there is none.
  package let fragment: String?

  /// The port as a number from 1 to 65535; nil if there is none.
  package var port: Int? {
    guard let digits = portText, digits.utf8.allSatisfy(\.isASCIIDigit), let port = Int(digits) else { return nil }
    return (1...65_535).contains(port) ? port : nil
  }

  /// Whether a port is written and is not a number from 1 to 65535.
  package var hasInvalidPort: Bool { portText != nil && port == nil }

  /// Whether the host is a name, perhaps beyond ASCII, an IPv4 address, or an IPv6 address in brackets. Nothing in it
  /// is percent-encoded, but for the zone of an IPv6 address.
  package var hasNetworkHost: Bool {
    let isIPv6 = host.hasPrefix("[")
    let name = isIPv6 ? host.dropFirst().dropLast() : host[...]
    return !name.isEmpty
      && name.utf8.allSatisfy { byte in
        byte >= 0x80 || byte.isASCIIAlphanumeric || (isIPv6 ? "-._~:%" : "-._~").utf8.contains(byte)
      }
  }

  /// Parses a URL; nil if the text does not begin with a scheme and `://`, or has half of the brackets of an IPv6
  /// address.
  ///
  /// Characters that RFC 3986 does not allow are kept as they are.
  package init?(_ text: String) {
    guard let colon = text.firstRange(of: "://") else { return nil }
    scheme = text[..<colon.lowerBound].lowercased()
    guard let first = scheme.utf8.first, first.isASCIIAlphanumeric, !first.isASCIIDigit,
      scheme.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "+-.".utf8.contains($0) })
    else { return nil }
    var rest = text[colon.upperBound...]
    fragment = Self.cut("#", from: &rest)
    query = Self.cut("?", from: &rest)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    path = String(rest[slash...])
    // An `@` in a password that is not encoded belongs to the password.
    var authority = rest[..<slash]
    let login = authority.lastIndex(of: "@").map { authority[..<$0] }
    if let login { authority = authority[authority.index(after: login.endIndex)...] }
    var user = login
    password = user == nil ? nil : Self.cut(":", from: &user!)
    self.user = user.map(String.init)
    let hostEnd = authority.first == "[" ? authority.firstIndex(of: "]") ?? authority.startIndex : authority.startIndex
    let port = authority[hostEnd...].firstIndex(of: ":")
    host = String(authority[..<(port ?? authority.endIndex)])
    portText = port.map { String(authority[authority.index(after: $0)...]) }
    guard (host.first == "[") == (host.last == "]"), host.last == "]" || !host.contains("]") else { return nil }
  }

  /// Cuts a text before its first separator.
  /// - Returns: what follows the separator; nil if there is none.
  private static func cut(_ separator: Character, from text: inout Substring) -> String? {
    guard let place = text.firstIndex(of: separator) else { return nil }
    defer { text = text[..<place] }
    return String(text[text.index(after: place)...])
  }
}
