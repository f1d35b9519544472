import StageErrors

/// Why there is no session, as far as ssh's words on its standard error tell.
///
/// ssh's exit status tells nothing: it is 255 also after success, with servers that send none. A signal that ended it does.
struct SSHDiagnosis: Equatable {
  var message: String
  var exitStatus: ExitStatus

  /// - Parameters:
  ///   - signal: the one that has ended ssh.
  ///   - oldFingerprint: what ssh has told of an old key, as a fingerprint.
  init(_ text: String, _ command: SSHCommand, signal: Int? = nil, oldFingerprint: (SSHLog) -> String?) {
    let log = SSHLog(text)
    if log.contains("Host key verification failed") || log.contains("REMOTE HOST IDENTIFICATION HAS CHANGED") {
      self.init(message: Self.hostKeyMessage(log, command, oldFingerprint(log)), exitStatus: .accessDenied)
    } else if let (message, status) = Self.known.lazy.compactMap({ Self.match($0, log) }).first {
      self.init(message: message, exitStatus: status)
    } else if let signal {
      self.init(message: "ssh was ended by signal \(signal) while it logged in", exitStatus: .temporary)
    } else if let last = log.messages.last {
      self.init(message: last, exitStatus: .temporary)
    } else {
      self.init(
        message: "the server has closed the session without a word; may this user use SFTP?", exitStatus: .refused)
    }
  }

  init(message: String, exitStatus: ExitStatus) {
    self.message = message
    self.exitStatus = exitStatus
  }

  private typealias Sign = (text: String, status: ExitStatus, advice: String)

  /// What ssh says, most telling first.
  private static let known: [Sign] = [
    ("Permission denied (", .accessDenied, ""),
    ("Too many authentication failures", .accessDenied, "; name the right key with --identity"),
    ("Unable to negotiate", .protocolViolation, ""),
    ("no matching ", .protocolViolation, ""),
    ("subsystem request failed", .refused, "; the server offers no SFTP, or not to this user"),
    ("Bad configuration option", .configuration, ""),
    ("Bad owner or permissions", .configuration, ""),
    ("Can't open user config file", .configuration, ""),
    ("terminating, ", .configuration, ""),
    ("Could not resolve hostname", .temporary, ""),
    ("Connection refused", .temporary, ""),
    ("timed out", .temporary, ""),
    ("Connection reset", .temporary, ""),
    ("not responding", .temporary, ""),
    ("unreachable", .temporary, ""),
    ("No route to host", .temporary, ""),
    ("Connection closed", .temporary, ""),
    ("closed by remote host", .temporary, ""),
    ("Broken pipe", .temporary, ""),
    ("not found", .configuration, ""),
  ]

  private static func match(_ sign: Sign, _ log: SSHLog) -> (String, ExitStatus)? {
    guard let line = log.messages.last(where: { $0.contains(sign.text) }) else { return nil }
    var message = line + sign.advice
    if sign.status == .accessDenied {
      let methods = log.methods.map { "; the server would take: \($0)" } ?? ""
      message = "login refused: \(line)\(methods)\(log.keyTrouble.map { "; \($0)" } ?? "")\(sign.advice)"
    }
    return (message, sign.status)
  }

  private static func hostKeyMessage(_ log: SSHLog, _ command: SSHCommand, _ old: String?) -> String {
    let shown =
      log.serverKey.map { "\($0.type) \($0.fingerprint)" } ?? "a key of which ssh does not tell the fingerprint"
    let destination = command.destination
    let place = destination.port.map { "[\(destination.host)]:\($0)" } ?? destination.host
    let file = command.knownHosts ?? "~/.ssh/known_hosts"
    let type = log.serverKey.map { "-t \(SSHLog.shortName($0.type)) " } ?? ""
    let scan = "ssh-keyscan \(type)\(destination.port.map { "-p \($0) " } ?? "")\(destination.host) >> \(file)"
    if let offending = log.offendingKey {
      return "the host key has changed: known is \(old ?? "another") (\(offending.file) line \(offending.line)), "
        + "the server shows \(shown); if its administrator confirms the new one: "
        + "ssh-keygen -f \(offending.file) -R '\(place)' && \(scan)"
    }
    if let words = log.messages.first(where: { $0.contains("revoked") || $0.contains("REVOKED") }) {
      return "the host key is not to be trusted: \(words)"
    }
    return "the host key is not known: the server shows \(shown); if its administrator confirms that: \(scan)"
  }
}
