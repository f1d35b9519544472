import ArgumentParser
import Calendar
import Command
import Files
import RecordStream
import Report
import Stage
import StageErrors
import SystemPackage
import ZipArchive

/// Answers the questions of an operator from the ledger, the history and the kept runs. `alma-people-feed` calls it.
@main
struct FeedReport: StageCommand {
  static let name = "feed-report"
  static let settings: [Setting] = []
  static let configuration = describe("Report what the runs of an installation did.")

  enum Action: String, ExpressibleByArgument, CaseIterable {
    /// Append what is new in the directories of runs to the history.
    case record
    /// Append a listing of the drop directory, on standard input, to the history, and print what waits.
    case look
    case state, history, explain
  }

  @Argument(help: "record, look, state, history or explain.")
  var action: Action

  @Argument(help: .init("With explain: a person's EMPLID, NetID or barcode.", valueName: "ID"))
  var identifier: String?

  @Option(help: .init("The state directory.", valueName: "directory"), completion: .directory)
  var state: String

  @Option(help: .init("The statuses that are delivered, separated by spaces.", valueName: "statuses"))
  var statuses = "E"

  @Option(help: .init("A delivery or a waiting file is late after this time, as 90m, 26h or 2d.", valueName: "time"))
  var late = WaitingTime("26h")!

  @Flag(help: "With explain: print the XML that was sent.")
  var xml = false

  @Flag(help: "With history: print the records.")
  var ndjson = false

  private var historyPath: String { "\(state)/history.ndjson" }

  func validate() throws {
    if (action == .explain) != (identifier != nil) { throw ValidationError("explain needs an ID, and the others none") }
  }

  func run() throws {
    let now = try Clock().now
    let history = try History(path: historyPath)
    switch action {
    case .record:
      let runs = try history.missing(from: RunDirectory.all(in: state))
      if !runs.isEmpty { try AppendLog(historyPath).append(runs.map { $0.encoded() }) }
    case .look: try look(at: now)
    case .state:
      let statuses = statuses.split(separator: " ").map { $0 == "any" ? nil : String($0) }
      let report = StateReport(
        try Ledger(path: "\(state)/ledger.ndjson"), history, statuses: statuses, late: late.seconds, now: now)
      try LineWriter.print(report.lines)
      try Self.end(with: report.exitStatus)
    case .history:
      if ndjson { return try LineWriter.print(history.runs.map { String(decoding: $0.encoded(), as: UTF8.self) }) }
      try LineWriter.print(HistoryTable.lines(of: history))
    case .explain:
      let directories = try RunDirectory.all(in: state)
      let search = PersonSearch(identifier ?? "", history, zipLines: ZipReader.forEachLine)
      var isFound = false
      for directory in directories.reversed() {
        let lines = try search.lines(in: directory, showsXML: xml)
        isFound = isFound || !lines.isEmpty
        try LineWriter.print(lines)
      }
      let first = directories.first.map { "the kept runs begin with \($0.name)" } ?? "no run is kept"
      try LineWriter.print([isFound ? first : "\(identifier ?? "") is in no kept run; \(first)"])
    }
  }

  /// Prints the files that wait, from a listing of feed-push on standard input.
  private func look(at now: Instant) throws {
    var drops: [DropRecord] = []
    var isComplete = false
    try RecordReader.forEachRecord(in: "-") { record in
      if record.kind == .drop, let drop = DropRecord(record) { drops.append(drop) }
      if record.kind == .summary { isComplete = SummaryRecord(record).isComplete }
    }
    guard isComplete else { throw DataError("the listing of the drop directory is incomplete; list it again") }
    let zips = drops.filter { $0.name.contains(".zip") }
    let waiting = zips.filter { !$0.isHandled }
    let taken = zips.filter(\.isHandled).map { Self.name(of: $0) }
    let record = LookRecord(at: now, waiting: waiting.map(\.name), taken: taken)
    // Only a run creates the file, so that it belongs to the user of the service.
    if (try? FileContents.requireReadable(historyPath)) != nil { try AppendLog(historyPath).append([record.encoded()]) }
    if waiting.isEmpty { return try LineWriter.print(["  nothing"]) }
    try LineWriter.print(
      waiting.map { drop in
        let age = drop.ageSeconds.map { $0 > late.seconds ? ", LATE" : "" } ?? ", age unknown"
        return "  \(Diagnostics.escaped(drop.name))\(drop.bytes.map { ", \($0) bytes" } ?? "")"
          + "\(drop.modified.map { ", since \($0)" } ?? "")\(age)"
      })
    if waiting.contains(where: { $0.ageSeconds.map { $0 > late.seconds } ?? false }) {
      try Self.end(with: Int(ExitStatus.temporary.rawValue))
    }
  }

  /// The name of a file before Alma renamed it.
  private static func name(of drop: DropRecord) -> String {
    guard let end = drop.name.firstRange(of: ".zip")?.upperBound else { return drop.name }
    return String(drop.name[..<end])
  }

  private static func end(with status: Int) throws {
    if status != 0 { throw StageFailure(exitStatus: ExitStatus(rawValue: Int32(status)) ?? .internalFault) }
  }
}
