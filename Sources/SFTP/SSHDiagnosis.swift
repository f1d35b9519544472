import Files
import Stage
import StageErrors
import SystemPackage

/// Why ssh could not start a session, from its messages on standard error.
///
/// The exit status of ssh is not used: with servers that send none, it is 255 after success too.
struct SSHDiagnosis: Equatable {
  var message: String
  var exitStatus: ExitStatus
}

extension SSHDiagnosis {
  /// - Parameters:
  ///   - text: the standard error of ssh.
  ///   - signal: the one that ended ssh.
  ///   - oldFingerprint: finds the fingerprint of the known key, if the host key has changed.
  init(_ text: String, _ command: SSHCommand, signal: Int32? = nil, oldFingerprint: (SSHLog) -> String?) {
    let log = SSHLog(text)
    if log.contains("Host key verification failed") || log.contains("REMOTE HOST IDENTIFICATION HAS CHANGED") {
      self.init(message: Self.hostKeyMessage(log, command, oldFingerprint(log)), exitStatus: .accessDenied)
    } else if let (message, status) = Self.patterns.lazy.compactMap({ Self.match($0, log) }).first {
      self.init(message: message, exitStatus: status)
    } else if let signal {
      self.init(message: "ssh was ended by signal \(signal) during login", exitStatus: .temporary)
    } else if let last = log.messages.last {
      self.init(message: last, exitStatus: .temporary)
    } else {
      self.init(
        message: "the server closed the session without a message; is this user allowed to use SFTP?",
        exitStatus: .refused)
    }
  }

  private typealias Pattern = (texts: [String], status: ExitStatus, advice: String)

  /// Parts of messages of ssh. The first that occurs decides.
  private static let patterns: [Pattern] = [
    (["Permission denied ("], .accessDenied, ""),
    (["Too many authentication failures"], .accessDenied, "; name the right key with --identity"),
    (["Unable to negotiate", "no matching "], .protocolViolation, ""),
    (["subsystem request failed"], .refused, "; the server does not offer SFTP, at least to this user"),
    (
      ["Bad configuration option", "Bad owner or permissions", "Can't open user config file", "terminating, "],
      .configuration, ""
    ),
    (
      [
        "Could not resolve hostname", "Connection refused", "timed out", "Connection reset", "not responding",
        "unreachable", "No route to host", "Connection closed", "closed by remote host", "Broken pipe",
      ], .temporary, ""
    ),
    (["not found"], .configuration, ""),
  ]

  private static func match(_ pattern: Pattern, _ log: SSHLog) -> (String, ExitStatus)? {
    let lines = pattern.texts.lazy.compactMap { text in log.messages.last { $0.contains(text) } }
    guard let line = lines.first else { return nil }
    guard pattern.status == .accessDenied else { return (line + pattern.advice, pattern.status) }
    let methods = log.methods.map { "; the server accepts: \($0)" } ?? ""
    let problem = log.keyProblem.map { "; \($0)" } ?? ""
    return ("login refused: \(line)\(methods)\(problem)\(pattern.advice)", pattern.status)
  }

  private static func hostKeyMessage(_ log: SSHLog, _ command: SSHCommand, _ old: String?) -> String {
    let shown =
      log.serverKey.map { "\($0.type) \($0.fingerprint)" } ?? "a key whose fingerprint ssh does not print"
    let destination = command.destination
    let place = destination.port.map { "[\(destination.host)]:\($0)" } ?? destination.host
    let file = command.login.knownHosts ?? "~/.ssh/known_hosts"
    let type = log.serverKey.map { "-t \(SSHLog.shortName($0.type)) " } ?? ""
    let scan = "ssh-keyscan \(type)\(destination.port.map { "-p \($0) " } ?? "")\(destination.host) >> \(file)"
    if let offending = log.offendingKey {
      return "the host key has changed: the known key is \(old ?? "another") "
        + "(\(offending.file) line \(offending.line)), the server shows \(shown); "
        + "if its administrator confirms the new key: "
        + "ssh-keygen -f \(offending.file) -R '\(place)' && \(scan)"
    }
    if let words = log.messages.first(where: { $0.contains("revoked") || $0.contains("REVOKED") }) {
      return "the host key is not trusted: \(words)"
    }
    return "the host key is not known: the server shows \(shown); if its administrator confirms that: \(scan)"
  }

  /// The type and fingerprint of the key in a line of a known hosts file, from ssh-keygen(1); nil if it cannot read the
  /// key.
  static func fingerprint(file: String, line: Int) -> String? {
    guard let bytes = try? FileContents.read(file) else { return nil }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.indices.contains(line - 1), let input = try? FileDescriptor.memory(lines[line - 1] + [0x0A]) else {
      return nil
    }
    defer { try? input.close() }
    guard let output = try? FileDescriptor.memory() else { return nil }
    defer { try? output.close() }
    let arguments = ["ssh-keygen", "-l", "-f", "-"]
    guard let keygen = try? Child(arguments, input: input, output: output), keygen.end(within: .seconds(10)) != nil
    else { return nil }
    // `256 SHA256:… comment (ED25519)`
    let words = output.text(limit: 4096).split(whereSeparator: \.isWhitespace)
    guard let fingerprint = words.first(where: { $0.hasPrefix("SHA256:") }) else { return nil }
    return "\(words.last.map { $0.filter { $0 != "(" && $0 != ")" } } ?? "") \(fingerprint)"
  }
}
