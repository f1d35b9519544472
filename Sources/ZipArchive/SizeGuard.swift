import Calendar
package import RecordStream
import Stage
import StageErrors

/// Refuses a feed of an unusual size, which has probably a fault at its source.
package struct SizeGuard: Sendable {
  private let minUsers: Int?
  private let maxUsers: Int?
  private let comparison: LedgerComparison?
  private let isForced: Bool

  /// A limit that is nil is not checked.
  /// - Parameter isForced: report the reason only with `--verbose`, and accept the feed.
  package init(
    minUsers: Int? = nil, maxUsers: Int? = nil, comparison: LedgerComparison? = nil, isForced: Bool = false
  ) {
    self.minUsers = minUsers
    self.maxUsers = maxUsers
    self.comparison = comparison
    self.isForced = isForced
  }

  /// Checks a feed when the number of all its users is known.
  /// - Throws: `ZipError` with the reason.
  func check(users: Int, of feed: FeedRecord?, _ diagnostics: Diagnostics) throws(ZipError) {
    guard let (limit, reason) = exceeded(users, feed, diagnostics) else { return }
    guard isForced else {
      throw ZipError(
        reason, .badData, limit: limit, advice: "look at the feed, and if it is right run again with --force")
    }
    diagnostics.note("\(reason); packed anyway because of --force")
  }

  /// The flag of the limit that the feed has passed, and the reason for people; nil if it has passed none.
  private func exceeded(
    _ users: Int, _ feed: FeedRecord?, _ diagnostics: Diagnostics
  ) -> (limit: String, reason: String)? {
    if let minUsers, users < minUsers {
      return ("min-users", "the feed has \(users) users, fewer than --min-users \(minUsers)")
    }
    if let maxUsers, users > maxUsers {
      return ("max-users", "the feed has \(users) users, more than --max-users \(maxUsers)")
    }
    switch comparison?.verdict(on: users, of: feed) {
    case .outside(let reason): return ("max-change", reason)
    case .notMade(let reason):
      diagnostics.note("not compared with the ledger: \(reason)")
      return nil
    case .inside, nil: return nil
    }
  }
}

/// Compares the size of a feed with those delivered before, in users per day of its window; of a full feed, in users.
package struct LedgerComparison: Sendable {
  /// The result of a comparison.
  enum Verdict: Equatable {
    /// Its size is within the limit.
    case inside
    /// Its size differs by too much; the reason for people.
    case outside(String)
    /// No comparison is possible; the reason for people.
    case notMade(String)
  }

  /// How many of the latest feeds are compared at most.
  static let maxFeeds = 14
  /// With fewer feeds the median is not reliable, and no comparison is made.
  static let minFeeds = 5

  private let ledger: Ledger
  private let percent: Double

  /// - Parameter percent: how far a feed may differ from the median, above or below, in percent of the median.
  package init(_ ledger: Ledger, percent: Double) {
    self.ledger = ledger
    self.percent = percent
  }

  func verdict(on users: Int, of feed: FeedRecord?) -> Verdict {
    guard let feed, (feed.since == nil) == (feed.until == nil) else {
      return .notMade("the feed has no window of days")
    }
    let days = Self.days(feed.since, feed.until)
    let past = Self.feeds(in: ledger.delivered(status: feed.status)).compactMap { feed in
      (feed.days == nil) == (days == nil) ? Double(feed.users) / Double(feed.days ?? 1) : nil
    }.suffix(Self.maxFeeds)
    guard past.count >= Self.minFeeds else {
      return .notMade("it has \(past.count) feeds of this kind, and at least \(Self.minFeeds) are needed")
    }
    let median = Self.median(of: past)
    let rate = Double(users) / Double(days ?? 1)
    if abs(rate - median) <= median * percent / 100 { return .inside }
    let unit = days == nil ? "" : " a day"
    let size =
      days.map { " in a window of \($0 == 1 ? "1 day" : "\($0) days"), \(Self.spelled(rate)) a day" } ?? ""
    return .outside(
      "the feed has \(users) users\(size); the median of the last \(past.count) \(days == nil ? "full " : "")feeds is "
        + "\(Self.spelled(median))\(unit), "
        + "from which --max-change \(Self.spelled(percent)) allows \(Self.spelled(median * percent / 100)) either way")
  }

  /// The feeds that were delivered, each once with the users of all its zips, oldest first.
  private static func feeds(in deliveries: [DeliveryRecord]) -> [(users: Int, days: Int?)] {
    var feeds: [(started: Instant?, zips: [String?: Int], days: Int?)] = []
    for delivery in deliveries where delivery.outcome != .empty && delivery.again == nil {
      guard let users = delivery.users else { continue }
      if feeds.last?.started == nil || feeds.last?.started != delivery.started {
        feeds.append((delivery.started, [:], days(delivery.since, delivery.until)))
      }
      // A zip that was found to be there already may have a second record.
      feeds[feeds.count - 1].zips[delivery.sha256] = users
    }
    return feeds.map { ($0.zips.values.reduce(0, +), $0.days) }
  }

  /// The days of a feed's window, at least one; nil for a full feed, which is only compared with other full feeds.
  private static func days(_ since: Day?, _ until: Day?) -> Int? {
    if let since, let until { max(1, until.number - since.number) } else { nil }
  }

  private static func median(of rates: ArraySlice<Double>) -> Double {
    let sorted = rates.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The number with one decimal, or none if it is whole.
  private static func spelled(_ number: Double) -> String {
    let tenths = (number * 10).rounded() / 10
    return tenths == tenths.rounded() && tenths.magnitude < 1e15 ? String(Int(tenths)) : String(tenths)
  }
}
