import ArgumentParser
import Mail
import StageSupport

@main
struct NotifyMail: StageCommand {
  static let name = "notify-mail"
  static let settings: [Setting] =
    StageOptions.settings + [
      .option("to"), .option("cc"), .option("from"), .option("reply-to"), .option("subject"), .switch("always"),
      .option("list-limit"), .switch("attach-rejects"), .option("maildir", yieldingTo: ["print"]),
      .switch("print"), .switch("dry-run"),
    ]
  static let configuration = describe("Send one e-mail where somebody has to know what became of a feed.")

  @OptionGroup var options: StageOptions
  @OptionGroup var letter: LetterOptions
  @OptionGroup var way: SendingOptions

  @Argument(help: "Streams to read, in place of standard input.")
  var files: [String] = []

  func run() throws {
    let sink = try way.sink()
    let notice = try letter.notice(isSent: way.needsAddresses)
    var runner = try StageRunner(Self.name, options)
    var stage = NotifyStage(notice, sink: sink, clock: runner.clock, diagnostics: runner.diagnostics)
    try runner.run(&stage, files: files, writesStream: !way.isForEyes)
  }
}
