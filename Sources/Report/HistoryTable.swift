import Calendar
import RecordStream
import Stage

/// The history as a table: a line for each feed of a run, oldest first.
package enum HistoryTable {
  package static func lines(of history: History) -> [String] {
    let header = [
      "run", "", "window", "outcome", "people", "rejected", "users", "seconds", "taken by Alma", "loaded by Alma",
      "error",
    ]
    let rows = history.runs.map { run -> [String] in
      let number = { (field: RecordField) in run.counts[field].map(String.init) ?? "" }
      return [
        run.run, run.status ?? "any", Phrase.window(run.since, run.until), run.outcome.rawValue, number(.people),
        number(.rejected), number(.users), run.seconds.map(String.init) ?? "", history.pickUps(of: run),
        history.loadText(of: run), run.error ?? "",
      ]
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

  /// What Alma did with the feed of a run; empty if it was not asked.
  func loadText(of run: RunRecord) -> String {
    guard !run.files.isEmpty, let load = load(of: run) else { return "" }
    return load.outcome.rawValue + load.numbers(": ")
  }
}
