package import Calendar
package import RecordStream
import Stage

/// The state of an installation: what `alma-people-feed status` prints before it looks at the drop directory.
package struct StateReport: Sendable {
  /// A state for each status.
  package private(set) var states: [StateRecord] = []
  /// A receipt for each delivery of the last two weeks, oldest first, and for older ones that wait.
  package let receipts: [ReceiptRecord]
  private let lastFailure: (run: RunRecord, isHealed: Bool)?
  private let unsent: UnsentMail?
  /// Whether Alma is asked what it did with deliveries.
  private let asksAlma: Bool

  /// For how many days missed nights and deliveries are named.
  private static let days = 14

  /// - Parameters:
  ///   - statuses: those that the installation delivers; nil is any.
  ///   - unsent: the last mail, if it could not be sent.
  ///   - late: the maximum age of the last delivery, in seconds.
  ///   - asksAlma: there is a key for Alma's API.
  ///   - day: the day of an instant in the API store's time zone.
  package init(
    _ ledger: Ledger, _ history: History, statuses: [String?], unsent: UnsentMail? = nil, late: Int, asksAlma: Bool,
    now: Instant, day: (Instant) -> Day
  ) {
    self.unsent = unsent
    self.asksAlma = asksAlma || !history.loads.isEmpty
    for status in statuses {
      let last = LastDelivery(in: ledger, status: status, late: late, at: now)
      var state = StateRecord(status: status, isLate: last.isLate, delivery: last.record)
      let nights = Nights(history.runs(of: status), until: now, days: Self.days)
      (state.noRun, state.failedOn) = (nights.noRun, nights.failed)
      let owed = OwedDays(in: ledger, status: status, now: now, day: day)
      state.owed = owed.ranges.flatMap { ($0.lowerBound.number..<$0.upperBound.number).map(Day.init(number:)) }
      if let run = history.runs(of: status).last, run.outcome == .failed { state.failure = run }
      states.append(state)
    }
    lastFailure = history.runs.last { $0.outcome == .failed }.map { failed in
      (failed, history.runs(of: failed.status).last != failed)
    }
    receipts = history.receipts(of: ledger, since: Instant(seconds: now.seconds - Self.days * 86_400))
  }

  /// The exit status: 0 if all is well, 75 if a delivery is late, otherwise that of the last run that failed, or of the
  /// mail.
  package var exitStatus: Int {
    if states.contains(where: \.isLate) { return 75 }
    let failures = states.compactMap(\.failure)
    return failures.first.map { $0.exitStatus ?? 70 } ?? unsent?.exitStatus ?? 0
  }

  /// The records of `status --ndjson`.
  package var records: [[UInt8]] { states.map { $0.encoded() } + receipts.map { $0.encoded() } }

  /// A line for each fact, for people.
  package var lines: [String] {
    var lines = states.map { state in
      let last = state.delivery.map(Self.text) ?? "nothing was delivered yet"
      return "\(state.status ?? "any")  \(state.isLate ? "LATE" : "good")  \(last)"
    }
    for state in states {
      let name = state.status ?? "any"
      if !state.noRun.isEmpty { lines.append("\(name)  no run on \(Self.list(state.noRun))") }
      if !state.failedOn.isEmpty { lines.append("\(name)  failed on \(Self.list(state.failedOn))") }
      if !state.owed.isEmpty { lines.append("\(name)  owed, for the next run: \(Self.list(state.owed))") }
    }
    if let (run, isHealed) = lastFailure {
      let end = run.exitStatus.map { " (exit status \($0))" } ?? ""
      let since = isHealed ? "; a later run has succeeded" : ""
      lines.append("last failure: run \(run.run), \(run.status ?? "any"): \(run.error ?? "no message")\(end)\(since)")
    }
    if let unsent {
      lines.append("mail not sent: run \(unsent.run): \(unsent.error) (exit status \(unsent.exitStatus))")
    }
    return (lines + receipts.map { "  " + text(of: $0) }).map(Diagnostics.escaped)
  }

  /// `delivered 2026-11-22T00:45:07Z: 2026-11-21 to 2026-11-22, 812 users`
  private static func text(of delivery: DeliveryRecord) -> String {
    let time = delivery.at.map { " \($0)" } ?? ""
    let users = delivery.outcome == .empty ? "no users" : Phrase.counted(delivery.users ?? 0, "user", "users")
    return "\(delivery.outcome == .empty ? "nothing to deliver" : "delivered")\(time): "
      + "\(Phrase.window(delivery.since, delivery.until)), \(users)"
  }

  /// `alma_people_2026-11-21_2026-11-22_E.xml.zip: taken between 01:10 and 01:30; loaded: 8 processed`
  private func text(of receipt: ReceiptRecord) -> String {
    "\(receipt.name): \(receipt.text)"
      + (asksAlma && receipt.load == nil && receipt.delivery.users != 0 ? "; Alma was never asked about it" : "")
  }

  /// At most seven days, otherwise the first and the last one.
  private static func list(_ days: [Day]) -> String {
    if days.count <= 7 { return days.map(\.description).joined(separator: ", ") }
    return "\(days.count) days from \(days[0]) to \(days[days.count - 1])"
  }
}

/// The last delivery of a status.
struct LastDelivery {
  /// Its record; nil if nothing was delivered.
  let record: DeliveryRecord?
  /// Whether its people were requested too long ago.
  let isLate: Bool

  /// - Parameters:
  ///   - late: the maximum age in seconds.
  ///   - now: deliveries after this time, by a clock that was wrong, do not count.
  init(in ledger: Ledger, status: String?, late: Int, at now: Instant) {
    record = ledger.delivered(status: status).last { $0.at.map { $0 <= now } ?? false }
    // Of a feed that was delivered again, the people are as old as the request for them.
    let time = record?.started ?? record?.at
    isLate = time.map { now.seconds - $0.seconds > late } ?? true
  }
}

/// The days, in UTC, on which runs of a status were missed or have failed.
struct Nights {
  /// The days without a run, since the first run, and before today.
  let noRun: [Day]
  /// The days, up to today, on which each run failed.
  let failed: [Day]

  init(_ runs: [RunRecord], until now: Instant, days: Int) {
    var good: [Day: Bool] = [:]
    for run in runs {
      guard let day = run.time?.day else { continue }
      good[day] = good[day] ?? false || run.outcome != .failed
    }
    let begin = max(good.keys.min()?.number ?? now.day.number, now.day.number - days)
    let all = begin > now.day.number ? [] : (begin...now.day.number).map(Day.init(number:))
    noRun = all.filter { good[$0] == nil && $0 < now.day }
    failed = all.filter { good[$0] == false }
  }
}

/// A mail about a run that could not be sent. The next run sends it.
package struct UnsentMail: Sendable {
  let run: String
  let error: String
  let exitStatus: Int

  /// Finds the last one in the directories of runs.
  package init?(in directories: [RunDirectory]) throws {
    for directory in directories.reversed() where directory.hasUnreported {
      var failure: SummaryRecord.Failure?
      for mail in directory.mails {
        try RecordReader.forEachRecord(in: mail) { record in
          if record.kind == .summary { failure = SummaryRecord(record).failure ?? failure }
        }
      }
      guard let failure else { continue }
      (run, error, exitStatus) = (directory.name, failure.error, failure.exitStatus)
      return
    }
    return nil
  }
}
