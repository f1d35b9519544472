import ArgumentParser
import Calendar
import Patron
import StageSupport

@main
struct PatronValidate: StageCommand {
  static let name = "patron-validate"
  static let settings =
    StageOptions.settings + [
      .option("groups"), .option("stat-categories"), .option("max-rejects"), .option("max-reject-percent"),
      .switch("no-index"), .option("today", use: .byHand),
    ]
  static let configuration = describe("Accept each person of the stream, or set them aside with all the reasons.")

  @Option(help: .init("The user groups that Alma knows, one a line; others are rejected.", valueName: "file"))
  var groups: String?

  @Option(help: .init("The statistic categories that Alma knows, one a line; others are rejected.", valueName: "file"))
  var statCategories: String?

  @Option(help: .init("Fail (65) at the end where more people than this are rejected.", valueName: "number"))
  var maxRejects: Int?

  @Option(
    help: .init("Fail (65) at the end where more than this share of the people is rejected.", valueName: "percent"))
  var maxRejectPercent: Double?

  @Flag(help: "Do not look for identifiers that two people share; saves the memory for it.")
  var noIndex = false

  @Option(
    help: .init(
      "The day of the feed, for profiles that look at it; else the feed's until, else this day.", valueName: "day"))
  var today: Day?

  @OptionGroup var options: StageOptions

  @Argument(help: .init("Streams to read one after the other; standard input where none is given.", valueName: "file"))
  var files: [String] = []

  func validate() throws {
    if let maxRejects, maxRejects < 0 { throw ValidationError("--max-rejects has to be 0 or more") }
    if let maxRejectPercent, !(0...100).contains(maxRejectPercent) {
      throw ValidationError("--max-reject-percent has to be between 0 and 100")
    }
  }

  func run() throws {
    let plan = try Plan(.builtIn())
    var runner = try StageRunner(Self.name, options)
    let day = today ?? runner.clock.now.day
    let rules = RuleSet(plan, today: day, comparesPeople: !noIndex)
    var stage = ValidationStage(
      rules, today: today, limits: RejectLimits(number: maxRejects, percent: maxRejectPercent))
    try runner.run(&stage, files: files) { stage in
      stage.rules = RuleSet(
        plan, today: day, groups: try groups.map(FileContents.readList),
        statCategories: try statCategories.map(FileContents.readList), comparesPeople: !noIndex)
    }
  }
}
