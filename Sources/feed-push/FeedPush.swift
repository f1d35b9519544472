import ArgumentParser
import Calendar
import Command
import Glibc
import RecordStream
import SFTP
import Stage
import Transfer

@main
enum Program {
  static func main() {
    // ssh(1) runs this executable again, to ask for a password.
    if let status = Askpass.answer(CommandLine.arguments) { exit(status) }
    FeedPush.main()
  }
}

struct FeedPush: StageCommand {
  static let name = "feed-push"
  static let settings =
    StageOptions.settings + TargetOptions.settings + [.option("verify"), .option("ledger"), .secret("SFTP_PASSWORD")]
  static let configuration = describe(
    "Deliver the zips of a stream to the directory from which Alma takes them.",
    variables: ["SFTP_PASSWORD: the password, if there is no --password-file"])

  @OptionGroup var options: StageOptions
  @OptionGroup var target: TargetOptions

  @Flag(help: "Deliver an incomplete stream too; its days do not count as delivered.")
  var allowPartial = false

  @Flag(help: "Replace a different file of the same name that has not been taken.")
  var replace = false

  @Option(help: "Compare the size of the delivered file, or read it back to compare its digest: size or sha256.")
  var verify = DeliveryOptions.Verification.size

  @Option(file: "Append the delivery records to this file.")
  var ledger: String?

  @Flag(help: "Deliver nothing if the ledger has a feed that was fetched later.")
  var unlessLater = false

  @Option(
    "Deliver feeds that the ledger has as delivered again, with _again and this number in the names of their zips.",
    "number",
    in: 1...)
  var again: Int?

  @Flag(help: "With --again, check whether the feeds may be delivered again; deliver nothing.")
  var dryRun = false

  @Flag(help: "List the files in the drop directory; deliver nothing.")
  var list = false

  @Option(
    help: .init(
      "Fail if a feed has waited longer than this, as 90m, 24h or 2d; deliver nothing.", valueName: "duration"))
  var unhandledFor: WaitingTime?

  @Flag(
    help: "Test a delivery with a small hidden file: create, write, compare, rename and remove it; deliver nothing.")
  var check = false

  @Argument(files: "The stream; standard input if none is given.")
  var files: [String] = []

  func validate() throws {
    if unlessLater, ledger == nil { throw ValidationError("--unless-later needs --ledger") }
    if again != nil, ledger == nil { throw ValidationError("--again needs --ledger") }
    if again != nil, allowPartial || replace { throw ValidationError("--again excludes --allow-partial and --replace") }
    if dryRun, again == nil { throw ValidationError("--dry-run needs --again") }
    guard check || list || unhandledFor != nil else { return }
    guard files.isEmpty, again == nil, !(check && (list || unhandledFor != nil)) else {
      throw ValidationError(
        "--check, --list and --unhandled-for read no stream and exclude --again; --check excludes the other two")
    }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    let (diagnostics, clock) = (runner.diagnostics, runner.clock)
    let open = { try target.open(diagnostics) }
    let makePush = { PushStage(to: target.to, $0, clock: clock, diagnostics: diagnostics, open: open) }
    if let again {
      var stage = ResendStage(number: again, onlyChecks: dryRun, pushOptions, open: open, makePush: makePush)
      return try runner.run(&stage, files: files, writesStream: !dryRun)
    }
    var stage = makePush(pushOptions)
    guard check || list || unhandledFor != nil else { return try runner.run(&stage, files: files) }
    try runner.run(counts: { stage.counts }) { output, _ in
      if check {
        try open().check(pushOptions.delivery, clock: clock)
      } else {
        try open().list(
          showsAll: list, handledSuffix: target.handledSuffix, unhandledFor: unhandledFor, clock: clock, &output)
      }
      return nil
    }
  }

  private var pushOptions: PushStage.Options {
    var push = PushStage.Options()
    push.delivery.replaces = replace
    push.delivery.verification = verify
    push.delivery.mode = target.mode.bits
    push.delivery.handledSuffix = target.handledSuffix
    push.allowsPartial = allowPartial
    push.ledger = ledger
    push.yieldsToLater = unlessLater
    push.progress = options.progress
    return push
  }
}
