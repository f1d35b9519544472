package import RecordStream
import SystemPackage

/// What a message is about, and so who gets it.
package enum Topic: String, Sendable, CaseIterable {
  /// One message for all.
  case everything
  /// What the library's systems administrators have to repair: deliveries, loads and fields.
  case failures
  /// The people whose records have to be corrected.
  case people
}

/// The outcome of one feed, from its stream. All people and deliveries are counted, and the first of each kind are
/// kept.
package struct Section: Sendable {
  /// The feed line and the summaries; empty until the section ends.
  private var account = StreamAccount()
  let listLimit: Int
  /// What the script reports of the first stage that failed.
  private(set) var reported: ReportedFailure?
  /// Who was in an earlier message, until this section; nil if nobody is called new.
  package private(set) var novelty: Novelty?
  /// People who are not sent to Alma until their record is corrected.
  package private(set) var rejected = ReasonGroups()
  /// People who are not sent to Alma, by policy.
  package private(set) var excluded = ReasonGroups()
  /// People who are sent to Alma, although a rule is broken.
  package private(set) var warned = ReasonGroups()
  /// What feed-push did.
  package private(set) var deliveries = Deliveries()
  /// What Alma did with these and earlier deliveries.
  private(set) var loads: [Load] = []
  /// The fields that nobody has.
  private(set) var alarms: [FieldRecord] = []

  /// - Parameters:
  ///   - listLimit: the maximum number of people that are kept for each reason.
  ///   - novelty: who was in an earlier message; nil if nobody is called new.
  package init(listLimit: Int, _ novelty: Novelty? = nil) {
    self.listLimit = listLimit
    self.novelty = novelty
  }

  /// A feed that has no stream, because of this failure.
  /// - Parameter reported: nil if it is not known.
  package init(status: String, _ reported: ReportedFailure?) {
    listLimit = 0
    account = StreamAccount(
      status: status,
      failure: SummaryRecord(
        stage: reported?.stage ?? "", isComplete: false, counts: [], duration: nil, failure: reported?.failure))
  }

  /// Adds a record; kinds other than `reject`, `delivery`, `field`, `load` and `load-reject` are ignored.
  package mutating func take(_ record: Record) throws(StreamError) {
    switch record.kind {
    case .reject: if let reject = try RejectRecord(record) { take(reject) }
    case .delivery: if let delivery = try DeliveryRecord(record) { deliveries.take(delivery) }
    case .field: if let alarm = FieldRecord(record), alarms.count < Self.maxAlarms { alarms.append(alarm) }
    case .load: if let load = try LoadRecord(record), loads.count < Self.maxLoads { loads.append(Load(load)) }
    case .loadReject:
      let reject = LoadRejectRecord(record)
      if let index = loads.lastIndex(where: { $0.record.instance == reject.instance }) {
        loads[index].add(reject, limit: listLimit, &novelty)
      }
    default: break
    }
  }

  /// More than load-report writes for the days that it asks for.
  private static let maxLoads = 100
  private static let maxAlarms = 100

  mutating func take(_ reject: RejectRecord) {
    // Nobody has to act on people who are left out by policy, so nobody of them is called new.
    var nobody: Novelty?
    switch reject.verdict {
    case .rejected: rejected.add(reject, limit: listLimit, &novelty)
    case .excluded: excluded.add(reject, limit: listLimit, &nobody)
    case .warned: warned.add(reject, limit: listLimit, &novelty)
    }
  }

  /// Ends the section with the feed line and the summaries that it had.
  /// - Parameter reported: what the script reports of the first stage that failed, if it has left no summary; nil if it
  ///   reports nothing.
  package mutating func end(_ account: StreamAccount, reported: ReportedFailure? = nil) {
    self.account = account
    self.reported = reported
  }

  /// The feed line; nil if the stream had none.
  package var feed: FeedRecord? { account.feed }

  /// The summaries, in the order of the stream.
  var summaries: [SummaryRecord] { account.summaries }

  /// The status of the people. Without a feed line it is the name of the file, if that is `E` or `I`.
  var status: String? {
    if let feed { return feed.status }
    let name = account.path.flatMap { FilePath($0).stem }
    return name.flatMap { ["E", "I", "any"].contains($0) ? $0 : nil }
  }

  /// All stages finished, and the stream arrived up to its end. A failure of load-report does not count, because it
  /// comes after the feed.
  var isComplete: Bool {
    guard let last = summaries.last, last.stage == StageName.loads, last.failure != nil else {
      return account.isComplete
    }
    return summaries.dropLast().allSatisfy(\.isComplete)
  }

  /// It is a ledger that load-report has read: it has no feed, and its deliveries were reported before.
  var isOfLoads: Bool { feed == nil && summaries.contains { $0.stage == StageName.loads } }

  /// Why Alma could not be asked, unless that may be different the next time.
  var loadFailure: String? {
    summaries.last { $0.stage == StageName.loads && !$0.isComplete }?.failure
      .flatMap { $0.exitStatus == 75 ? nil : $0.error }
  }

  /// Alma gets nothing of this feed, or only a part.
  var isUndelivered: Bool { !isOfLoads && (deliveries.failed > 0 || !isComplete) }

  /// Whether Alma gets only a part of this feed.
  var isDeliveredInPart: Bool { isUndelivered && deliveries.succeeded > 0 }

  /// Somebody has to act, or to know of a failure.
  package func needsAttention(_ topic: Topic = .everything) -> Bool {
    let people = rejected.people > 0 || lost > 0 || loads.contains { ($0.rejected ?? 0) > 0 }
    let failures =
      isUndelivered || warning != nil || loads.contains(where: \.hasFailed) || loadFailure != nil || !goneFields.isEmpty
    return (topic != .failures && people) || (topic != .people && failures)
  }

  /// The alarms of fields that earlier feeds had.
  var goneFields: [FieldRecord] { alarms.filter { $0.alarm != .missing } }

  /// Whether it lists people.
  var hasPeople: Bool { rejected.people + excluded.people + warned.people > 0 }

  /// The words for people and fields.
  var words: Vocabulary { Vocabulary.of(summaries.compactMap(\.profile).last) }

  /// The file that it was read from; nil if there was none.
  package var path: String? { account.path }

  /// The number of rejected people whose records are no longer in the stream.
  var lost: Int { max(0, (count(.rejected, of: StageName.validate) ?? 0) - rejected.people) }

  /// The error of a stage that failed although its output is complete.
  var warning: String? {
    // What load-report fails with is in its load records.
    summaries.first { $0.isComplete && $0.failure != nil && $0.stage != StageName.loads }?.failure?.error
  }

  /// How many people were accepted, or were in the feed if patron-validate did not run; nil if no stage counted them.
  var accepted: Int? {
    count(.accepted, of: StageName.validate) ?? count(.people, of: StageName.fetch)
      ?? count(.people, of: StageName.validate)
  }

  private func count(_ count: RecordField, of stage: String) -> Int? {
    summaries.last { $0.stage == stage }?[count]
  }
}

/// The deliveries of a feed. All are counted, and the first are kept.
package struct Deliveries: Sendable {
  /// More than Alma takes in one run.
  private static let maxKept = 24

  /// Those that did not fail.
  private(set) var kept: [DeliveryRecord] = []
  private(set) var failures: [DeliveryRecord] = []
  /// How many deliveries failed.
  package private(set) var failed = 0
  private(set) var succeeded = 0
  /// The number of people in the files that are in the drop directory.
  private(set) var users = 0

  var isEmpty: Bool { failed + succeeded == 0 }

  mutating func take(_ delivery: DeliveryRecord) {
    if delivery.outcome == .failed {
      failed += 1
      if failures.count < Self.maxKept { failures.append(delivery) }
      return
    }
    succeeded += 1
    users += max(0, delivery.users ?? 0)
    if kept.count < Self.maxKept { kept.append(delivery) }
  }
}
