package import Calendar
import JSONText

/// A record of the history: how one feed of a run went. It has no data of people.
package struct RunRecord: Equatable, Sendable {
  /// The name of the run's directory.
  package var run: String
  package var status: String?
  package var since: Day?
  package var until: Day?
  /// When the people were requested.
  package var started: Instant?
  /// When the feed ended.
  package var at: Instant?
  package var outcome: DeliveryRecord.Outcome
  /// The counts of the feed, from `people` to `users`, and `bytes` of the zips.
  package var counts: [RecordField: Int] = [:]
  /// How many people were rejected for each code of a reason.
  package var reasons: [String: Int] = [:]
  /// The names of the zips in the drop directory.
  package var files: [String] = []
  package var error: String?
  package var exitStatus: Int?

  package init(run: String, status: String?, outcome: DeliveryRecord.Outcome) {
    self.run = run
    self.status = status
    self.outcome = outcome
  }

  private static let countFields: [RecordField] = [.people, .accepted, .rejected, .excluded, .warned, .users, .bytes]

  /// How long the feed took, in seconds.
  package var seconds: Int? {
    guard let started, let at else { return nil }
    return at.seconds - started.seconds
  }

  package func encoded() -> [UInt8] {
    Record.encoded(.run) { writer in
      writer.string(run, .run)
      writer.string(status, .status)
      writer.string(since, .since)
      writer.string(until, .until)
      writer.string(started, .started)
      writer.string(at, .at)
      writer.string(outcome.rawValue, .outcome)
      for field in Self.countFields { writer.integer(counts[field], field) }
      writer.beginObject(RecordField.reasons.rawValue)
      for (code, number) in reasons.sorted(by: { $0.key < $1.key }) { writer.integer(number, code) }
      writer.endObject()
      writer.strings(files, .files)
      writer.integer(seconds, .seconds)
      writer.string(error, .error)
      writer.integer(exitStatus, .exitStatus)
    }
  }

  /// Reads a record of the history; nil if it has no run, or if this version does not know its outcome.
  package init?(_ record: Record) throws(StreamError) {
    guard let run = record.string(.run),
      let outcome = record.string(.outcome).flatMap(DeliveryRecord.Outcome.init)
    else { return nil }
    self.init(run: run, status: record.string(.status), outcome: outcome)
    since = try record.day(.since)
    until = try record.day(.until)
    started = record.instant(.started)
    at = record.instant(.at)
    for field in Self.countFields { counts[field] = record.integer(field) }
    reasons = Dictionary(record.integers(.reasons).map { ($0.name, $0.number) }) { first, _ in first }
    files = record.list(.files).compactMap(\.string)
    error = record.string(.error)
    exitStatus = record.integer(.exitStatus)
  }
}
