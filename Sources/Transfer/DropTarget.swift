import SFTP
package import StageSupport

/// A drop directory, and how to connect to it.
package struct DropTarget {
  package let location: DropLocation
  let diagnostics: Diagnostics
  private let session: Session
  private let retries: RetryOptions

  /// What a connection to a server needs besides its URL. The properties are those of `SSHCommand`.
  package struct Session: Sendable {
    package var identity: String?
    package var passphrase: Secret?
    package var password: Secret?
    package var knownHosts: String?
    package var configuration: String?
    package var sshCommand: String?
    /// In seconds.
    package var connectTimeout = 30

    package init() {}
  }

  /// Creates a target. Does not connect.
  package init(_ location: DropLocation, _ session: Session, _ retries: RetryOptions, _ diagnostics: Diagnostics) {
    self.location = location
    self.session = session
    self.retries = retries
    self.diagnostics = diagnostics
  }

  /// Opens the directory, and passes it to the body. After a temporary failure of a server, does so again in a new session.
  /// - Parameter meanwhile: called once, while the first session logs in.
  func withDirectory<Result>(
    meanwhile: () throws -> Void = {}, _ body: (any DropDirectory) throws -> Result
  ) throws -> Result {
    switch location {
    case .directory(let path):
      try meanwhile()
      return try body(LocalDirectory(path, diagnostics))
    case .server(let destination, let path):
      var retries = Retries(retries, diagnostics)
      var isFirst = true
      return try retries.run {
        diagnostics.note("connecting to \(location)")
        let connection = try SFTPConnection.begin(command(destination))
        if isFirst { try meanwhile() }
        isFirst = false
        return try body(SFTPDirectory(connection, path: path, location, diagnostics))
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
