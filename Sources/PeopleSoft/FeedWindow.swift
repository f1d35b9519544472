public import Calendar
public import StageSupport

/// The days, in the API store's time zone, whose changes are asked for.
public struct FeedWindow: Equatable, Sendable {
  public let since: Day
  public let until: Day

  /// - Parameters:
  ///   - since: nil for the day before `today`.
  ///   - until: nil for `today`.
  public init(since: Day? = nil, until: Day? = nil, today: Day) throws(SettingError) {
    self.since = since ?? today.adding(days: -1)
    self.until = until ?? today
    guard self.since <= self.until else {
      throw SettingError("the window begins on \(self.since), after its end on \(self.until)", exitStatus: .usage)
    }
  }

  /// The window that goes on where the last one delivered ended, so that nights that were missed are caught up.
  /// - Parameters:
  ///   - last: the day on which that window ended, or nil where there was none.
  ///   - overlap: how many days before it to begin: its last day was not over when it was fetched.
  ///   - most: a longer gap, in days, is refused.
  public static func catchingUp(
    after last: Day?, until: Day?, overlap: Int, most: Int, today: Day
  ) throws -> FeedWindow {
    let window = try FeedWindow(since: last?.adding(days: -overlap), until: until, today: today)
    guard let last, case let gap = window.until.number - last.number, gap > most else { return window }
    throw PeopleSoftError.longGap(window, days: gap, most: most)
  }
}
