public import SFTP
public import StageErrors

/// Where the drop directory is, as `--to` says it.
public enum DropLocation: Equatable, Sendable {
  /// `file:///srv/drop`
  case directory(String)
  /// `sftp://alma@lib-sftp.example.edu/alma/people`; the path is relative to the user's home where it does not begin with a slash.
  case server(SSHDestination, path: String)

  public init(url: String) throws(SettingError) {
    guard let parts = URLParts(url) else {
      throw Self.refusal(
        url, "no URL of a drop directory; it looks like sftp://user@host/path or file:///srv/drop")
    }
    switch parts.scheme {
    case "file":
      guard parts.authority.isEmpty || parts.authority == "localhost", !parts.path.isEmpty else {
        throw Self.refusal(url, "no directory of this machine; it has three slashes: file:///srv/drop")
      }
      self = .directory(parts.path)
    case "sftp":
      guard let path = Self.remotePath(parts.path) else {
        throw Self.refusal(
          url, "without a directory; it looks like sftp://user@host/path, or /~/path for one in the home")
      }
      self = .server(try Self.destination(parts, url), path: path)
    default:
      throw Self.refusal(url, "no drop directory; feeds go to sftp:// and file:// URLs")
    }
  }

  private static func destination(_ parts: URLParts, _ url: String) throws(SettingError) -> SSHDestination {
    guard parts.password == nil else {
      throw SettingError(
        "--to has a password in it, where others can see it; use --password-file or SFTP_PASSWORD", exitStatus: .usage)
    }
    guard let host = parts.host, parts.hasGoodPort,
      let destination = SSHDestination(user: parts.user, host: host, port: parts.port)
    else { throw Self.refusal(url, "no usable user, host or port") }
    return destination
  }

  private static func refusal(_ url: String, _ reason: String) -> SettingError {
    SettingError("'\(url)' is \(reason)", exitStatus: .usage)
  }

  /// `/~` is the home, where a session begins.
  private static func remotePath(_ path: String) -> String? {
    switch path {
    case "": nil
    case "/~": "."
    default: path.hasPrefix("/~/") ? String(path.dropFirst(3)) : path
    }
  }

  /// The URL of a file in the directory, without secrets.
  public func url(of name: String) -> String {
    let url = description
    return url.hasSuffix("/") ? url + URLParts.encoded(name) : "\(url)/\(URLParts.encoded(name))"
  }
}

extension DropLocation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .directory(let path): "file://\(URLParts.encoded(path))"
    case .server(let destination, let path):
      "sftp://\(destination)" + (path.hasPrefix("/") ? "" : path == "." ? "/~" : "/~/")
        + (path == "." ? "" : URLParts.encoded(path))
    }
  }
}
