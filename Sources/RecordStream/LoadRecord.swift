package import Calendar
package import JSONText

/// What Alma did with one or more deliveries: a run of the job that loads users, or that there was none yet.
package struct LoadRecord: Equatable, Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// The run has ended. The counts say what it did.
    case loaded
    /// The run failed, or was aborted or skipped.
    case failed
    /// The run has not ended.
    case running
    /// The job has not run since the delivery.
    case waiting
    /// The run has a status that this version does not know.
    case unknown
  }

  /// A delivery that the run may have loaded.
  package struct Delivery: Equatable, Sendable {
    package var status: String?
    package var since: Day?
    package var until: Day?
    package var users: Int?
    package var sha256: String?
    /// The number of the repeated delivery, from 1; nil for the first delivery.
    package var again: Int?

    /// The delivery of a record.
    package init(_ delivery: DeliveryRecord) {
      (status, since, until) = (delivery.status, delivery.since, delivery.until)
      (users, sha256, again) = (delivery.users, delivery.sha256, delivery.again)
    }

    /// What identifies the delivery: the digest of its zip, or else its window and users, and the number of the repeated
    /// delivery.
    package var key: String { "\(sha256 ?? window)\(again.map { " again\($0)" } ?? "")" }

    private var window: String {
      [status, since?.description, until?.description, users?.description].map { $0 ?? "" }.joined(separator: " ")
    }

    /// Whether it is this delivery. If one of the two has no digest, the window and the users decide.
    package func isAbout(_ delivery: DeliveryRecord) -> Bool {
      let other = Delivery(delivery)
      return key == other.key || (sha256 == nil || other.sha256 == nil) && window == other.window
    }

    /// Reads an element of `deliveries`.
    package init(_ value: JSONValue) {
      let text = { (field: RecordField) in value[field.rawValue]?.string }
      (status, sha256) = (text(.status), text(.sha256))
      (since, until) = (text(.since).flatMap { Day($0) }, text(.until).flatMap { Day($0) })
      users = value[RecordField.users.rawValue]?.integer
      again = value[RecordField.again.rawValue]?.integer
    }
  }

  /// A counter of the run, as Alma gives it.
  package struct Counter: Equatable, Sendable {
    package var code: String?
    /// In the language of the institution.
    package var label: String?
    package var value: String?

    package init(code: String?, label: String?, value: String?) {
      (self.code, self.label, self.value) = (code, label, value)
    }

    fileprivate init(_ value: JSONValue) {
      self.init(code: value["code"]?.string, label: value["label"]?.string, value: value["value"]?.string)
    }
  }

  /// The counts of users, in the order in which they are written.
  package static let countFields: [RecordField] = [.processed, .created, .updated, .unchanged, .rejected]

  package var outcome: Outcome
  /// The sum over the deliveries; nil if one of them does not say.
  package var users: Int?
  package var deliveries: [Delivery]
  package var job: String?
  package var instance: String?
  package var almaStatus: String?
  package var submitted: Instant?
  package var ended: Instant?
  /// Those of `countFields` that were recognized among the counters. A missing one is not known, and not 0.
  package var counts: [RecordField: Int] = [:]
  /// Whether Alma processed as many users as were delivered; nil if a number is not known.
  package var agrees: Bool?
  /// Whether it has waited or run for longer than expected.
  package var isOverdue = false
  /// The number of events that Alma returned; nil if it was not asked for them.
  package var events: Int?
  package var counters: [Counter] = []
  package var at: Instant?
  /// What could not be asked, and why.
  package var error: String?

  package init(_ outcome: Outcome, of deliveries: [DeliveryRecord], at: Instant?) {
    self.outcome = outcome
    self.deliveries = deliveries.map(Delivery.init)
    self.at = at
    let users = deliveries.compactMap(\.users)
    self.users = users.count == deliveries.count ? users.reduce(0, +) : nil
  }

  package func encoded() -> [UInt8] {
    Record.encoded(.load) { writer in
      writer.string(outcome.rawValue, .outcome)
      writer.integer(users, .users)
      writer.beginArray(RecordField.deliveries.rawValue)
      for delivery in deliveries {
        writer.beginObject()
        writer.string(delivery.status, .status)
        writer.string(delivery.since, .since)
        writer.string(delivery.until, .until)
        writer.integer(delivery.users, .users)
        writer.string(delivery.sha256, .sha256)
        writer.integer(delivery.again, .again)
        writer.endObject()
      }
      writer.endArray()
      writer.string(job, .job)
      writer.string(instance, .instance)
      writer.string(almaStatus, .almaStatus)
      writer.string(submitted, .submitted)
      writer.string(ended, .ended)
      for field in Self.countFields { writer.integer(counts[field], field) }
      if let agrees { writer.boolean(agrees, .agrees) }
      if isOverdue { writer.boolean(true, .overdue) }
      writer.integer(events, .events)
      writer.beginArray(RecordField.counters.rawValue)
      for counter in counters {
        writer.beginObject()
        writer.string(counter.code, "code")
        writer.string(counter.label, "label")
        writer.string(counter.value, "value")
        writer.endObject()
      }
      writer.endArray()
      writer.string(at, .at)
      writer.string(error, .error)
    }
  }

  /// Reads a load record; nil if this version does not know its outcome.
  package init?(_ record: Record) throws(StreamError) {
    guard let name = record.string(.outcome) else { throw record.unusable(.outcome) }
    guard let outcome = Outcome(rawValue: name) else { return nil }
    self.outcome = outcome
    users = record.integer(.users)
    deliveries = record.list(.deliveries).map(Delivery.init)
    (job, instance) = (record.string(.job), record.string(.instance))
    almaStatus = record.string(.almaStatus)
    (submitted, ended) = (record.instant(.submitted), record.instant(.ended))
    for field in Self.countFields { counts[field] = record.integer(field) }
    agrees = record.isTrue(.agrees) ? true : record.has(.agrees) ? false : nil
    isOverdue = record.isTrue(.overdue)
    events = record.integer(.events)
    counters = record.list(.counters).map(Counter.init)
    (at, error) = (record.instant(.at), record.string(.error))
  }
}

/// An entry that a run of Alma's job rejected.
package struct LoadRejectRecord: Equatable, Sendable {
  /// The run, as in its load record.
  package var instance: String?
  /// The person; nil if the event has no identifier that was delivered.
  package var emplid: String?
  /// As Alma wrote it. Its members are not documented.
  package var event: JSONValue

  package init(instance: String?, emplid: String?, event: JSONValue) {
    (self.instance, self.emplid, self.event) = (instance, emplid, event)
  }

  package func encoded() -> [UInt8] {
    Record.encoded(.loadReject) { writer in
      writer.string(instance, .instance)
      writer.string(emplid, .emplid)
      writer.value(event, RecordField.event.rawValue)
    }
  }

  /// Reads a load-reject record. One without an event is an entry of which nothing is known.
  package init(_ record: Record) {
    self.init(instance: record.string(.instance), emplid: record.string(.emplid), event: record.value(.event) ?? .null)
  }
}
