import SFTP
public import Stage

/// The drop directory, and how it is reached.
public struct DropTarget {
  public let location: DropLocation
  private let session: Session
  private let retries: RetryLimits
  private let diagnostics: Diagnostics

  /// How to log in to a server, where that is not said by its URL.
  public struct Session: Sendable {
    public var identity: String?
    public var passphrase: Secret?
    public var password: Secret?
    public var knownHosts: String?
    public var configuration: String?
    public var sshCommand: String?
    /// In seconds.
    public var connectTimeout = 30

    public init() {}
  }

  public init(_ location: DropLocation, _ session: Session, _ retries: RetryLimits, _ diagnostics: Diagnostics) {
    self.location = location
    self.session = session
    self.retries = retries
    self.diagnostics = diagnostics
  }

  /// Does something in the directory, and where a server fails for the moment, does it again in a new session.
  /// - Parameter meanwhile: done once before that, while the first session begins.
  func withDirectory<Result>(
    meanwhile: () throws -> Void = {}, _ work: (any DropDirectory) throws -> Result
  ) throws -> Result {
    switch location {
    case .directory(let path):
      try meanwhile()
      return try work(LocalDirectory(path, diagnostics))
    case .server(let destination, let path):
      var tries = Retries(retries, diagnostics)
      var isFirst = true
      return try tries.run {
        diagnostics.note("connecting to \(location)")
        let connection = try SFTPConnection.begin(command(destination))
        if isFirst { try meanwhile() }
        isFirst = false
        return try work(SFTPDirectory(connection, path: path, location, diagnostics))
      }
    }
  }

  private func command(_ destination: SSHDestination) -> SSHCommand {
    var command = SSHCommand(destination)
    command.identity = session.identity
    command.passphrase = session.passphrase
    command.password = session.password
    command.knownHosts = session.knownHosts
    command.configuration = session.configuration
    command.replacement = session.sshCommand
    command.connectTimeout = session.connectTimeout
    return command
  }
}
