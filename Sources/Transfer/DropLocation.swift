import Encodings
package import SFTP
package import StageErrors

/// The location of a drop directory: the value of `--to`.
package enum DropLocation: Equatable, Sendable {
  /// `file:///srv/drop`
  case directory(String)
  /// `sftp://alma@lib-sftp.example.edu/alma/people`; a path without a slash at its beginning is relative to the user's
  /// home.
  case server(SSHDestination, path: String)

  /// Throws if the URL is not that of a drop directory, or contains a password.
  package init(url: String) throws(SettingError) {
    guard let parts = URLParts(url), parts.query == nil, parts.fragment == nil, let path = Self.path(parts) else {
      throw Self.refusal(
        url, "not the URL of a drop directory; write sftp://user@host/path or file:///srv/drop")
    }
    switch parts.scheme {
    case "file":
      guard ["", "localhost"].contains(parts.host), parts.user == nil, parts.portText == nil, !path.isEmpty else {
        throw Self.refusal(url, "not a directory of this host; write three slashes: file:///srv/drop")
      }
      self = .directory(path)
    case "sftp":
      guard let path = Self.remotePath(path) else {
        throw Self.refusal(
          url, "without a directory; write sftp://user@host/path, or /~/path for one in the user's home")
      }
      self = .server(try Self.destination(parts, url), path: path)
    default:
      throw Self.refusal(url, "not the URL of a drop directory; use sftp:// or file://")
    }
  }

  private static func destination(_ parts: URLParts, _ url: String) throws(SettingError) -> SSHDestination {
    guard parts.password == nil else {
      throw SettingError(
        "--to has a password in it, where others can see it; use --password-file or SFTP_PASSWORD", exitStatus: .usage)
    }
    let host = parts.host.hasPrefix("[") ? String(parts.host.dropFirst().dropLast()) : parts.host
    guard !parts.hasInvalidPort, let host = PercentEncoding.decoded(host),
      let user = PercentEncoding.decoded(parts.user ?? ""),
      let destination = SSHDestination(user: parts.user == nil ? nil : user, host: host, port: parts.port)
    else { throw Self.refusal(url, "not usable: user, host or port is wrong") }
    return destination
  }

  private static func refusal(_ url: String, _ reason: String) -> SettingError {
    SettingError("'\(url)' is \(reason)", exitStatus: .usage)
  }

  /// The path, decoded, without doubled slashes and without one at its end; nil if it cannot be decoded.
  private static func path(_ parts: URLParts) -> String? {
    guard let path = PercentEncoding.decoded(parts.path), !path.utf8.contains(0) else { return nil }
    return path.isEmpty ? "" : "/" + path.split(separator: "/").joined(separator: "/")
  }

  /// The path for the server. `/~` is the user's home, in which a session begins.
  private static func remotePath(_ path: String) -> String? {
    switch path {
    case "": nil
    case "/~": "."
    default: path.hasPrefix("/~/") ? String(path.dropFirst(3)) : path
    }
  }

  /// The URL of a file in the directory.
  package func url(of name: String) -> String {
    description + (description.hasSuffix("/") ? "" : "/") + PercentEncoding.encoded(name, keeping: .path)
  }
}

extension DropLocation: CustomStringConvertible {
  /// Its URL.
  package var description: String {
    switch self {
    case .directory(let path): "file://\(PercentEncoding.encoded(path, keeping: .path))"
    case .server(let destination, let path):
      "sftp://\(destination)" + (path.hasPrefix("/") ? "" : path == "." ? "/~" : "/~/")
        + (path == "." ? "" : PercentEncoding.encoded(path, keeping: .path))
    }
  }
}
