/// Whom ssh is to reach.
public struct SSHDestination: Equatable, Sendable {
  /// Nil for the user that `ssh_config` or the login name says.
  public let user: String?
  /// A name, an address, or an alias of `ssh_config`.
  public let host: String
  /// Nil for the port that `ssh_config` says, or 22.
  public let port: Int?

  /// - Returns: nil where a part could be taken for an option, or for a command of a shell.
  public init?(user: String?, host: String, port: Int?) {
    guard Self.isHarmless(host), user.map(Self.isHarmless) ?? true, port.map((1...65_535).contains) ?? true else {
      return nil
    }
    self.user = user
    self.host = host
    self.port = port
  }

  /// The same that ssh itself refuses: proxy commands and `Match exec` of `ssh_config` put these texts into shell commands.
  private static func isHarmless(_ text: String) -> Bool {
    let dangerous = Set("'`\"$\\;&<>|(){}".utf8)
    return !text.isEmpty && !text.hasPrefix("-")
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !dangerous.contains($0) }
  }
}

extension SSHDestination: CustomStringConvertible {
  /// As the authority of a URL.
  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return (user.map { "\($0)@" } ?? "") + name + (port.map { ":\($0)" } ?? "")
  }
}
