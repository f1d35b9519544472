import ArgumentParser
import Command
import Files
import SFTP
import Stage

/// How ssh connects and logs in.
struct SSHOptions: ParsableArguments {
  @Option(file: "Log in with the private key in this file.")
  var identity: String?

  @Option(file: "The file with the passphrase of that key.")
  var passphraseFile: String?

  @Option(file: "The file with the password to log in with.")
  var passwordFile: String?

  @OptionGroup var secretFile: SecretFileOptions

  @Option(file: "The host keys to trust, instead of ssh's own files.")
  var knownHosts: String?

  @Option(file: "The file to read instead of ssh's own ssh_config.")
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
