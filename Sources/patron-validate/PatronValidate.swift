import ArgumentParser
import Calendar
import Command
import Files
import Patron
import ProfileFile
import RecordStream
import Stage

@main
struct PatronValidate: StageCommand {
  static let name = "patron-validate"
  static let settings =
    StageOptions.settings + ProfileOptions.settings + [
      .option("groups"), .option("stat-categories"), .option("max-rejects"), .option("max-reject-percent"),
      .switch("no-index"), .option("today", use: .byHand),
      .switch("explain", use: .byHand), .option("ledger"), .option("max-alarms"),
    ]
  static let configuration = describe(
    "Check the people of the stream, and reject those who cannot be sent, with all the reasons.")

  @Option(file: "The user groups that Alma knows, one on each line; people with others are rejected.")
  var groups: String?

  @Option(file: "The statistic categories that Alma knows, one on each line; people with others are rejected.")
  var statCategories: String?

  @Option("Fail (65) at the end if more people than this are rejected.", "number", in: 0...)
  var maxRejects: Int?

  @Option(percentage: "Fail (65) at the end if more than this percentage of the people is rejected.", upTo: 100)
  var maxRejectPercent: Double?

  @Flag(help: "Do not look for identifiers that two people share. This saves memory.")
  var noIndex = false

  @Flag(help: "After each person, write what became of each field, without values.")
  var explain = false

  @Option(
    file:
      "Compare with the earlier feeds in this ledger of feed-push, and write an alarm for each field that is missing or no longer filled."
  )
  var ledger: String?

  @Option("Fail (65) at the end if there are more alarms than this.", "number", in: 0...)
  var maxAlarms: Int?

  @Option(
    help: .init(
      "The day that $today means in the profile, YYYY-MM-DD. The default is the feed's until, or else the current day.",
      valueName: "day"))
  var today: Day?

  @OptionGroup var profile: ProfileOptions

  @OptionGroup var options: StageOptions

  @Argument(files: "Streams to read one after the other; standard input if none is given.")
  var files: [String] = []

  func run() throws {
    let loaded = try profile.load()
    var runner = try StageRunner(Self.name, options)
    let day = today ?? runner.clock.now.day
    let rules = RuleSet(loaded.plan, today: day, comparesPeople: !noIndex)
    var stage = ValidationStage(
      rules, loaded.record, today: today,
      limits: FeedLimits(
        maxAlarms: maxAlarms, maxRejects: maxRejects, maxRejectPercent: maxRejectPercent), explains: explain)
    try runner.run(&stage, files: files) { stage in
      stage.fields = try ledger.map { FieldAlarms(loaded.plan, try Ledger(path: $0)) }
      stage.rules = RuleSet(
        loaded.plan, today: day, groups: try groups.map(FileContents.readList),
        statCategories: try statCategories.map(FileContents.readList), comparesPeople: !noIndex)
    }
  }
}
