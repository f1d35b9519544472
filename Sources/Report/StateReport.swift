package import Calendar
package import RecordStream
import Stage

/// The state of an installation, a line for each fact: what `alma-people-feed status` prints before it looks at the drop directory.
package struct StateReport: Sendable {
  /// The exit status: 0 if all is well, 75 if a delivery is late, otherwise that of the last run that failed.
  package let exitStatus: Int
  package let lines: [String]

  /// - Parameters:
  ///   - statuses: those that the installation delivers; nil is any.
  ///   - late: the maximum age of the last delivery, in seconds.
  package init(_ ledger: Ledger, _ history: History, statuses: [String?], late: Int, now: Instant) {
    var lines: [String] = []
    var isLate = false
    var failure: Int?
    for status in statuses {
      let name = status ?? "any"
      let last = ledger.delivered(status: status).last { $0.at.map { $0 <= now } ?? false }
      let age = last?.at.map { now.seconds - $0.seconds }
      let isOverdue = age.map { $0 > late } ?? true
      isLate = isLate || isOverdue
      lines.append("\(name)  \(isOverdue ? "LATE" : "good")  \(last.map(Self.text) ?? "nothing was delivered yet")")
      let runs = history.runs.filter { $0.status == status }
      let missed = Self.missedDays(runs, until: now)
      if !missed.isEmpty { lines.append("\(name)  no run on \(Self.list(missed))") }
      if let run = runs.last, run.outcome == .failed { failure = failure ?? run.exitStatus ?? 70 }
    }
    if let run = history.runs.last(where: { $0.outcome == .failed }) {
      let end = run.exitStatus.map { " (exit status \($0))" } ?? ""
      lines.append("last failure: run \(run.run), \(run.status ?? "any"): \(run.error ?? "no message")\(end)")
    }
    self.lines = lines.map(Diagnostics.escaped)
    exitStatus = isLate ? 75 : failure ?? 0
  }

  /// `delivered 2026-11-22T00:45:07Z: 2026-11-21 to 2026-11-22, 812 users`
  private static func text(of delivery: DeliveryRecord) -> String {
    var window = "all people"
    if let since = delivery.since, let until = delivery.until { window = "\(since) to \(until)" }
    let time = delivery.at.map { " \($0)" } ?? ""
    let users = delivery.outcome == .empty ? "no users" : Phrase.counted(delivery.users ?? 0, "user", "users")
    return "\(delivery.outcome == .empty ? "nothing to deliver" : "delivered")\(time): \(window), \(users)"
  }

  /// The days, in UTC, without a run of a status, among the last 14 days and since the first run.
  private static func missedDays(_ runs: [RunRecord], until now: Instant) -> [Day] {
    let days = Set(runs.compactMap { $0.started?.day })
    guard let first = days.min() else { return [] }
    let begin = max(first.number, now.day.number - 14)
    return begin < now.day.number ? (begin..<now.day.number).map(Day.init(number:)).filter { !days.contains($0) } : []
  }

  private static func list(_ days: [Day]) -> String { days.map(\.description).joined(separator: ", ") }
}

/// The history as a table: a line for each feed of a run, oldest first.
package enum HistoryTable {
  package static func lines(of history: History) -> [String] {
    let header = ["run", "", "window", "outcome", "people", "rejected", "users", "seconds", "taken by Alma", "error"]
    let rows = history.runs.map { run -> [String] in
      var window = "all people"
      if let since = run.since, let until = run.until { window = "\(since) to \(until)" }
      let number = { (field: RecordField) in run.counts[field].map(String.init) ?? "" }
      return [
        run.run, run.status ?? "any", window, run.outcome.rawValue, number(.people), number(.rejected), number(.users),
        run.seconds.map(String.init) ?? "", "", run.error ?? "",
      ]
    }
    return table([header] + rows)
  }

  /// Columns of equal width, two spaces apart. Empty columns are left out.
  static func table(_ rows: [[String]]) -> [String] {
    let columns = rows[0].indices.filter { column in rows.dropFirst().contains { !$0[column].isEmpty } }
    let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(columns, widths).map { column, width in
        let text = Diagnostics.escaped(row[column])
        return text + String(repeating: " ", count: max(0, width - text.count))
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}
