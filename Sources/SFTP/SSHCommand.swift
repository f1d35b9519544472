package import Stage

/// How ssh(1) connects and logs in, apart from the destination.
package struct SSHLogin: Sendable {
  /// A file with the only private key that is tried; nil for the keys of `ssh_config` and of the agent, and the default
  /// ones.
  package var identity: String?
  /// A file that replaces the user's and the system's known hosts.
  package var knownHosts: String?
  /// A file that replaces the user's and the system's `ssh_config`.
  package var configuration: String?
  /// Gives up if not connected within this many seconds.
  package var connectTimeout = 30
  package var password: Secret?
  /// Decrypts the private key.
  package var passphrase: Secret?
  /// A command for sh(1) that runs instead of ssh. The arguments of ssh are in `"$@"`.
  package var replacement: String?

  package init() {}
}

/// The command line of ssh(1), and the secrets that it may ask for.
struct SSHCommand {
  let destination: SSHDestination
  var login: SSHLogin

  init(_ destination: SSHDestination, _ login: SSHLogin = SSHLogin()) {
    self.destination = destination
    self.login = login
  }

  /// Seconds that are added to `connectTimeout` for each reply, because ssh may still be logging in.
  var answerTimeout = 90

  /// The seconds within which the server has to reply to a request.
  var replyTimeout: Int { login.connectTimeout + answerTimeout }

  /// Whether there is a secret, so that ssh may ask for it.
  var answersQuestions: Bool { login.password != nil || login.passphrase != nil }

  /// Hides the password and the passphrase in messages of ssh and of the server.
  var mask: SecretMask { SecretMask([login.password, login.passphrase].compactMap { $0?.value }) }

  /// The program and its arguments.
  var words: [String] {
    guard let replacement = login.replacement else { return ["ssh"] + arguments }
    return ["/bin/sh", "-c", replacement, "ssh"] + arguments
  }

  private var arguments: [String] {
    var options = [
      "BatchMode=\(answersQuestions ? "no" : "yes")", "NumberOfPasswordPrompts=1", "StrictHostKeyChecking=yes",
      "ConnectTimeout=\(login.connectTimeout)", "ServerAliveInterval=15", "ServerAliveCountMax=4",
      // Only debug lines have the server's fingerprint and the login methods.
      "LogLevel=DEBUG1",
      "ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "PermitLocalCommand=no", "RemoteCommand=none",
      "RequestTTY=no",
    ]
    if let knownHosts = login.knownHosts {
      options += ["UserKnownHostsFile=\(Self.quoted(knownHosts))", "GlobalKnownHostsFile=none"]
    }
    var words = options.flatMap { ["-o", $0] }
    if let configuration = login.configuration { words += ["-F", configuration] }
    if let identity = login.identity {
      words += ["-o", "IdentityFile=\(Self.quoted(identity))", "-o", "IdentitiesOnly=yes"]
    }
    if let port = destination.port { words += ["-p", String(port)] }
    return words + ["-s", "--", (destination.user.map { "\($0)@" } ?? "") + destination.host, "sftp"]
  }

  /// A path in the syntax of `ssh_config`, in which `%` begins a token and a space ends the path.
  private static func quoted(_ path: String) -> String { "\"\(path.replacing("%", with: "%%"))\"" }
}

/// The user, host and port to which ssh connects.
package struct SSHDestination: Equatable, Sendable {
  /// Nil for the user in `ssh_config`, or else the login name.
  package let user: String?
  /// A name, an address, or an alias in `ssh_config`.
  package let host: String
  /// 1 to 65535; nil for the port in `ssh_config`, or else 22.
  package let port: Int?

  /// Returns nil if user or host could be taken for an option or a shell command, or if the port is out of range.
  package init?(user: String?, host: String, port: Int?) {
    guard Self.isSafe(host), user.map(Self.isSafe) ?? true, port.map((1...65_535).contains) ?? true else {
      return nil
    }
    self.user = user
    self.host = host
    self.port = port
  }

  /// ssh refuses the same characters: proxy commands and `Match exec` in `ssh_config` put user and host into shell
  /// commands.
  private static func isSafe(_ text: String) -> Bool {
    let dangerous = Set("'`\"$\\;&<>|(){}".utf8)
    return !text.isEmpty && !text.hasPrefix("-")
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !dangerous.contains($0) }
  }
}

extension SSHDestination: CustomStringConvertible {
  /// `user@host:port`, as in a URL.
  package var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return (user.map { "\($0)@" } ?? "") + name + (port.map { ":\($0)" } ?? "")
  }
}
