import ArgumentParser
import Command
import Mail
import Report
import StageErrors

/// The options for the message: sender, recipients, contents, and when it is sent.
struct MessageOptions: ParsableArguments {
  @Option(help: .init("Send it to these, separated by commas; may be repeated.", valueName: "address"))
  var to: [String] = []

  @Option(
    help: .init(
      "Send failures to these instead, in a separate message; may be repeated.", valueName: "address"))
  var failedTo: [String] = []

  @Option(help: .init("Send a copy to these; may be repeated.", valueName: "address"))
  var cc: [String] = []

  @Option(help: .init("The sender, as address or 'Name <address>'.", valueName: "address"))
  var from: String?

  @Option(help: .init("The address for replies; may be repeated.", valueName: "address"))
  var replyTo: [String] = []

  @Option(help: .init("The subject, instead of one with the counts.", valueName: "text"))
  var subject: String?

  @Flag(help: "Send a message even if there is nothing to report.")
  var always = false

  @Option("List at most this many people for each reason.", "people", in: 0...1000)
  var listLimit = 50

  @Flag(help: "Attach the records of rejected people, with all their data.")
  var attachRejects = false

  @Option(file: "Log in this file what was sent, and do not send it again.")
  var once: String?

  @Option(
    help: .init(
      "Report also a feed without a stream: its status, a colon, and the message of the program that failed.",
      valueName: "status:message"))
  var failure: [String] = []

  @Flag(help: "For each file, create one that ends in .told when it is reported.")
  var markTold = false

  static let settings: [Setting] = [
    .option("to"), .option("failed-to"), .option("cc"), .option("from"), .option("reply-to"), .option("subject"),
    .switch("always"),
    .option("list-limit"), .switch("attach-rejects"), .option("once"),
  ]

  func validate() throws {
    guard failure.allSatisfy({ $0.contains(":") }) else { throw ValidationError("--failure is STATUS:MESSAGE") }
  }

  /// The options of the stage.
  /// - Parameters:
  ///   - files: the streams to read, beside which `--mark-told` creates files.
  ///   - isSent: whether the message is sent to others, so that it needs a sender and recipients.
  ///   - isLogged: false if the message is only printed.
  func notice(of files: [String], isSent: Bool, isLogged: Bool) throws -> NotifyStage.Options {
    if isSent, from == nil { throw missing("--from", "the address that the message comes from") }
    if isSent, to.isEmpty { throw missing("--to", "the addresses that the message goes to") }
    var notice = NotifyStage.Options(
      try MessageHeader(from: from, to: to, cc: cc, replyTo: replyTo, subject: subject), listLimit: listLimit)
    notice.sendsAlways = always
    notice.attachesRejects = attachRejects
    notice.sentMail = isLogged ? once : nil
    if !failedTo.isEmpty {
      notice.failureHeader = try MessageHeader(
        from: from, to: failedTo, cc: [], replyTo: replyTo, subject: subject, toFlag: "--failed-to")
    }
    notice.failures = failure.map { text in
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return Section(status: parts[0], ReportedFailure(parts[1]))
    }
    if markTold, isLogged { notice.marked = files }
    return notice
  }

  private func missing(_ flag: String, _ what: String) -> SettingError {
    SettingError("\(flag) is missing: \(what); see 'notify-mail --help'", exitStatus: .usage)
  }
}
