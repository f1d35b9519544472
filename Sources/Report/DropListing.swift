import Calendar
import Files
package import RecordStream
import Stage
import StageErrors

/// The zips in the drop directory.
package struct DropListing: Sendable {
  /// Those that wait for Alma.
  package let waiting: [DropRecord]
  /// The names of those that Alma has taken, as they were before.
  package let taken: [String]

  /// Reads a listing of `feed-push --list` from standard input.
  /// - Throws: if it is incomplete.
  package init() throws {
    var drops: [DropRecord] = []
    var isComplete = false
    try RecordReader.forEachRecord(in: "-") { record in
      if record.kind == .drop, let drop = DropRecord(record), drop.name.contains(".zip") { drops.append(drop) }
      if record.kind == .summary { isComplete = SummaryRecord(record).isComplete }
    }
    guard isComplete else { throw DataError("the listing of the drop directory is incomplete; list it again") }
    waiting = drops.filter { !$0.isHandled }
    taken = drops.filter(\.isHandled).map { drop in
      drop.name.firstRange(of: ".zip").map { String(drop.name[..<$0.upperBound]) } ?? drop.name
    }
  }

  /// Whether a file has waited for longer than this, in seconds.
  package func isLate(after late: Int) -> Bool {
    waiting.contains { $0.ageSeconds.map { $0 > late } ?? false }
  }

  /// What was taken since the last look, and what waits.
  /// - Parameters:
  ///   - history: with this look.
  ///   - place: the name of the drop directory, if it is printed.
  package func lines(_ look: LookRecord, _ history: History, in place: String?, late: Int) -> [String] {
    let news = look.taken.compactMap { name -> String? in
      let run = history.runs.last { $0.files.contains(name) }
      return history.pickUp(of: name, deliveredAt: run?.at).map { "\(name): \($0.text(of: run?.at?.day))" }
    }
    let files = waiting.map { drop in
      let bytes = drop.bytes.map { ", \($0) bytes" } ?? ""
      let age = drop.ageSeconds.map { "\($0 > late ? ", LATE" : ""), \(Phrase.duration($0))" } ?? ", age unknown"
      return "\(drop.name)\(bytes)\(drop.modified.map { ", since \($0)" } ?? "")\(age)"
    }
    let lines =
      (news.isEmpty ? [] : ["taken since the last look:"]) + news.map { "  \($0)" }
      + (place.map { ["waiting in \($0):"] } ?? []) + (files.isEmpty ? ["nothing"] : files).map { "  \($0)" }
    return lines.map(Diagnostics.escaped)
  }
}

extension LoadRecord {
  /// The answers of Alma that are kept in the state directory, oldest first.
  package static func all(in state: String) throws -> [LoadRecord] {
    let names = try Directory.namesIfPresent(in: "\(state)/loads").filter { $0.hasSuffix(".ndjson") }.sorted()
    var loads: [LoadRecord] = []
    for path in names.map({ "\(state)/loads/\($0)" }) {
      try RecordReader.forEachRecord(in: path) { (record) throws(StreamError) in
        if record.kind == .load, let load = try LoadRecord(record) { loads.append(load) }
      }
    }
    return loads
  }
}
