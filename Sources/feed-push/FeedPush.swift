import ArgumentParser
import Command
import RecordStream
import Stage
import Transfer

struct FeedPush: StageCommand {
  static let name = "feed-push"
  static let settings =
    StageOptions.settings + TargetOptions.settings + [.option("verify"), .option("ledger"), .secret("SFTP_PASSWORD")]
  static let configuration = describe(
    "Deliver the zips of a stream to the directory from which Alma takes them.",
    variables: ["SFTP_PASSWORD: the password, where there is no --password-file"])

  @OptionGroup var options: StageOptions
  @OptionGroup var target: TargetOptions

  @Flag(help: "Deliver also what is incomplete; no window counts as delivered by it.")
  var allowPartial = false

  @Flag(help: "Replace a different file of the same name that waits to be taken.")
  var replace = false

  @Option(help: "Look at the size of what has arrived, or read it back to compare its digest: size or sha256.")
  var verify = DeliveryOptions.Verification.size

  @Option(help: .init("Append to this file what was delivered.", valueName: "file"), completion: .file())
  var ledger: String?

  @Flag(
    help: "With a ledger: deliver nothing if a feed was delivered that was fetched later; say what is there already.")
  var unlessLater = false

  @Flag(help: "Show what lies in the drop directory; deliver nothing.")
  var list = false

  @Option(
    help: .init("Fail if a feed has waited longer, as 90m, 24h or 2d; deliver nothing.", valueName: "duration"))
  var unhandledFor: WaitingTime?

  @Flag(help: "Try all that a delivery needs; deliver nothing.")
  var check = false

  @Argument(help: .init("The stream; standard input if none is given.", valueName: "file"), completion: .file())
  var files: [String] = []

  func validate() throws {
    if unlessLater, ledger == nil { throw ValidationError("--unless-later needs --ledger") }
    guard check || list || unhandledFor != nil else { return }
    guard files.isEmpty, !(check && (list || unhandledFor != nil)) else {
      throw ValidationError("--check, and --list with or without --unhandled-for, read no stream and go alone")
    }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    let (diagnostics, clock) = (runner.diagnostics, runner.clock)
    var stage = PushStage(to: target.to, pushOptions, clock: clock, diagnostics: diagnostics) {
      try target.open(diagnostics)
    }
    if check {
      let delivery = pushOptions.delivery
      try runner.run(counts: { stage.counts }) { _, _ in
        try DropProbe(of: try target.open(diagnostics), delivery, clock: clock, diagnostics: diagnostics).run()
        return nil
      }
    } else if list || unhandledFor != nil {
      try runner.run(counts: { stage.counts }) { output, _ in
        try DropListing(of: try target.open(diagnostics), handledSuffix: target.handledSuffix, clock: clock)
          .run(showsAll: list, unhandledFor: unhandledFor, &output)
        return nil
      }
    } else {
      try runner.run(&stage, files: files)
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
