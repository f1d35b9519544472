import ArgumentParser
import StageSupport
import Transfer

/// The drop directory, and how to connect to it.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The drop directory: sftp://user@host/path or file:///srv/drop.", valueName: "url"),
    transform: { try DropLocation(url: $0) })
  var to: DropLocation

  @Option(help: ArgumentHelp("The permissions of delivered files.", valueName: "octal"))
  var mode = FileMode(bits: 0o640)

  @Option(help: ArgumentHelp("What Alma adds to the names of the files that it has taken.", valueName: "suffix"))
  var handledSuffix = ".handled"

  @Option(help: ArgumentHelp("Log in with the private key in this file.", valueName: "file"))
  var identity: String?

  @Option(help: ArgumentHelp("The file with the passphrase of that key.", valueName: "file"))
  var passphraseFile: String?

  @Option(help: ArgumentHelp("The file with the password to log in with.", valueName: "file"))
  var passwordFile: String?

  @OptionGroup var secretFile: SecretFileOptions

  @Option(help: ArgumentHelp("The host keys to trust, instead of ssh's own files.", valueName: "file"))
  var knownHosts: String?

  @Option(help: ArgumentHelp("The file to read instead of ssh's own ssh_config.", valueName: "file"))
  var sshConfig: String?

  @Option(
    help: ArgumentHelp(
      "A shell command to run instead of ssh; the arguments of ssh are in \"$@\".", valueName: "command"))
  var sshCommand: String?

  @Option(help: ArgumentHelp("Give up if not connected within this many seconds.", valueName: "seconds"))
  var connectTimeout = 30

  @OptionGroup var retries: RetryOptions

  static let settings: [Setting] =
    [
      .option("to"), .option("mode"), .option("handled-suffix"), .option("identity"), .option("passphrase-file"),
      .option("password-file", variable: "SFTP_PASSWORD_FILE"), .option("known-hosts"), .option("ssh-config"),
      .option("ssh-command"), .option("connect-timeout"),
    ] + SecretFileOptions.settings + RetryOptions.settings

  func validate() throws {
    guard !handledSuffix.isEmpty, !handledSuffix.contains("/") else {
      throw ValidationError("--handled-suffix is the end of a file name, as .handled")
    }
    guard (1...3600).contains(connectTimeout) else {
      throw ValidationError("--connect-timeout is a number of seconds from 1 to 3600")
    }
  }

  /// Reads the secrets, and throws if a file that ssh needs cannot be read.
  func open(_ diagnostics: Diagnostics) throws -> DropTarget {
    var session = DropTarget.Session()
    if case .server = to {
      for file in [identity, knownHosts, sshConfig].compactMap(\.self) { try FileContents.requireReadable(file) }
      session.passphrase = try passphraseFile.map { try secretFile.secret(in: $0) }
      session.password = try secretFile.secret(in: passwordFile, orIn: "SFTP_PASSWORD")
    }
    session.identity = identity
    session.knownHosts = knownHosts
    session.configuration = sshConfig
    session.sshCommand = sshCommand
    session.connectTimeout = connectTimeout
    return DropTarget(to, session, retries, diagnostics)
  }
}

/// Permissions in octal digits, from 000 to 0777.
struct FileMode: ExpressibleByArgument, CustomStringConvertible {
  let bits: UInt16

  init(bits: UInt16) { self.bits = bits }

  init?(argument: String) {
    guard (3...4).contains(argument.count), let bits = UInt16(argument, radix: 8), bits <= 0o777 else { return nil }
    self.bits = bits
  }

  var description: String { "0" + String(bits, radix: 8) }
}

extension WaitingTime: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}

extension DeliveryOptions.Verification: ExpressibleByArgument {}
