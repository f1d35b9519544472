import ArgumentParser
import Command
import Files
import SFTP
import Stage

/// How ssh connects and logs in.
struct SSHOptions: ParsableArguments {
  @Option(help: .init("Log in with the private key in this file.", valueName: "file"), completion: .file())
  var identity: String?

  @Option(help: .init("The file with the passphrase of that key.", valueName: "file"), completion: .file())
  var passphraseFile: String?

  @Option(help: .init("The file with the password to log in with.", valueName: "file"), completion: .file())
  var passwordFile: String?

  @OptionGroup var secretFile: SecretFileOptions

  @Option(help: .init("The host keys to trust, instead of ssh's own files.", valueName: "file"), completion: .file())
  var knownHosts: String?

  @Option(help: .init("The file to read instead of ssh's own ssh_config.", valueName: "file"), completion: .file())
  var sshConfig: String?

  @Option(
    help: .init(
      "A shell command to run instead of ssh; the arguments of ssh are in \"$@\".", valueName: "command"))
  var sshCommand: String?

  @OptionGroup var timeout: ConnectTimeoutOptions

  static let settings: [Setting] =
    [
      .option("identity"), .option("passphrase-file"), .option("password-file", variable: "SFTP_PASSWORD_FILE"),
      .option("known-hosts"), .option("ssh-config"), .option("ssh-command"),
    ] + SecretFileOptions.settings + ConnectTimeoutOptions.settings

  /// Reads the secrets, and checks that `ssh` can read its files.
  func login() throws -> SSHLogin {
    let identity = try identity.map { try Secret.path(of: $0) }
    for file in [identity, knownHosts, sshConfig].compactMap(\.self) { try FileContents.requireReadable(file) }
    var login = SSHLogin()
    login.passphrase = try passphraseFile.map { try secretFile.secret(in: $0) }
    login.password = try secretFile.secret(in: passwordFile, orIn: "SFTP_PASSWORD")
    login.identity = identity
    login.knownHosts = knownHosts
    login.configuration = sshConfig
    login.replacement = sshCommand
    login.connectTimeout = timeout.connectTimeout
    return login
  }
}
