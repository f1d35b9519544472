public import StageSupport

/// Where the drop directory is, as `--to` says it.
public enum DropLocation: Equatable, Sendable {
  /// `file:///srv/drop`
  case directory(String)

  public init(url: String) throws(SettingError) {
    guard let parts = URLParts(url) else {
      throw SettingError("'\(url)' is no URL of a drop directory; it looks like file:///srv/drop", exitStatus: .usage)
    }
    switch parts.scheme {
    case "file":
      guard parts.authority.isEmpty || parts.authority == "localhost", !parts.path.isEmpty else {
        throw SettingError(
          "'\(url)': a directory of this machine has three slashes: file:///srv/drop", exitStatus: .usage)
      }
      self = .directory(parts.path)
    default:
      throw SettingError("'\(url)': feeds go to file:// directories", exitStatus: .usage)
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
    }
  }
}
