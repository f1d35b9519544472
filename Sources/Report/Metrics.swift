import Calendar
package import Files
package import RecordStream

/// What Prometheus scrapes of the last run of each status: a file for the textfile collector of its node exporter.
package struct Metrics: Sendable {
  /// The file.
  package let text: String

  /// - Parameter ledger: the ledger of the same installation.
  package init(_ history: History, _ ledger: Ledger) {
    let statuses = Dictionary(grouping: history.runs) { $0.status ?? "any" }.sorted { $0.key < $1.key }
    var text = ""
    func metric(_ name: String, _ help: String, _ value: (String, [RunRecord], RunRecord) -> [(String, Int?)]) {
      var samples = ""
      for (status, runs) in statuses {
        guard let last = runs.last else { continue }
        for case (let labels, let number?) in value(status, runs, last) {
          samples += "alma_people_\(name){status=\"\(Self.escaped(status))\"\(labels)} \(number)\n"
        }
      }
      if samples.isEmpty { return }
      text += "# HELP alma_people_\(name) \(help)\n# TYPE alma_people_\(name) gauge\n\(samples)"
    }
    func single(_ name: String, _ help: String, _ value: @escaping (RunRecord) -> Int?) {
      metric(name, help) { _, _, last in [("", value(last))] }
    }
    metric("last_success_timestamp_seconds", "When a feed was last delivered, or found to have nobody to deliver.") {
      _, runs, _ in [("", runs.last { $0.outcome != .failed }?.time?.seconds)]
    }
    single("last_run_timestamp_seconds", "When the last feed was fetched.") { $0.time?.seconds }
    single("last_run_failed", "Whether the last feed failed.") { $0.outcome == .failed ? 1 : 0 }
    single("people", "People in the last feed.") { $0.counts[.people] }
    single("accepted", "People of the last feed who were accepted.") { $0.counts[.accepted] }
    metric("rejected", "People of the last feed who were rejected, by the code of the reason.") { _, runs, last in
      // A code that there was before is 0, so that its series does not end.
      Set(runs.flatMap(\.reasons.keys)).sorted()
        .map { (",code=\"\(Self.escaped($0))\"", last.reasons[$0] ?? (last.counts[.rejected] == nil ? nil : 0)) }
    }
    single("delivered", "Users of the last feed who were delivered.") { run in
      [.failed, .empty].contains(run.outcome) ? 0 : run.counts[.users]
    }
    single("duration_seconds", "The time from the request of the people to the end of the delivery.") { $0.seconds }
    single("size_bytes", "The length of the zips of the last feed.") { $0.counts[.bytes] ?? 0 }
    guard let look = history.looks.last else {
      self.text = text
      return
    }
    metric("waiting_seconds", "How long the oldest file had waited for Alma at the last look; 0 if none.") {
      _, _, last in
      let deliveries = ledger.deliveries.filter { $0.status == last.status }
      let waits = look.waiting.compactMap { name in deliveries.last { $0.fileName == name }?.at }
      return [("", waits.min().map { max(0, look.at.seconds - $0.seconds) } ?? 0)]
    }
    let name = "alma_people_last_look_timestamp_seconds"
    text +=
      "# HELP \(name) When the drop directory was last listed.\n# TYPE \(name) gauge\n\(name) \(look.at.seconds)\n"
    self.text = text
  }

  /// Writes the file as a whole. Every user can read it, as the exporter has to; nobody is named in it.
  package func write(to path: String) throws(FileError) {
    let file = try PendingFile(path)
    try file.makeReadable()
    try file.write(Array(text.utf8).span)
    try file.commit()
  }

  /// A value of a label.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
