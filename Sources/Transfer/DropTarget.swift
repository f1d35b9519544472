package import SFTP
package import Stage

/// A drop directory, and how to connect to it.
package struct DropTarget {
  package let location: DropLocation
  let diagnostics: Diagnostics
  private let login: SSHLogin
  private let retries: RetryLimits

  /// Creates a target. Does not connect. A local directory needs no login.
  package init(_ location: DropLocation, _ login: SSHLogin, _ retries: RetryLimits, _ diagnostics: Diagnostics) {
    self.location = location
    self.login = login
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
        let connection = try SFTPConnection.begin(destination, login)
        if isFirst { try meanwhile() }
        isFirst = false
        return try body(SFTPDirectory(connection, path: path, location, diagnostics))
      }
    }
  }
}
