import ArgumentParser
import Command
import Files
import Stage
import Transfer

/// How `ssh` logs in.
struct SSHOptions: ParsableArguments {
  @Option(help: .init("Log in with the private key in this file.", valueName: "file"), completion: .file())
  var identity: String?

  @Option(help: .init("The file with the passphrase of that key.", valueName: "file"), completion: .file())
  var passphraseFile: String?

  @Option(help: .init("The file with the password to log in with.", valueName: "file"), completion: .file())
  var passwordFile: String?

  @OptionGroup var secretFile: SecretFileOptions

  @Option(help: .init("The host keys to trust, in place of ssh's own files.", valueName: "file"), completion: .file())
  var knownHosts: String?

  @Option(help: .init("The file to read in place of ssh's own ssh_config.", valueName: "file"), completion: .file())
  var sshConfig: String?

  @Option(
    help: .init(
      "A shell command to run in place of ssh; it finds ssh's arguments in \"$@\".", valueName: "command"))
  var sshCommand: String?

  @OptionGroup var timeout: ConnectTimeoutOptions

  static let settings: [Setting] =
    [
      .option("identity"), .option("passphrase-file"), .option("password-file", variable: "SFTP_PASSWORD_FILE"),
      .option("known-hosts"), .option("ssh-config"), .option("ssh-command"),
    ] + SecretFileOptions.settings + ConnectTimeoutOptions.settings

  /// Reads the secrets, and checks that `ssh` can read its files.
  func session() throws -> DropTarget.Session {
    for file in [identity, knownHosts, sshConfig].compactMap(\.self) { try FileContents.requireReadable(file) }
    var session = DropTarget.Session()
    session.passphrase = try passphraseFile.map { try secretFile.secret(in: $0) }
    session.password = try secretFile.secret(in: passwordFile, orIn: "SFTP_PASSWORD")
    session.identity = identity
    session.knownHosts = knownHosts
    session.configuration = sshConfig
    session.sshCommand = sshCommand
    session.connectTimeout = timeout.connectTimeout
    return session
  }
}
