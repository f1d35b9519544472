import ArgumentParser
import Command
import Mail
import RecordStream
import Report
import Stage

@main
struct NotifyMail: StageCommand {
  static let name = "notify-mail"
  static let settings: [Setting] =
    StageOptions.settings + MessageOptions.settings + SendingOptions.settings + [.secret("SMTP_PASSWORD")]
  static let configuration = describe(
    "Send e-mail if a feed needs attention.",
    variables: ["SMTP_PASSWORD: the user's password, if there is no --password-file"])

  @OptionGroup var options: StageOptions
  @OptionGroup var letter: MessageOptions
  @OptionGroup var sending: SendingOptions

  @Flag(help: "Check the transport without sending anything or reading a stream.")
  var check = false

  @Argument(files: "Streams to read, instead of standard input.")
  var files: [String] = []

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    if sending.lines { return try printLines(&runner) }
    if sending.withoutRejects { return try removeRejects(&runner) }
    let notice = try letter.notice(
      of: files, isSent: sending.needsAddresses && !check, isLogged: !sending.isPrinting)
    let sink = try sending.sink(runner.diagnostics)
    if check { return try sink.check() }
    var stage = NotifyStage(
      notice, sink: sending.isPrinting ? Printer(isPreview: sending.preview) : sink, clock: runner.clock,
      diagnostics: runner.diagnostics)
    try runner.run(&stage, files: files, writesStream: !sending.isPrinting)
  }

  /// Prints a line for each feed; for the directory of a run first its name and how it ended.
  private func printLines(_ runner: inout StageRunner) throws {
    var streams: [String] = []
    for path in files {
      guard let run = try RunDirectory(path) else {
        streams.append(path)
        continue
      }
      try LineWriter.print([run.title])
      if !run.accounts.isEmpty { try printLines(of: run.accounts, &runner) }
    }
    if files.isEmpty || !streams.isEmpty { try printLines(of: streams, &runner) }
  }

  private func printLines(of streams: [String], _ runner: inout StageRunner) throws {
    var overview = OverviewStage { try LineWriter.print(["  \($0)"]) }
    try runner.run(&overview, files: streams, writesStream: false)
  }

  /// Copies streams without their rejects. In the directory of a run the copies replace all data of people.
  private func removeRejects(_ runner: inout StageRunner) throws {
    let runs = try files.compactMap { try RunDirectory($0) }
    if runs.isEmpty {
      var removal = RejectRemoval()
      return try runner.run(&removal, files: files)
    }
    for run in runs {
      for stream in run.streams + run.accounts + run.mails {
        var settings = options
        settings.streamTo = RunDirectory.account(of: stream)
        var removal = RejectRemoval()
        var runner = try StageRunner(Self.name, settings)
        try runner.run(&removal, files: [stream])
      }
      run.removePeople()
    }
  }
}
