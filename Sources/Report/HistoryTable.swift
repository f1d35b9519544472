import Calendar
package import RecordStream
import Stage

/// The history as a table: a line for each feed of a run, oldest first, and after it one for each delivery of it again.
package enum HistoryTable {
  /// - Parameter ledger: the ledger of the same installation.
  package static func lines(of history: History, _ ledger: Ledger) -> [String] {
    let header = [
      "run", "", "window", "outcome", "people", "rejected", "users", "seconds", "taken by Alma", "loaded by Alma",
      "error",
    ]
    let rows = history.runs.flatMap { run -> [[String]] in
      let number = { (field: RecordField) in run.counts[field].map(String.init) ?? "" }
      let name = [run.run, run.status ?? "any", Phrase.window(run.since, run.until)]
      let feed =
        name + [
          run.outcome.rawValue, number(.people), number(.rejected), number(.users),
          run.seconds.map(String.init) ?? "", history.pickUps(of: run), history.loadText(of: run), run.error ?? "",
        ]
      let again = ledger.deliveriesAgain(of: run).map { delivery in
        name + [
          DeliveryText.again(delivery), "", "", delivery.users.map(String.init) ?? "", "",
          history.pickUp(of: delivery), history.loadText(of: delivery), "",
        ]
      }
      return [feed] + again
    }
    return table([header] + rows)
  }

  /// Columns of equal width, two spaces apart. Empty columns are left out.
  static func table(_ rows: [[String]]) -> [String] {
    let rows = rows.map { $0.map(Diagnostics.escaped) }
    let columns = rows[0].indices.filter { column in rows.dropFirst().contains { !$0[column].isEmpty } }
    let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(columns, widths).map { column, width in
        row[column] + String(repeating: " ", count: max(0, width - row[column].count))
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension History {
  /// When Alma took the zips of a run, each time once.
  func pickUps(of run: RunRecord) -> String {
    var cells: [String] = []
    for file in run.files {
      let cell = pickUp(of: file, deliveredAt: run.at)?.cell(of: run.at?.day) ?? ""
      if !cells.contains(cell) { cells.append(cell) }
    }
    return cells.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// When Alma took the zip of a delivery; empty if it is not known.
  func pickUp(of delivery: DeliveryRecord) -> String {
    delivery.fileName.flatMap { pickUp(of: $0, deliveredAt: delivery.at) }?.cell(of: delivery.at?.day) ?? ""
  }

  /// What Alma did with the feed of a run; empty if it was not asked.
  func loadText(of run: RunRecord) -> String {
    run.files.isEmpty ? "" : text(of: load(of: run))
  }

  /// What Alma did with a delivery; empty if it was not asked.
  func loadText(of delivery: DeliveryRecord) -> String { text(of: load(of: delivery)) }

  private func text(of load: LoadRecord?) -> String { load.map { $0.outcome.rawValue + $0.numbers(": ") } ?? "" }
}
