import ArgumentParser
import Command
import Mail
import Stage

/// The options of the transport, of which exactly one is chosen.
struct SendingOptions: ParsableArguments {
  @Option(
    help: .init("Send messages to this server: smtp://host[:port], with STARTTLS, or smtps://.", valueName: "url"))
  var smtp: String?

  @Option(help: .init("Log in to the server as this user.", valueName: "name"))
  var user: String?

  @Option(file: "The file with the user's password.")
  var passwordFile: String?

  @OptionGroup var secretFile: SecretFileOptions

  @OptionGroup var certificates: CertificateOptions

  @Flag(help: "Send without STARTTLS and encryption, the password included.")
  var insecurePlaintext = false

  @Option("Give up if the server sends nothing for this many seconds.", "seconds", in: 1...3600)
  var timeout = 60

  @OptionGroup var retry: RetryOptions

  @Option(file: "Run this program as 'sendmail -t -i' for each message.", "program")
  var sendmail: String?

  @Option(directory: "Write messages to this maildir, which is created if it does not exist.")
  var maildir: String?

  @Flag(name: .customLong("print"), help: "Print messages on standard output, instead of the stream.")
  var isPrinted = false

  @Flag(help: "Print a line for each feed, and for each file that waits in a drop directory; send nothing.")
  var lines = false

  @Flag(help: "Copy the streams without the records of rejected people; send nothing.")
  var withoutRejects = false

  @Flag(help: "Print the messages that would be sent, and send nothing.")
  var dryRun = false

  @Flag(help: "Print only the header and the text of the messages that would be sent; send nothing.")
  var preview = false

  /// The flags of which exactly one is given. One on the command line overrides the variables of the others.
  static let transports = ["smtp", "sendmail", "maildir", "print", "lines", "without-rejects"]

  static let settings: [Setting] =
    transports.prefix(3).map { name in .option(name, overriddenBy: transports.filter { $0 != name }) }
    + [
      .switch("print", overriddenBy: transports.filter { $0 != "print" }, use: .byHand),
      .switch("dry-run", use: .byHand),
      .option("user", variable: "SMTP_USER"), .option("password-file", variable: "SMTP_PASSWORD_FILE"),
      .switch("insecure-plaintext"), .option("timeout"),
    ] + SecretFileOptions.settings + CertificateOptions.settings + RetryOptions.settings

  /// Whether standard output is the message instead of the stream.
  var isPrinting: Bool { isPrinted || dryRun || preview }

  /// Whether the message is sent to others, so that it needs a sender and recipients.
  var needsAddresses: Bool { smtp != nil || sendmail != nil }

  func validate() throws {
    let count = [smtp != nil, sendmail != nil, maildir != nil, isPrinted, lines, withoutRejects].filter { $0 }.count
    guard count == 1 || ((dryRun || preview) && count == 0) else {
      throw ValidationError("give exactly one of --smtp, --sendmail, --maildir and --print")
    }
  }

  /// The transport that was chosen. Throws if its settings are invalid; does not connect.
  func sink(_ diagnostics: Diagnostics) throws -> any MessageSink {
    if let smtp {
      var options = SMTPServer.Options(url: smtp)
      options.user = user
      options.password = try secretFile.secret(in: passwordFile, orIn: "SMTP_PASSWORD")
      options.caFile = certificates.caFile
      options.isPlaintext = insecurePlaintext
      options.timeout = timeout
      return try SMTPServer(options, retries: retry.limits, diagnostics: diagnostics)
    }
    if let sendmail { return Sendmail(sendmail) }
    if let maildir { return Maildir(maildir) }
    return Printer()
  }
}
