import ArgumentParser
import Calendar
import Command
import PeopleSoft
import RecordStream
import Stage

/// Which people are fetched.
struct WindowOptions: ParsableArguments {
  @Option(help: "The people to fetch: E (eligible), I (became ineligible) or any.")
  var status = Status.eligible

  @Option(help: "The first day of the window; by default yesterday.", transform: day)
  var since: Day?

  @Option(help: "The day after the last day of the window, at most today; by default today.", transform: day)
  var until: Day?

  @Flag(help: "Fetch all people, without a window: for a first load.")
  var full = false

  @Option(
    file: "Begin with the first owed day of this ledger, unless --since is given, and write the window to it first.",
    "ledger")
  var ledger: String?

  @Option(file: "As --ledger, but do not write to it.", "ledger")
  var sinceLast: String?

  @Option("With a ledger, begin this many days before the first owed day.", "days", in: 0...3650)
  var overlap = 1

  @Option("With a ledger, begin at most this many days before today.", "days", in: 0...1_000_000)
  var maxCatchUp = 60

  @Option(help: .init("The API store's time zone; by default TZ.", valueName: "zone"))
  var tz: String?

  static let settings: [Setting] = [
    .option("status"), .option("since", overriddenBy: ["full"], use: .byHand),
    .option("until", overriddenBy: ["full"], use: .byHand), .switch("full", overriddenBy: ["since", "until"]),
    .option("ledger", use: .byHand), .option("since-last", use: .byHand), .option("overlap"), .option("max-catch-up"),
    .option("tz", variable: "PS_TZ"),
  ]

  enum Status: String, ExpressibleByArgument, CaseIterable {
    case eligible = "E"
    case ineligible = "I"
    case any
  }

  func validate() throws {
    if full, since != nil || until != nil {
      throw ValidationError("--full requests all people, so it excludes --since and --until")
    }
    if ledger != nil, sinceLast != nil {
      throw ValidationError("--ledger reads and writes the ledger, and --since-last only reads it; give one of them")
    }
  }

  /// The status in the URL and in the feed line.
  var letter: String? { status == .any ? nil : status.rawValue }

  /// The API store's time zone. Throws if the given days are not possible at that time.
  func zone(at moment: Instant) throws -> StoreTimeZone {
    let zone = try StoreTimeZone.set(tz ?? Environment.value("TZ"))
    _ = try FeedWindow(since: since, until: until, today: zone.day(of: moment))
    return zone
  }

  /// The plan of a run at a moment.
  func plan(at moment: Instant, in zone: StoreTimeZone, _ diagnostics: Diagnostics) throws -> WindowPlan {
    let today = zone.day(of: moment)
    guard let path = ledger ?? sinceLast else {
      return WindowPlan(window: full ? nil : try FeedWindow(since: since, until: until, today: today))
    }
    let owed = OwedDays(in: try Ledger(path: path), status: letter, now: moment, day: zone.day)
    let name = letter ?? "any"
    if let future = owed.future {
      diagnostics.report(
        "\(path): \(name): a record names \(future), which is in the future; it does not count, "
          + "and all days that are owed up to today, \(today), are fetched. Was a clock or --until wrong?")
    }
    if full {
      return WindowPlan(window: nil, isDue: owed.fullOn.map { $0 < today } ?? true, settledUntil: owed.settledUntil)
    }
    let plan = try FeedPlan(
      owed, since: since, until: until, overlap: overlap, maxCatchUp: maxCatchUp, today: today)
    return WindowPlan(
      window: plan.window, recorded: plan.recorded, isDue: plan.isDue, settledUntil: owed.settledUntil,
      unreachable: plan.unreachable.isEmpty
        ? nil : PeopleSoftError.unreachableDays(status: name, plan.unreachable, maxCatchUp: maxCatchUp))
  }

  /// The record of a window for the ledger.
  func record(_ window: FeedWindow, at moment: Instant, isWaived: Bool = false) -> WindowRecord {
    WindowRecord(status: letter, since: window.since, until: window.until, at: moment, isWaived: isWaived)
  }

  private static func day(_ text: String) throws -> Day {
    guard let day = Day(text) else { throw ValidationError("'\(text)' is not a day written YYYY-MM-DD") }
    return day
  }
}

/// What a run fetches.
struct WindowPlan {
  /// The window that is requested; nil for all people.
  let window: FeedWindow?
  /// The window for the ledger; nil if there is none.
  var recorded: FeedWindow?
  var isDue = true
  /// The end of the last window that was delivered or waived.
  var settledUntil: Day?
  /// The error with which the run ends after it has fetched what it can: days are owed that are too long ago.
  var unreachable: PeopleSoftError?
}
