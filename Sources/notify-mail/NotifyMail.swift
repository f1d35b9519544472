import ArgumentParser
import Mail
import RecordStream
import StageSupport

@main
struct NotifyMail: StageCommand {
  static let name = "notify-mail"
  static let settings: [Setting] =
    StageOptions.settings + LetterOptions.settings + SendingOptions.settings + [.secret("SMTP_PASSWORD")]
  static let configuration = describe(
    "Send one e-mail where somebody has to know what became of a feed.",
    variables: ["SMTP_PASSWORD: the user's password, where there is no --password-file"])

  @OptionGroup var options: StageOptions
  @OptionGroup var letter: LetterOptions
  @OptionGroup var way: SendingOptions

  @Flag(help: "Try the way as far as that can be done without sending anything, and read no stream.")
  var check = false

  @Argument(help: "Streams to read, in place of standard input.")
  var files: [String] = []

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    if way.lines { return try printLines(&runner) }
    if way.withoutRejects {
      var removal = RejectRemoval()
      return try runner.run(&removal, files: files)
    }
    let notice = try letter.notice(
      of: files, isSent: way.needsAddresses && !check, isRemembered: !way.isForEyes)
    let sink = try way.sink(runner.diagnostics)
    if check { return try sink.check() }
    var stage = NotifyStage(
      notice, sink: way.isForEyes ? Printer() : sink, clock: runner.clock, diagnostics: runner.diagnostics)
    try runner.run(&stage, files: files, writesStream: !way.isForEyes)
  }

  private func printLines(_ runner: inout StageRunner) throws {
    var overview = OverviewStage { line in
      var output = LineWriter()
      try output.write(line: Array(line.utf8).span)
      try output.flush()
    }
    try runner.run(&overview, files: files, writesStream: false)
  }
}
