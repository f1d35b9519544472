import RecordStream
import SystemPackage

/// One feed of the input: what the stream tells of it, bounded in size.
struct Section: Sendable {
  /// As the section ended; nil while it is read.
  private(set) var account: StreamAccount?
  private(set) var rejected = ReasonRoll()
  private(set) var excluded = ReasonRoll()
  private(set) var warned = ReasonRoll()
  private(set) var deliveries = Deliveries()

  init() {}

  /// A feed of which nothing but its failure is known.
  init(status: String, failure: SummaryRecord) { account = StreamAccount(status: status, failure: failure) }

  var feed: FeedRecord? { account?.feed }

  /// Of a stream that broke off before its feed line it is the name of the file: `I.ndjson`.
  var status: String? {
    if let feed { return feed.status }
    let name = account?.path.flatMap { FilePath($0).stem }
    return name.flatMap { ["E", "I"].contains($0) ? $0 : nil }
  }

  /// All stages finished, and the stream arrived to its end.
  var isComplete: Bool { account?.isComplete ?? false }

  /// Alma gets nothing of this feed, or not all of it.
  var isUndelivered: Bool { deliveries.failed > 0 || !isComplete }

  /// Something did get out all the same.
  var isDeliveredInPart: Bool { isUndelivered && deliveries.succeeded > 0 }

  /// The stakeholders have to be told.
  var isDue: Bool { rejected.people > 0 || lost > 0 || isUndelivered || warning != nil }

  /// How many people were rejected whose records are no longer in the stream.
  var lost: Int { max(0, (count(.rejected, of: "patron-validate") ?? 0) - rejected.people) }

  /// What a stage says that did all its work and failed all the same.
  var warning: String? { summaries.first { $0.isComplete && $0.failure != nil }?.failure?.error }

  /// How many people the feed had, and how many of them were accepted, where a stage counted them.
  var people: Int? { count(.people, of: "ps-fetch") ?? count(.people, of: "patron-validate") }
  var accepted: Int? { count(.accepted, of: "patron-validate") ?? people }

  var summaries: [SummaryRecord] { account?.summaries ?? [] }

  mutating func take(_ reject: RejectRecord, limit: Int) {
    switch reject.verdict {
    case .rejected: rejected.add(reject, limit: limit)
    case .excluded: excluded.add(reject, limit: limit)
    case .warned: warned.add(reject, limit: limit)
    }
  }

  mutating func take(_ delivery: DeliveryRecord) { deliveries.take(delivery) }

  mutating func end(_ account: StreamAccount) { self.account = account }

  private func count(_ count: SummaryRecord.Count, of stage: String) -> Int? {
    summaries.last { $0.stage == stage }?[count]
  }
}

/// What became of a feed's files: all are counted, the first are kept.
struct Deliveries: Equatable, Sendable {
  /// More than Alma takes in one run.
  private static let most = 24

  private(set) var kept: [DeliveryRecord] = []
  private(set) var failures: [DeliveryRecord] = []
  private(set) var failed = 0
  private(set) var succeeded = 0
  /// In the files that are in the drop directory.
  private(set) var users = 0
  private(set) var isPartial = false

  var all: [DeliveryRecord] { kept + failures }

  var isEmpty: Bool { failed + succeeded == 0 }

  mutating func take(_ delivery: DeliveryRecord) {
    if delivery.outcome == .failed {
      failed += 1
      if failures.count < Self.most { failures.append(delivery) }
      return
    }
    succeeded += 1
    users += max(0, delivery.users ?? 0)
    isPartial = isPartial || delivery.isPartial
    if kept.count < Self.most { kept.append(delivery) }
  }
}
