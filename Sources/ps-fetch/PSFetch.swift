import ArgumentParser
import PeopleSoft
import RecordStream
import StageSupport

@main
struct PSFetch: StageCommand {
  static let name = "ps-fetch"
  static let settings =
    StageOptions.settings + WindowOptions.settings + ConnectionOptions.settings + InputOptions.settings
  static let configuration = describe(
    "Fetch people from the PeopleSoft API store, one a line.",
    variables: ["PS_CLIENT_SECRET: the client's secret", "https_proxy, no_proxy: as curl has them"])

  @OptionGroup(title: "People") var people: WindowOptions
  @OptionGroup(title: "API store") var connection: ConnectionOptions
  @OptionGroup(title: "Saved responses") var saved: InputOptions

  @Flag(help: "Ask for a token, and stop.")
  var check = false

  @Flag(help: "Print the requests that would be made, without secrets, and stop.")
  var dryRun = false

  @OptionGroup var options: StageOptions

  func validate() throws {
    if check, saved.input != nil { throw ValidationError("--check asks the API store; --input does without it") }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    let window = try people.window(at: runner.clock.now)
    let address = saved.input == nil ? try connection.feed(people.letter, window) : nil
    if dryRun { return try printRequests(address) }
    let store = try address.map { try connection.store($0) }
    let diagnostics = runner.diagnostics
    var retries = Retries(connection.retries, diagnostics)
    if check, let store {
      var peopleStore = try PeopleStore(store, diagnostics)
      return try peopleStore.check(retries: &retries)
    }
    let feed = FeedRecord(
      status: people.letter, since: window?.since, until: window?.until, source: try address?.shown ?? saved.source(),
      started: runner.clock.now)
    var count = 0
    try runner.run(counts: { [(.people, count)] }) { output, progress in
      try output.write(line: feed.encoded().span)
      try output.flush()
      let show = { (number: Int) in
        count = number
        progress.show((number, "people"))
      }
      guard let store else { return try saved.write(to: &output, count: show) }
      var peopleStore = try PeopleStore(store, diagnostics)
      try peopleStore.write(to: &output, retries: &retries, count: show)
    }
  }

  /// What would be asked for: nothing with `--input`.
  private func printRequests(_ feed: WebAddress?) throws {
    guard let feed else { return }
    var output = LineWriter()
    let lines = "POST \(try connection.token().shown)\nGET \(feed.shown)"
    try output.write(line: Array(lines.utf8).span)
    try output.flush()
  }
}
