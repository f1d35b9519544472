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
  static let configuration = describe("Accept each person of the stream, or set them aside with all the reasons.")

  @Option(
    help: .init("The user groups that Alma knows, one a line; others are rejected.", valueName: "file"),
    completion: .file())
  var groups: String?

  @Option(
    help: .init("The statistic categories that Alma knows, one a line; others are rejected.", valueName: "file"),
    completion: .file())
  var statCategories: String?

  @Option("Fail (65) at the end where more people than this are rejected.", "number", in: 0...)
  var maxRejects: Int?

  @Option(percentage: "Fail (65) at the end where more than this share of the people is rejected.", upTo: 100)
  var maxRejectPercent: Double?

  @Flag(help: "Do not look for identifiers that two people share; saves the memory for it.")
  var noIndex = false

  @Flag(help: "Write behind each person what became of each of their fields, without values.")
  var explain = false

  @Option(
    help: .init(
      "Say which fields nobody has that feeds before had, by the records of feed-push in this file.",
      valueName: "file"), completion: .file())
  var ledger: String?

  @Option("Fail (65) at the end where more fields than this are missing or gone.", "number", in: 0...)
  var maxAlarms: Int?

  @Option(
    help: .init(
      "The day that the profile calls today, YYYY-MM-DD; else the feed's until, else this day.", valueName: "day"))
  var today: Day?

  @OptionGroup var profile: ProfileOptions

  @OptionGroup var options: StageOptions

  @Argument(
    help: .init("Streams to read one after the other; standard input where none is given.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  func run() throws {
    let loaded = try profile.load()
    var runner = try StageRunner(Self.name, options)
    let day = today ?? runner.clock.now.day
    let rules = RuleSet(loaded.plan, today: day, comparesPeople: !noIndex)
    var stage = ValidationStage(
      rules, loaded.record, today: today,
      limits: RejectLimits(alarms: maxAlarms, number: maxRejects, percent: maxRejectPercent), explains: explain)
    try runner.run(&stage, files: files) { stage in
      stage.fields = try ledger.map { FieldAlarms(loaded.plan, try Ledger(path: $0)) }
      stage.rules = RuleSet(
        loaded.plan, today: day, groups: try groups.map(FileContents.readList),
        statCategories: try statCategories.map(FileContents.readList), comparesPeople: !noIndex)
    }
  }
}
