import RecordStream
import StageSupport

/// Holds back a feed whose size is not what it should be: sending less deletes more.
public struct SizeGuard: Sendable {
  private let least: Int?
  private let most: Int?
  private let comparison: LedgerComparison?
  private let isForced: Bool

  /// - Parameter isForced: only say what is wrong, with `-v`, and hold nothing back.
  public init(least: Int? = nil, most: Int? = nil, comparison: LedgerComparison? = nil, isForced: Bool = false) {
    self.least = least
    self.most = most
    self.comparison = comparison
    self.isForced = isForced
  }

  /// Judges a feed when all its users are known.
  func judge(users: Int, of feed: FeedRecord?, _ diagnostics: Diagnostics) throws(ZipError) {
    guard let reason = reason(users, feed, diagnostics) else { return }
    guard isForced else { throw ZipError.heldBack(reason) }
    diagnostics.note("\(reason); packed all the same, because of --force")
  }

  private func reason(_ users: Int, _ feed: FeedRecord?, _ diagnostics: Diagnostics) -> String? {
    if let least, users < least { return "the feed has \(users) users, fewer than --min-users \(least)" }
    if let most, users > most { return "the feed has \(users) users, more than --max-users \(most)" }
    switch comparison?.verdict(on: users, of: feed) {
    case .outside(let reason): return reason
    case .notMade(let reason):
      diagnostics.note("not compared with the ledger: \(reason)")
      return nil
    case .inside, nil: return nil
    }
  }
}
