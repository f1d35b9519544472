import Encodings
package import StageErrors

/// A URL to which data of people or secrets may be sent: https, or http to this machine.
///
/// The URL for libcurl is composed of the parts that are checked here, so that libcurl cannot find another host in it.
package struct WebAddress: Equatable, Sendable {
  /// Scheme, host and port. Addresses with the same origin are on the same server.
  package let origin: String
  private let path: String
  private let query: String?
}

extension WebAddress {
  /// Parses a URL. User and fragment are ignored.
  /// - Parameter name: where the URL comes from, such as a flag, for the error.
  package init(_ text: String, from name: String) throws(SettingError) {
    guard let url = URLParts(text), url.hasNetworkHost, !url.hasInvalidPort || url.portText == "",
      text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else {
      throw SettingError("\(name) is '\(Self.hidingPassword(text))', which is not a URL; write https://host/path")
    }
    guard url.scheme == "https" || (url.scheme == "http" && Self.isLoopback(url.host)) else {
      throw SettingError("\(name) has to begin with https:// (http:// is for loopback addresses only)")
    }
    guard url.password == nil else {
      throw SettingError("\(name) has a password in it; secrets come from a file or from the environment")
    }
    self.init(
      origin: "\(url.scheme)://\(url.host):\(url.port ?? (url.scheme == "https" ? 443 : 80))",
      path: url.path.isEmpty ? "/" : url.path, query: url.query)
  }

  /// The address of a path under this one.
  /// - Parameter more: a path, with or without a slash before it. If it has a query, that replaces this one's.
  package func appending(_ more: String) -> WebAddress {
    let parts = more.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let names = [path, String(parts[0])].map { $0.trimming { $0 == "/" } }.filter { !$0.isEmpty }
    return WebAddress(
      origin: origin, path: "/" + names.joined(separator: "/"), query: parts.count > 1 ? String(parts[1]) : query)
  }

  /// The URL for libcurl.
  var text: String { shown + (query.map { "?\($0)" } ?? "") }

  /// The URL for people and for the stream: without the query, which may be secret, and without the scheme's default
  /// port.
  package var shown: String { shownOrigin + path }

  /// The same without the path.
  package var shownOrigin: String {
    let port = origin.hasPrefix("https:") ? ":443" : ":80"
    return origin.hasSuffix(port) ? String(origin.dropLast(port.count)) : origin
  }

  /// Whether a host is loopback: `localhost`, by RFC 6761, or an address in its usual form.
  private static func isLoopback(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    // libcurl reads a number with a leading zero as octal.
    let isIPv4 = numbers.count == 4 && numbers.allSatisfy { number in UInt8(number).map { "\($0)" == number } ?? false }
    return host == "localhost" || host == "[::1]" || (isIPv4 && numbers[0] == "127")
  }

  private static func hidingPassword(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    return "…" + text[at...]
  }
}
