import Calendar
import Digest
package import SFTP
package import Stage

/// A drop directory, and how to connect to it.
package struct DropTarget {
  package let location: DropLocation
  let diagnostics: Diagnostics
  private let login: SSHLogin
  private let retries: RetryLimits

  /// Does not connect. A local directory needs no login.
  package init(_ location: DropLocation, _ login: SSHLogin, _ retries: RetryLimits, _ diagnostics: Diagnostics) {
    self.location = location
    self.login = login
    self.retries = retries
    self.diagnostics = diagnostics
  }

  /// Opens the directory, and passes it to the body. After a temporary failure of a server, both are repeated in a new
  /// session.
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

extension DropTarget {
  /// Tests a delivery with a small hidden file: creates, writes, compares, renames and removes it: creates, writes,
  /// compares and renames it. Then removes it, also after an error.
  package func check(_ options: DeliveryOptions, clock: Clock) throws {
    try withDirectory { directory in
      let part = PartName(for: PartName.check)
      // Alma ignores this name too.
      let renamed = PartName(for: PartName.check + "-renamed")
      try directory.removeAbandoned(part, now: clock.now.seconds, diagnostics)
      do {
        try write(part.name, options, in: directory)
        guard try directory.rename(part.name, to: renamed.name) else {
          throw TransferError.nameTaken(location.url(of: renamed.name))
        }
        try directory.remove(renamed.name)
      } catch {
        // The first error is the one to report.
        for name in [part.name, renamed.name] { try? directory.remove(name) }
        throw error
      }
    }
  }

  private static let testContents = Array("feed-push --check\n".utf8)

  private func write(_ name: String, _ options: DeliveryOptions, in directory: any DropDirectory) throws {
    try directory.create(name, mode: options.mode)
    try directory.append(Self.testContents.span)
    try directory.finishFile()
    var digest = SHA256()
    digest.update(Self.testContents.span)
    let sent = SentFile(place: location.url(of: name), bytes: Self.testContents.count, sha256: digest.finish())
    try directory.verify(name, sent, options.verification, diagnostics)
  }
}
