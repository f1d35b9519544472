import ArgumentParser
import Calendar
import PeopleSoft
import RecordStream
import StageSupport

/// Which people are asked for.
struct WindowOptions: ParsableArguments {
  @Option(help: "Whom to ask for: E (eligible), I (became ineligible) or any.")
  var status = Status.eligible

  @Option(help: "The first day of the window; yesterday where not given.", transform: day)
  var since: Day?

  @Option(help: "The day on which the window ends; today where not given.", transform: day)
  var until: Day?

  @Flag(help: "Ask for everybody, whatever the day: a first load.")
  var full = false

  @Option(
    help: ArgumentHelp(
      "Without --since, begin where the last window delivered ended, as this file of feed-push says.",
      valueName: "ledger"))
  var sinceLast: String?

  @Option(help: ArgumentHelp("With --since-last, begin so many days earlier.", valueName: "days"))
  var overlap = 1

  @Option(help: ArgumentHelp("With --since-last, refuse to catch up more than this.", valueName: "days"))
  var maxCatchUp = 60

  @Option(help: ArgumentHelp("The API store's time zone; else TZ.", valueName: "zone"))
  var tz: String?

  static let settings: [Setting] = [
    .option("status"), .option("since", yieldingTo: ["full"]), .option("until", yieldingTo: ["full"]),
    .switch("full", yieldingTo: ["since", "until"]), .option("since-last"), .option("overlap"), .option("max-catch-up"),
    .option("tz", variable: "PS_TZ"),
  ]

  enum Status: String, ExpressibleByArgument, CaseIterable {
    case eligible = "E"
    case ineligible = "I"
    case any
  }

  func validate() throws {
    if full, since != nil || until != nil {
      throw ValidationError("--full asks for everybody, so it takes no --since and no --until")
    }
    guard (0...3650).contains(overlap), maxCatchUp >= 0 else {
      throw ValidationError("--overlap and --max-catch-up are numbers of days from 0 on")
    }
  }

  /// The status in the URL and in the feed line.
  var letter: String? { status == .any ? nil : status.rawValue }

  /// The window that is meant at a moment; nil for everybody.
  func window(at moment: Instant) throws -> FeedWindow? {
    if full { return nil }
    let today = try StoreTimeZone(tz ?? Environment.value("TZ")).day(of: moment)
    guard since == nil, let sinceLast else { return try FeedWindow(since: since, until: until, today: today) }
    return try FeedWindow.catchingUp(
      after: Ledger(path: sinceLast).lastDay(status: letter), until: until, overlap: overlap, most: maxCatchUp,
      today: today)
  }

  private static func day(_ text: String) throws -> Day {
    guard let day = Day(text) else { throw ValidationError("'\(text)' is no day written YYYY-MM-DD") }
    return day
  }
}
