import ArgumentParser
import Calendar
import Command
import Files
import HTTPS
import PeopleSoft
import RecordStream
import Stage

@main
struct PSFetch: StageCommand {
  static let name = "ps-fetch"
  static let settings =
    StageOptions.settings + WindowOptions.settings + ConnectionOptions.settings + InputOptions.settings
    + [.secret("PS_CLIENT_SECRET")]
    + Setting.proxies
  static let configuration = describe(
    "Fetch people from the PeopleSoft API store, one a line.",
    variables: ["PS_CLIENT_SECRET: the client's secret", "https_proxy, no_proxy: as curl has them"])

  @OptionGroup(title: "People") var people: WindowOptions
  @OptionGroup(title: "API store") var connection: ConnectionOptions
  @OptionGroup(title: "Saved responses") var saved: InputOptions

  @Flag(help: "Request a token, and exit.")
  var check = false

  @Flag(help: "Print the requests that would be made, without secrets, and exit.")
  var dryRun = false

  @Flag(help: "With a ledger, print the window that is due, if there is one, and exit.")
  var due = false

  @Flag(help: "Write to the ledger that the days from --since to --until are waived, and exit.")
  var waive = false

  @OptionGroup var options: StageOptions

  func validate() throws {
    if saved.inputCommand != nil, connection.saveResponse == nil, !dryRun {
      throw ValidationError("--input-command needs --save-response, the file for its output")
    }
    if check, saved.isUsed { throw ValidationError("--check needs the API store, and --input does not use it") }
    if due, people.ledger == nil, people.sinceLast == nil { throw ValidationError("--due needs --ledger") }
    guard waive else { return }
    guard people.ledger != nil, people.since != nil, people.until != nil else {
      throw ValidationError("--waive needs --ledger, --since and --until")
    }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    let (diagnostics, now) = (runner.diagnostics, runner.clock.now)
    let zone = try people.zone(at: now)
    if due { return try printDue(at: now, in: zone, diagnostics) }
    if waive { return try writeWaiver(at: now, in: zone, diagnostics) }
    if dryRun { return try printRequests(try people.plan(at: now, in: zone, diagnostics).window) }
    if check {
      var retries = Retries(connection.retries.limits, diagnostics)
      var store = try PeopleStore(try connection.store(try connection.feed(people.letter, nil)), diagnostics)
      return try store.check(retries: &retries)
    }
    let command = command
    try command?.check()
    var store = !saved.isUsed ? try connection.store(try connection.feed(people.letter, nil)) : nil
    var count = 0
    try runner.run(counts: { [(.people, count)] }) { output, progress in
      let plan = try people.plan(at: now, in: zone, diagnostics)
      if store != nil { store?.feed = try connection.feed(people.letter, plan.window) }
      // The window is in the ledger before it is requested: from then on its days are owed.
      if let path = people.ledger, let window = plan.recorded {
        try AppendLog(path).append([people.record(window, at: now).encoded()])
      }
      let feed = FeedRecord(
        status: people.letter, since: plan.window?.since, until: plan.window?.until,
        source: try store?.feed.shown ?? saved.source(), started: now)
      try output.write(line: feed.encoded().span)
      try output.flush()
      let show = { (number: Int) in
        count = number
        progress.show((number, "people"))
      }
      if let store {
        var retries = Retries(connection.retries.limits, diagnostics)
        var people = try PeopleStore(store, diagnostics)
        try people.write(to: &output, retries: &retries, count: show)
      } else {
        try command?.run(status: people.status.rawValue, window: plan.window, diagnostics)
        try saved.write(to: &output, from: command, count: show)
      }
      return plan.unreachable
    }
  }

  private var command: InputCommand? {
    saved.inputCommand.map { InputCommand(path: $0, output: connection.saveResponse ?? "/dev/null") }
  }

  /// Prints the requests, or the program and its arguments: nothing with `--input`.
  private func printRequests(_ window: FeedWindow?) throws {
    if let command {
      try command.check()
      let words = command.words(status: people.status.rawValue, window: window)
      return try LineWriter.print(["RUN \(words.joined(separator: " "))"])
    }
    guard saved.input == nil else { return }
    let feed = try connection.feed(people.letter, window)
    try LineWriter.print(["POST \(try connection.token().shown)", "GET \(feed.shown)"])
  }

  /// The window that a run would fetch now, as a record of the ledger.
  private func printDue(at now: Instant, in zone: StoreTimeZone, _ diagnostics: Diagnostics) throws {
    let plan = try people.plan(at: now, in: zone, diagnostics)
    guard plan.isDue else {
      if let unreachable = plan.unreachable { throw unreachable }
      let until = plan.settledUntil.map { "up to \($0)" } ?? "today"
      return diagnostics.report("\(people.letter ?? "any"): delivered \(until) already, and no day is owed")
    }
    guard let window = plan.recorded else { return try LineWriter.print(["all people"]) }
    try LineWriter.print([String(decoding: people.record(window, at: now).encoded(), as: UTF8.self)])
  }

  private func writeWaiver(at now: Instant, in zone: StoreTimeZone, _ diagnostics: Diagnostics) throws {
    let plan = try people.plan(at: now, in: zone, diagnostics)
    guard let path = people.ledger, let window = plan.window else { return }
    let record = people.record(window, at: now, isWaived: true).encoded()
    try AppendLog(path).append([record])
    try LineWriter.print([String(decoding: record, as: UTF8.self)])
  }
}
