import RecordStream

/// One feed of the input: what the stream tells of it, bounded in size.
struct Section: Sendable {
  /// As the section ended; nil while it is read.
  private(set) var account: StreamAccount?
  private(set) var rejected = ReasonRoll()
  private(set) var excluded = ReasonRoll()
  private(set) var warned = ReasonRoll()
  private(set) var deliveries = Deliveries()

  var feed: FeedRecord? { account?.feed }

  /// All stages finished, and the stream arrived to its end.
  var isComplete: Bool { account?.isComplete ?? false }

  /// Alma gets nothing of this feed, or not all of it.
  var isUndelivered: Bool { deliveries.failed > 0 || !isComplete }

  /// Something did get out all the same.
  var isDeliveredInPart: Bool { isUndelivered && deliveries.succeeded > 0 }

  /// The stakeholders have to be told.
  var isDue: Bool { rejected.people > 0 || isUndelivered }

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
