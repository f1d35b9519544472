public import Calendar
public import RecordStream
public import StageErrors

/// The days, in the API store's time zone, whose changes are asked for: from `since` up to, and without, `until`.
public struct FeedWindow: Equatable, Sendable {
  public let since: Day
  public let until: Day

  /// - Parameters:
  ///   - since: nil for the day before `today`.
  ///   - until: nil for `today`.
  /// - Throws: `usage` where it begins after its end, or ends after `today`: days to come would count as delivered.
  public init(since: Day? = nil, until: Day? = nil, today: Day) throws(SettingError) {
    self.since = since ?? min(today, until ?? today).adding(days: -1)
    self.until = until ?? today
    guard self.since <= self.until else {
      throw SettingError("the window begins on \(self.since), after its end on \(self.until)", exitStatus: .usage)
    }
    guard self.until <= today else {
      throw SettingError("the window ends on \(self.until), but today is \(today)", exitStatus: .usage)
    }
  }
}

/// What a run fetches, as the ledger has it.
public struct FeedPlan: Equatable, Sendable {
  /// The days that are asked for.
  public let window: FeedWindow
  /// The same without the overlap: what goes into the ledger.
  public let recorded: FeedWindow
  /// Days are owed, or no window that was delivered ends today.
  public let isDue: Bool
  /// Days that are owed but too long ago to be fetched without somebody asking for them.
  public let unreachable: [Range<Day>]

  /// - Parameters:
  ///   - since: given by hand; then the ledger says nothing about the window.
  ///   - until: given by hand.
  ///   - overlap: how many days before the first owed day the request begins, because a day's last changes may come late.
  ///   - maxCatchUp: how many days before today the request begins at the earliest.
  public init(
    _ owed: OwedDays, since: Day?, until: Day?, overlap: Int, maxCatchUp: Int, today: Day
  ) throws(SettingError) {
    let oldest = today.adding(days: -maxCatchUp)
    unreachable = owed.ranges.compactMap { $0.lowerBound < oldest ? $0.lowerBound..<min($0.upperBound, oldest) : nil }
    let reachable = owed.ranges.first { $0.upperBound > oldest }.map { max($0.lowerBound, oldest) }
    isDue = since != nil || reachable != nil || owed.settledUntil.map { $0 < today } ?? unreachable.isEmpty
    if let since {
      recorded = try FeedWindow(since: since, until: until, today: today)
      window = recorded
      return
    }
    let end = until ?? today
    guard let first = reachable.flatMap({ $0 < end ? $0 : nil }) ?? owed.settledUntil.map({ max($0, oldest) }) else {
      recorded = try FeedWindow(until: until, today: today)
      window = recorded
      return
    }
    recorded = try FeedWindow(since: min(first, end), until: until, today: today)
    let begin = max(recorded.since.adding(days: -overlap), min(oldest, recorded.since))
    window = try FeedWindow(since: begin, until: until, today: today)
  }
}
