public import Stage

/// How ssh is called.
public struct SSHCommand: Sendable {
  public let destination: SSHDestination
  /// A file with a private key; nil for those of `ssh_config`, the agent, and the usual ones.
  public var identity: String?
  /// In place of the user's and the system's known hosts.
  public var knownHosts: String?
  /// In place of the user's and the system's `ssh_config`.
  public var configuration: String?
  /// How long a connection may take, in seconds.
  public var connectTimeout = 30
  public var password: Secret?
  /// Opens the private key.
  public var passphrase: Secret?
  /// A command for sh(1) in place of ssh, which finds ssh's arguments in `"$@"`.
  public var replacement: String?

  public init(_ destination: SSHDestination) {
    self.destination = destination
  }

  /// How long the server may take for an answer, beyond what a connection may take, in seconds.
  var answerTimeout = 90

  /// How long the server may leave a request without an answer, in seconds.
  var patience: Int { connectTimeout + answerTimeout }

  /// A question can be answered, by our own executable.
  var answersQuestions: Bool { password != nil || passphrase != nil }

  /// Hides the password and the passphrase in what ssh and the server say.
  var mask: SecretMask { SecretMask([password, passphrase].compactMap { $0?.value }) }

  /// The program and its arguments.
  var words: [String] {
    guard let replacement else { return ["ssh"] + arguments }
    return ["/bin/sh", "-c", replacement, "ssh"] + arguments
  }

  private var arguments: [String] {
    var options = [
      "BatchMode=\(answersQuestions ? "no" : "yes")", "NumberOfPasswordPrompts=1", "StrictHostKeyChecking=yes",
      "ConnectTimeout=\(connectTimeout)", "ServerAliveInterval=15", "ServerAliveCountMax=4",
      // The server's fingerprint, and the ways to log in, are told in debug lines only.
      "LogLevel=DEBUG1",
      "ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "PermitLocalCommand=no", "RemoteCommand=none",
      "RequestTTY=no",
    ]
    if let knownHosts {
      options += ["UserKnownHostsFile=\(Self.quoted(knownHosts))", "GlobalKnownHostsFile=none"]
    }
    var words = options.flatMap { ["-o", $0] }
    if let configuration { words += ["-F", configuration] }
    if let identity { words += ["-o", "IdentityFile=\(Self.quoted(identity))", "-o", "IdentitiesOnly=yes"] }
    if let port = destination.port { words += ["-p", String(port)] }
    return words + ["-s", "--", (destination.user.map { "\($0)@" } ?? "") + destination.host, "sftp"]
  }

  /// A path as `ssh_config` takes it: there `%` begins a token, and a blank ends the path.
  private static func quoted(_ path: String) -> String { "\"\(path.replacing("%", with: "%%"))\"" }
}
