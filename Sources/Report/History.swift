package import Calendar
import Files
package import RecordStream
import Stage
import StageErrors
import SystemPackage

/// The history of an installation: a file of `run` and `look` records that is only appended to and has no data of people.
package struct History: Sendable {
  /// The feeds of all runs, oldest first.
  package private(set) var runs: [RunRecord] = []
  /// The listings of the drop directory, oldest first.
  package private(set) var looks: [LookRecord] = []

  /// Reads a history. A missing file is an empty history. Lines that are no records are skipped: a killed writer leaves them.
  package init(path: String) throws(StreamError) {
    do throws(StreamError) {
      try RecordReader.forEachRecord(in: path) { (record) throws(StreamError) in
        switch record.kind {
        case .run: if let run = try RunRecord(record) { runs.append(run) }
        case .look: if let look = LookRecord(record) { looks.append(look) }
        default: break
        }
      }
    } catch {
      guard case .input(_, .noSuchFileOrDirectory) = error else { throw error }
    }
  }

  /// The runs that are in their directories and not yet in the history.
  /// - Parameter directories: the directories of runs, oldest first.
  package func missing(from directories: [RunDirectory]) throws -> [RunRecord] {
    let known = Set(runs.map { "\($0.run) \($0.status ?? "any")" })
    return try directories.flatMap { directory in
      try directory.accounts.map { try RunRecord(account: $0, of: directory.name) }
    }.filter { !known.contains("\($0.run) \($0.status ?? "any")") }
  }

  /// The last look that saw a file: whether Alma had taken it, and when it was last seen waiting.
  package func pickUp(of file: String) -> PickUp? {
    var pickUp: PickUp?
    for look in looks {
      if look.waiting.contains(file) { pickUp = .waiting(since: pickUp?.since ?? look.at, seen: look.at) }
      if look.taken.contains(file) { return .taken(after: pickUp?.seen, seen: look.at) }
    }
    return pickUp
  }
}

/// What the looks at the drop directory say of a file.
package enum PickUp: Equatable, Sendable {
  case waiting(since: Instant, seen: Instant)
  /// Alma took the file between two looks. The first is nil if no look saw it waiting.
  case taken(after: Instant?, seen: Instant)

  fileprivate var since: Instant? { if case .waiting(let since, _) = self { since } else { nil } }
  fileprivate var seen: Instant {
    switch self {
    case .waiting(_, let seen), .taken(_, let seen): seen
    }
  }
}

extension RunRecord {
  /// Makes the record of a feed from its account.
  /// - Parameters:
  ///   - path: the account, `STATUS.ndjson`.
  ///   - run: the name of the run's directory.
  init(account path: String, of run: String) throws(StreamError) {
    let status = FilePath(path).stem.flatMap { $0 == "any" ? nil : $0 }
    self.init(run: run, status: status, outcome: .failed)
    var outcomes: [DeliveryRecord.Outcome] = []
    var failure: SummaryRecord.Failure?
    var deliveryError: String?
    try RecordReader.forEachRecord(in: path) { (record) throws(StreamError) in
      switch record.kind {
      case .feed:
        let feed = try FeedRecord(record)
        (since, until, started) = (feed.since, feed.until, feed.started)
      case .reject:
        guard let reject = try RejectRecord(record), reject.verdict == .rejected else { return }
        for code in Set(reject.reasons.map(\.code)) { reasons[code, default: 0] += 1 }
      case .delivery:
        guard let delivery = try DeliveryRecord(record) else { return }
        outcomes.append(delivery.outcome)
        at = delivery.at
        deliveryError = deliveryError ?? delivery.error
      case .summary:
        let summary = SummaryRecord(record)
        for (field, number) in summary.counts where Self.isCount(field, of: summary.stage) { counts[field] = number }
        if let found = summary.failure { failure = failure ?? found }
      default: break
      }
    }
    error = failure?.error ?? deliveryError
    exitStatus = failure?.exitStatus
    // A feed of several zips failed if one of them did.
    let order: [DeliveryRecord.Outcome] = [.failed, .delivered, .alreadyThere, .empty]
    outcome = order.first { outcomes.contains($0) } ?? .failed
  }

  /// Whether a count of a stage is one of the feed: several stages count the same things.
  private static func isCount(_ field: RecordField, of stage: String) -> Bool {
    switch field {
    case .people, .accepted, .rejected, .excluded, .warned: stage == "patron-validate"
    case .users, .bytes: stage == "feed-zip"
    default: false
    }
  }
}
