package import Calendar
import JSONText

/// The state of one status of an installation.
package struct StateRecord: Equatable, Sendable {
  package var status: String?
  /// Whether the last delivery is too long ago, or there is none.
  package var isLate: Bool
  /// The last delivery that covers its window.
  package var delivery: DeliveryRecord?
  /// The last days on which there was no run, oldest first.
  package var noRun: [Day] = []
  /// The last days on which there were only runs that failed.
  package var failedOn: [Day] = []
  /// The days that no delivery covers yet.
  package var owed: [Day] = []
  /// The last run that failed; nil if there was none, or a later one has succeeded.
  package var failure: RunRecord?

  package init(status: String?, isLate: Bool, delivery: DeliveryRecord?) {
    (self.status, self.isLate, self.delivery) = (status, isLate, delivery)
  }

  package func encoded() -> [UInt8] {
    Record.encoded(.state) { writer in
      writer.string(status, .status)
      writer.string(isLate ? "late" : "good", .outcome)
      writer.string(delivery?.since, .since)
      writer.string(delivery?.until, .until)
      writer.integer(delivery?.users, .users)
      writer.string(delivery?.at, .at)
      writer.strings(noRun.map(\.description), .noRun)
      writer.strings(failedOn.map(\.description), .failedOn)
      writer.strings(owed.map(\.description), .owed)
      writer.string(failure?.run, .run)
      writer.string(failure?.error, .error)
      writer.integer(failure?.exitStatus, .exitStatus)
    }
  }
}

/// What became of a delivery: whether Alma has taken the file, and what it did with it.
package struct ReceiptRecord: Equatable, Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// It waits in the drop directory, or was not seen since the delivery.
    case waiting
    case taken
    /// It was no longer in the drop directory, neither waiting nor taken.
    case gone
    /// Alma's job has loaded it.
    case loaded
    /// Alma's job has failed.
    case refused
  }

  package var outcome: Outcome
  package var delivery: DeliveryRecord
  /// The file's name in the drop directory.
  package var name: String
  /// When the file was last seen waiting.
  package var after: Instant?
  /// When the file was first seen taken, or first not seen.
  package var before: Instant?
  /// The last answer of Alma.
  package var load: LoadRecord?

  package init(_ outcome: Outcome, _ delivery: DeliveryRecord, name: String) {
    (self.outcome, self.delivery, self.name) = (outcome, delivery, name)
  }

  package func encoded() -> [UInt8] {
    Record.encoded(.receipt) { writer in
      writer.string(outcome.rawValue, .outcome)
      writer.string(delivery.status, .status)
      writer.string(delivery.since, .since)
      writer.string(delivery.until, .until)
      writer.integer(delivery.users, .users)
      writer.string(name, .name)
      writer.string(delivery.at, .at)
      writer.string(after, .after)
      writer.string(before, .before)
      writer.boolean(load != nil, .asked)
      for field in LoadRecord.countFields { writer.integer(load?.counts[field], field) }
      writer.string(load?.error, .error)
    }
  }
}
