import CCurl
import Curl
public import StageErrors

/// A URL that people or secrets may be sent to: https, or http to this very machine.
public struct WebAddress: Equatable, Sendable {
  /// Scheme, host and port: two addresses of one origin are one server.
  let origin: String
  private let path: String
  private let query: String?

  /// - Parameter name: the flag that it comes from, for people.
  public init(_ text: String, from name: String) throws(SettingError) {
    guard let url = CurlURL(text), let scheme = url[CURLUPART_SCHEME], let host = url[CURLUPART_HOST] else {
      throw SettingError("\(name) is '\(Self.hidingPassword(text))', which is no URL; it begins with https://")
    }
    guard scheme == "https" || (scheme == "http" && Self.isLoopback(host)) else {
      throw SettingError("\(name) has to begin with https:// (http:// is for loopback addresses only)")
    }
    guard url[CURLUPART_PASSWORD] == nil else {
      throw SettingError("\(name) has a password in it; secrets come from a file or from the environment")
    }
    origin = "\(scheme)://\(host):\(url[CURLUPART_PORT] ?? "")"
    path = url[CURLUPART_PATH] ?? "/"
    query = url[CURLUPART_QUERY]
  }

  private init(origin: String, path: String, query: String?) {
    self.origin = origin
    self.path = path
    self.query = query
  }

  /// The address of something under this one.
  /// - Parameter more: a path, with or without a slash before it, and with or without a query.
  public func appending(_ more: String) -> WebAddress {
    let parts = more.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let head = path.trimmingSlashes.isEmpty ? "" : "/\(path.trimmingSlashes)"
    let tail = String(parts[0]).trimmingSlashes
    return WebAddress(
      origin: origin, path: tail.isEmpty ? (head.isEmpty ? "/" : head) : "\(head)/\(tail)",
      query: parts.count > 1 ? String(parts[1]) : query)
  }

  /// The URL as it is asked for.
  var text: String { shown + (query.map { "?\($0)" } ?? "") }

  /// The URL for people and for the stream: without user and query, which may be secret, and without the scheme's own port.
  public var shown: String { shownOrigin + path }

  /// The same without the path.
  var shownOrigin: String {
    let port = origin.hasPrefix("https:") ? ":443" : ":80"
    return origin.hasSuffix(port) ? String(origin.dropLast(port.count)) : origin
  }

  /// `localhost` is loopback by RFC 6761; libcurl has put other spellings of addresses into their usual form.
  private static func isLoopback(_ host: String) -> Bool {
    let bytes = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return host == "localhost" || host == "[::1]" || (bytes.count == 4 && bytes[0] == 127 && !bytes.contains(nil))
  }

  private static func hidingPassword(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    return "…" + text[at...]
  }
}

extension String {
  fileprivate var trimmingSlashes: String {
    let head = drop { $0 == "/" }
    return String(head[..<(head.lastIndex { $0 != "/" }.map { head.index(after: $0) } ?? head.startIndex)])
  }
}
