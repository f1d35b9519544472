import Calendar
import Foundation
import JSONText
import RecordStream
import TestSupport
import Testing

/// Holds patron-stream(5) to the records that the code writes.
@Suite struct StreamManualTests {
  let page: [String]

  init() throws { page = try ManualPage("patron-stream.5").section("Kinds") }

  static let moment = Instant(seconds: 0)

  /// A record of each kind with every field that it can have.
  static let records: [(kind: String, record: [UInt8])] = [
    (
      "feed",
      FeedRecord(status: "E", since: moment.day, until: moment.day, source: "s", started: moment).encoded()
    ),
    (
      "window",
      WindowRecord(status: "E", since: moment.day, until: moment.day, at: moment, isWaived: true).encoded()
    ),
    (
      "reject",
      RejectRecord(verdict: .rejected, line: 1, emplid: "1", campusID: "a", reasons: []).encoded(text: "t")
    ),
    (
      "explain",
      ExplainRecord(line: 1, emplid: "1", campusID: "a", verdict: "accepted", elements: [], unsent: []).encoded()
    ),
    (
      "field",
      FieldRecord(alarm: .gone(lastSeen: moment.day), field: "F", elements: [], people: 20).encoded()
    ),
    ("fields", FieldsRecord(status: "E", until: moment.day, people: 20, filled: []).encoded()),
    ("file", FileRecord(path: "/f", format: .zip, users: 1, bytes: 1, sha256: "0", entries: 1).encoded()),
    (
      "delivery",
      DeliveryRecord(
        outcome: .failed, status: "E", since: moment.day, until: moment.day, started: moment, users: 1, remote: "r",
        bytes: 1,
        sha256: "0", at: moment, isPartial: true, error: "e"
      ).encoded()
    ),
    ("mail", MailRecord(outcome: .failed, recipients: [], messageID: "m", at: moment, error: "e").encoded()),
    ("drop", DropRecord(name: "n", bytes: 1, modified: moment, isHandled: true, ageSeconds: 1).encoded()),
    ("load", load.encoded()),
    ("load-reject", LoadRejectRecord(instance: "1", emplid: "2", event: .object([])).encoded()),
    (
      "summary",
      SummaryRecord(
        stage: "s", isComplete: true, counts: [], duration: .zero,
        profile: SummaryRecord.Profile(name: "p", sha256: "0"),
        failure: SummaryRecord.Failure(error: "e", exitStatus: 65, limit: "l")
      ).encoded()
    ),
    ("run", run.encoded()), ("look", LookRecord(at: moment, waiting: ["a"], taken: ["b"]).encoded()),
    ("state", state.encoded()), ("receipt", receipt.encoded()),
  ]

  private static var load: LoadRecord {
    var load = LoadRecord(.loaded, of: [], at: moment)
    (load.job, load.instance, load.almaStatus, load.error) = ("j", "i", "s", "e")
    (load.submitted, load.ended, load.agrees, load.isOverdue, load.events) = (moment, moment, true, true, 1)
    for field in LoadRecord.countFields { load.counts[field] = 1 }
    return load
  }

  static var run: RunRecord {
    var run = RunRecord(run: "r", status: "E", outcome: .failed)
    (run.since, run.until, run.started, run.at) = (moment.day, moment.day, moment, moment)
    for field in [RecordField.people, .accepted, .rejected, .excluded, .warned, .users, .bytes] {
      run.counts[field] = 1
    }
    (run.error, run.exitStatus) = ("e", 65)
    return run
  }

  private static var state: StateRecord {
    let delivery = DeliveryRecord(outcome: .empty, since: moment.day, until: moment.day, users: 0, at: moment)
    var state = StateRecord(status: "E", isLate: false, delivery: delivery)
    state.failure = run
    return state
  }

  private static var receipt: ReceiptRecord {
    let delivery = DeliveryRecord(
      outcome: .delivered, status: "E", since: moment.day, until: moment.day, users: 1, at: moment)
    var receipt = ReceiptRecord(.taken, delivery, name: "n")
    (receipt.after, receipt.before, receipt.load) = (moment, moment, load)
    return receipt
  }

  static func keys(of record: [UInt8]) -> [String] {
    String(decoding: record, as: UTF8.self).matches(of: /"([a-z0-9_]+)":/).map { String($0.1) }
  }

  @Test func `it has every kind`() {
    #expect(page.entries(".It Sy ") == Self.records.map(\.kind))
  }

  @Test(arguments: records)
  func `it has every field of a kind, in the order in which they are written`(kind: String, record: [UInt8]) throws {
    let start = try #require(page.firstIndex(of: ".It Sy \(kind)"))
    let entries = page[(start + 1)...].prefix { !$0.hasPrefix(".It Sy ") }.prefix { $0 != ".El" }
    #expect(["kind"] + Array(entries).entries(".It Cm ") == Self.keys(of: record))
  }

  @Test func `it has every outcome and every verdict`() {
    let words = page.entries(".Dq ")
    let outcomes = ["delivered", "already-there", "empty", "failed", "sent", "nothing-to-report"]
    #expect(outcomes.count { DeliveryRecord.Outcome(rawValue: $0) != nil } == 4)
    #expect(outcomes.count { MailRecord.Outcome(rawValue: $0) != nil } == 3)
    let others =
      RejectRecord.Verdict.allCases.map(\.rawValue) + LoadRecord.Outcome.allCases.map(\.rawValue)
      + ReceiptRecord.Outcome.allCases.map(\.rawValue) + ["good", "late"]
    for word in outcomes + others + ["xml", "zip"] {
      #expect(words.contains(word), "\(word) is missing")
    }
  }

  @Test(arguments: ManualTests.stages)
  func `it has the counts of a stage, in the order in which they are written`(stage: String) throws {
    let directory = try TemporaryDirectory()
    let arguments = [
      "ps-fetch": ["--input", "-"], "feed-push": ["--to", "file://\(directory.url.path)"],
      "notify-mail": ["--maildir", directory.path("mail")],
    ]
    // Nobody, of whom the counts are 0. What the stages make of such an end is of no interest here.
    let summary = try #require(
      Executable(stage).run(arguments[stage] ?? [], input: stage == "ps-fetch" ? Data("[]".utf8) : Data()).lines.last)
    let counts = Self.keys(of: Array(summary.utf8)).filter {
      !["kind", "stage", "complete", "seconds", "error", "exit_status", "limit"].contains($0)
    }
    let row = try #require(page.first { $0.hasPrefix(".It Xr \(stage) 1 Ta Cm ") })
    #expect(row.components(separatedBy: " Ta Cm ").last?.components(separatedBy: " , ") == counts)
  }
}
