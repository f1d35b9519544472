import ArgumentParser
import Mail
import StageSupport

/// The way that the message goes: exactly one.
struct SendingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Put the message in this maildir; it is made if it is not there.", valueName: "directory"))
  var maildir: String?

  @Flag(name: .customLong("print"), help: "Print the message on standard output, in place of the stream.")
  var isPrinted = false

  @Flag(help: "Print the message that would be sent, and send nothing.")
  var dryRun = false

  /// Standard output is for the message.
  var isForEyes: Bool { isPrinted || dryRun }

  /// The message leaves the machine.
  var needsAddresses: Bool { false }

  func validate() throws {
    let ways = [maildir != nil, isPrinted].filter { $0 }.count
    guard ways == 1 || (dryRun && ways == 0) else {
      throw ValidationError("give exactly one way for the message to go: --maildir or --print")
    }
  }

  func sink() throws -> any MessageSink {
    if !isForEyes, let maildir { return Maildir(maildir) }
    return Printer()
  }
}
