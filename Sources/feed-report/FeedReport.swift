import ArgumentParser
import Calendar
import Command
import Files
import Glibc
import RecordStream
import Report
import Stage
import StageErrors
import ZipArchive

/// Answers the questions of an operator from the ledger, the history and the kept runs. `alma-people-feed` calls it.
@main
struct FeedReport: StageCommand {
  static let name = "feed-report"
  static let settings: [Setting] =
    [
      .option("late", variable: "ALMA_PEOPLE_LATE"), .option("tz", variable: "PS_TZ"),
      .option("metrics", variable: "ALMA_PEOPLE_METRICS"),
    ] + PingOptions.settings
  static let configuration = describe("Report what the runs of an installation did.")

  enum Action: String, ExpressibleByArgument, CaseIterable {
    /// Append what is new in the directories of runs to the history. No other run may be active.
    case record
    /// Append the new answers of Alma to the history.
    case recordLoads = "record-loads"
    /// Append a listing of the drop directory, on standard input, to the history, and print what waits.
    case look
    /// Write the file for Prometheus.
    case metrics
    /// Request the URL that is told of runs.
    case ping
    case state, history, explain, report
  }

  @Argument(help: "record, record-loads, look, metrics, ping, state, history, explain or report.")
  var action: Action

  @Argument(
    help: .init(
      "With explain: a person's EMPLID, NetID or barcode. With ping: start, or the exit status.", valueName: "ID"))
  var identifier: String?

  @Option(help: .init("The state directory.", valueName: "directory"), completion: .directory)
  var state = "/var/lib/alma-people"

  @Option(help: .init("The statuses that are delivered, separated by spaces.", valueName: "statuses"))
  var statuses = "E"

  @Option(help: "A delivery or a waiting file is late after this time, such as 90m, 26h or 2d.")
  var late = WaitingTime("26h")!

  @Option(help: .init("The API store's time zone; by default TZ.", valueName: "zone"))
  var tz: String?

  @Option(help: .init("With look: print this name of the drop directory.", valueName: "url"))
  var place: String?

  @Option(help: .init("With record: why a feed of the last run left no account, as STATUS:TEXT.", valueName: "failure"))
  var failure: [String] = []

  @Option(help: .init("With record: the feeds are full ones, of this status.", valueName: "status"))
  var full: String?

  @Option(file: "With metrics: write this file.")
  var metrics: String?

  @Option(help: .init("With report: begin with this day.", valueName: "day"))
  var since: Day?

  @Option(help: .init("With report: end before this day.", valueName: "day"))
  var until: Day?

  @OptionGroup var ping: PingOptions

  @Flag(help: "With explain: print the XML that was sent.")
  var xml = false

  @Flag(help: "With state, look and history: print records.")
  var ndjson = false

  @Flag(help: "With state: Alma is asked what it did with deliveries.")
  var asksAlma = false

  private var historyPath: String { "\(state)/history.ndjson" }
  private var ledger: Ledger { get throws { try Ledger(path: "\(state)/ledger.ndjson") } }

  func validate() throws {
    if [.explain, .ping].contains(action) != (identifier != nil) {
      throw ValidationError("explain and ping need an ID, and the others none")
    }
  }

  func run() throws {
    let now = try Clock().now
    switch action {
    case .record: try record()
    case .recordLoads: try recordLoads()
    case .look: try look(at: now)
    case .metrics:
      guard let metrics else { throw ValidationError("metrics needs --metrics") }
      try Metrics(try History(path: historyPath), try ledger).write(to: metrics)
    case .ping: try ping.send(identifier ?? "")
    case .state: try printState(at: now)
    case .history:
      let (history, ledger) = (try History(path: historyPath), try ledger)
      if ndjson {
        let records = history.runs.flatMap { [$0.encoded()] + ledger.deliveriesAgain(of: $0).map { $0.encoded() } }
        return try LineWriter.print(records.map { String(decoding: $0, as: UTF8.self) })
      }
      try LineWriter.print(HistoryTable.lines(of: history, ledger))
    case .explain: try explain(identifier ?? "")
    case .report:
      let page = HistoryPage(
        try History(path: historyPath), try ledger, from: since, to: until, at: now, late: late.seconds,
        statuses: statuses.statuses)
      try LineWriter.print([page.html])
    }
  }

  private func record() throws {
    let log = try AppendLog(historyPath, keepsLock: true)
    var failures: [String: String] = [:]
    for text in failure {
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      if parts.count == 2 { failures[parts[0]] = parts[1] }
    }
    let runs = try History(path: historyPath)
      .missing(from: RunDirectory.all(in: state), try ledger, failures: failures, full: full)
    if !runs.isEmpty { try log.append(runs.map { $0.encoded() }) }
  }

  private func recordLoads() throws {
    let loads = try LoadRecord.all(in: state)
    guard !loads.isEmpty, hasHistory else { return }
    let log = try AppendLog(historyPath, keepsLock: true)
    let missing = try History(path: historyPath).missing(from: loads)
    if !missing.isEmpty { try log.append(missing.map { $0.encoded() }) }
  }

  /// Whether there is a history. Only a run creates the file, so that it belongs to the user of the service.
  private var hasHistory: Bool { (try? FileContents.requireReadable(historyPath)) != nil }

  private func printState(at now: Instant) throws {
    let directories = try RunDirectory.all(in: state)
    let history = try History(path: historyPath)
    if directories.isEmpty, history.runs.isEmpty {
      return try ndjson ? () : LineWriter.print(["no run yet in \(Diagnostics.escaped(state))"])
    }
    let zone = try StoreTimeZone.set(tz ?? Environment.value("TZ"))
    let report = StateReport(
      try ledger, history, statuses: statuses.statuses, unsent: try UnsentMail(in: directories), late: late.seconds,
      asksAlma: asksAlma, now: now, day: zone.day)
    try LineWriter.print(ndjson ? report.records.map { String(decoding: $0, as: UTF8.self) } : report.lines)
    try Self.end(with: report.exitStatus)
  }

  private func explain(_ identifier: String) throws {
    let directories = try RunDirectory.all(in: state)
    let search = PersonSearch(identifier, try History(path: historyPath)) { try ZipReader.forEachLine(in: $0, $1) }
    var isFound = false
    var knowsAll = true
    var first: String?
    for directory in directories.reversed() {
      let (lines, isWhole) = try search.lines(in: directory, showsXML: xml)
      isFound = isFound || !lines.isEmpty
      // From the newest run that has lost data on, a person who is not found may have been in a run.
      knowsAll = knowsAll && isWhole
      if knowsAll { first = directory.name }
      try LineWriter.print(lines)
    }
    let isAll = first == directories.first?.name
    let begin =
      first.map { isAll ? "the kept runs begin with \($0)" : "data of people are kept from run \($0) on" }
      ?? "no run with data of people is kept"
    try LineWriter.print([isFound ? begin : "\(Diagnostics.escaped(identifier)) is in no kept run; \(begin)"])
  }

  /// Adds a listing of feed-push, from standard input, to the history, and prints what it shows.
  private func look(at now: Instant) throws {
    let listing = try DropListing()
    var history = try History(path: historyPath)
    let look = history.look(at: now, waiting: listing.waiting.map(\.name), taken: listing.taken, try ledger)
    history.add(look)
    if hasHistory { try AppendLog(historyPath).append([look.encoded()]) }
    if ndjson {
      let records = [look.encoded()] + listing.waiting.map { $0.encoded() }
      try LineWriter.print(records.map { String(decoding: $0, as: UTF8.self) })
    } else {
      try LineWriter.print(listing.lines(look, history, in: place, late: late.seconds))
    }
    if listing.isLate(after: late.seconds) { try Self.end(with: Int(ExitStatus.temporary.rawValue)) }
  }

  private static func end(with status: Int) throws {
    if status == 0 { return }
    // The status of a killed stage is not one of `ExitStatus`.
    guard let status = ExitStatus(rawValue: Int32(status)) else { Glibc.exit(Int32(status)) }
    throw StageFailure(exitStatus: status)
  }
}

extension String {
  /// The statuses in a list; nil is any.
  fileprivate var statuses: [String?] { split(separator: " ").map { $0 == "any" ? nil : String($0) } }
}
