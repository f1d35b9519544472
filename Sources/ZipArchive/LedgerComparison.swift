import Calendar
public import RecordStream

/// Compares a feed with those of the past, in users a day of window.
public struct LedgerComparison: Sendable {
  enum Verdict: Equatable {
    case inside
    /// The feed differs by too much.
    case outside(String)
    /// There is nothing to compare with.
    case notMade(String)
  }

  /// How many feeds of the past are looked at, the latest ones.
  static let most = 14
  /// With fewer there is no telling what is usual.
  static let least = 5

  private let ledger: Ledger
  private let percent: Double

  /// - Parameter percent: by how much of the median a feed may differ, in both directions.
  public init(_ ledger: Ledger, percent: Double) {
    self.ledger = ledger
    self.percent = percent
  }

  func verdict(on users: Int, of feed: FeedRecord?) -> Verdict {
    guard let since = feed?.since, let until = feed?.until else { return .notMade("the feed has no window of days") }
    let days = Self.days(since, until)
    let past = rates(status: feed?.status).suffix(Self.most)
    guard past.count >= Self.least else {
      return .notMade("it has \(past.count) feeds of this status, and fewer than \(Self.least) tell nothing")
    }
    let median = Self.median(of: past)
    let rate = Double(users) / Double(days)
    if abs(rate - median) <= median * percent / 100 { return .inside }
    return .outside(
      "the feed has \(users) users in a window of \(days == 1 ? "1 day" : "\(days) days"), \(Self.spelled(rate)) a day; "
        + "the median of the last \(past.count) feeds is \(Self.spelled(median)) a day, "
        + "from which --max-change \(Self.spelled(percent)) allows \(Self.spelled(median * percent / 100)) either way")
  }

  /// Users a day of window, of the feeds that were delivered whole and had people.
  private func rates(status: String?) -> [Double] {
    ledger.delivered(status: status).compactMap { record in
      guard record.outcome != .empty, let users = record.users, let since = record.since, let until = record.until
      else { return nil }
      return Double(users) / Double(Self.days(since, until))
    }
  }

  /// A window within one day is a day.
  private static func days(_ since: Day, _ until: Day) -> Int { max(1, until.number - since.number) }

  private static func median(of rates: ArraySlice<Double>) -> Double {
    let sorted = rates.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// To one decimal, where it is not whole.
  private static func spelled(_ number: Double) -> String {
    let tenths = (number * 10).rounded() / 10
    return tenths == tenths.rounded() && tenths.magnitude < 1e15 ? String(Int(tenths)) : String(tenths)
  }
}
