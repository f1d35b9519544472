package import Calendar
package import RecordStream
package import StageErrors

/// The days, in the API store's time zone, whose changes are requested: from `since` to the day before `until`.
package struct FeedWindow: Equatable, Sendable {
  /// The first day.
  package let since: Day
  /// The day after the last.
  package let until: Day

  /// - Parameters:
  ///   - since: nil for the day before `today`.
  ///   - until: nil for `today`.
  /// - Throws: `usage` if it begins after its end, or ends after `today`: days in the future would count as delivered.
  package init(since: Day? = nil, until: Day? = nil, today: Day) throws(SettingError) {
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

/// The window that a run fetches according to the ledger.
package struct FeedPlan: Equatable, Sendable {
  /// The days that are requested.
  package let window: FeedWindow
  /// The same without the overlap, for the ledger.
  package let recorded: FeedWindow
  /// Whether there is something to fetch: days are owed, or no delivered window ends today.
  package let isDue: Bool
  /// Days that are owed but too long ago, so that they are fetched only if `since` is given.
  package let unreachable: [Range<Day>]

  /// Finds the window to fetch.
  /// - Parameters:
  ///   - since: given on the command line; then the ledger is not used.
  ///   - until: given on the command line.
  ///   - overlap: how many days before the first owed day the request begins, because some changes of a day appear late.
  ///   - maxCatchUp: how many days before today the request begins at most.
  /// - Throws: as `FeedWindow` does.
  package init(
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
