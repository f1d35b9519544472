import ArgumentParser
import PeopleSoft
import RecordStream
import StageSupport

@main
struct PSFetch: StageCommand {
  static let name = "ps-fetch"
  static let settings =
    StageOptions.settings + WindowOptions.settings + ConnectionOptions.settings
    + [.option("input"), .option("input-format")]
  static let configuration = describe(
    "Fetch people from the PeopleSoft API store, one a line.",
    variables: ["PS_CLIENT_SECRET: the client's secret", "https_proxy, no_proxy: as curl has them"])

  @OptionGroup(title: "People") var people: WindowOptions
  @OptionGroup(title: "API store") var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Read a saved response from this file, or from standard input (-).", valueName: "file"))
  var input: String?

  @Option(help: "What that file is: json (a response) or ndjson (people, one a line).")
  var inputFormat = InputFormat.json

  @Flag(help: "Print the requests that would be made, without secrets, and stop.")
  var dryRun = false

  @OptionGroup var options: StageOptions

  enum InputFormat: String, ExpressibleByArgument, CaseIterable {
    case json, ndjson
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    let started = runner.clock.now
    let window = try people.window(at: started)
    let address = input == nil ? try connection.feed(people.letter, window) : nil
    if dryRun { return try printRequests(address) }
    let store = try address.map { try connection.store($0) }
    let source = try address?.shown ?? input.map { $0 == "-" ? $0 : try Directory.absolute($0) }
    let feed = FeedRecord(
      status: people.letter, since: window?.since, until: window?.until, source: source, started: started)
    let diagnostics = runner.diagnostics
    var count = 0
    try runner.run(counts: { [(.people, count)] }) { output, progress in
      try output.write(line: feed.encoded().span)
      try output.flush()
      let show = { (number: Int) in
        count = number
        progress.show((number, "people"))
      }
      guard let store else { return try readInput(to: &output, show) }
      var retries = Retries(connection.retries, diagnostics)
      var peopleStore = try PeopleStore(store, diagnostics)
      try peopleStore.write(to: &output, retries: &retries, count: show)
    }
  }

  /// What would be asked for; nothing with `--input`.
  private func printRequests(_ feed: WebAddress?) throws {
    guard let feed else { return }
    var output = LineWriter()
    let lines = "POST \(try connection.token().shown)\nGET \(feed.shown)"
    try output.write(line: Array(lines.utf8).span)
    try output.flush()
  }

  private func readInput(to output: inout LineWriter, _ show: (Int) -> Void) throws {
    guard let input else { return }
    switch inputFormat {
    case .json: try SavedResponse(path: input).write(to: &output, count: show)
    case .ndjson: try SavedPeople(path: input).write(to: &output, count: show)
    }
  }
}
