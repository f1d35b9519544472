import RecordStream
import Stage

/// Holds back a feed of an unusual size: a feed that is too small can make Alma delete users.
public struct SizeGuard: Sendable {
  private let minUsers: Int?
  private let maxUsers: Int?
  private let comparison: LedgerComparison?
  private let isForced: Bool

  /// Creates a guard; each limit that is nil is not checked.
  /// - Parameter isForced: report the reason with `-v`, and do not hold the feed back.
  public init(
    minUsers: Int? = nil, maxUsers: Int? = nil, comparison: LedgerComparison? = nil, isForced: Bool = false
  ) {
    self.minUsers = minUsers
    self.maxUsers = maxUsers
    self.comparison = comparison
    self.isForced = isForced
  }

  /// Checks a feed when the number of all its users is known.
  /// - Throws: `ZipError.heldBack` with the reason.
  func check(users: Int, of feed: FeedRecord?, _ diagnostics: Diagnostics) throws(ZipError) {
    guard let reason = reason(users, feed, diagnostics) else { return }
    guard isForced else { throw ZipError.heldBack(reason) }
    diagnostics.note("\(reason); packed all the same, because of --force")
  }

  private func reason(_ users: Int, _ feed: FeedRecord?, _ diagnostics: Diagnostics) -> String? {
    if let minUsers, users < minUsers { return "the feed has \(users) users, fewer than --min-users \(minUsers)" }
    if let maxUsers, users > maxUsers { return "the feed has \(users) users, more than --max-users \(maxUsers)" }
    switch comparison?.verdict(on: users, of: feed) {
    case .outside(let reason): return reason
    case .notMade(let reason):
      diagnostics.note("not compared with the ledger: \(reason)")
      return nil
    case .inside, nil: return nil
    }
  }
}
