import ArgumentParser
import PeopleSoft
import RecordStream
import StageSupport

@main
struct PSFetch: StageCommand {
  static let name = "ps-fetch"
  static let settings =
    StageOptions.settings + WindowOptions.settings + [.option("input"), .option("input-format")]
  static let configuration = describe("Fetch people from the PeopleSoft API store, one a line.")

  @OptionGroup(title: "People") var people: WindowOptions

  @Option(help: ArgumentHelp("Read a saved response from this file, or from standard input (-).", valueName: "file"))
  var input: String?

  @Option(help: "What the file is: json (a response) or ndjson (people, one a line).")
  var inputFormat = InputFormat.json

  @OptionGroup var options: StageOptions

  enum InputFormat: String, ExpressibleByArgument, CaseIterable {
    case json, ndjson
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    let window = try people.window(at: runner.clock.now)
    guard let input else { throw SettingError("nothing to read from; give --input FILE") }
    let feed = FeedRecord(
      status: people.letter, since: window?.since, until: window?.until,
      source: input == "-" ? input : try Directory.absolute(input), started: runner.clock.now)
    var count = 0
    try runner.run(counts: { [(.people, count)] }) { output, progress in
      try output.write(line: feed.encoded().span)
      try output.flush()
      let show = { (number: Int) in
        count = number
        progress.show((number, "people"))
      }
      switch inputFormat {
      case .json: try SavedResponse(path: input).write(to: &output, count: show)
      case .ndjson: try SavedPeople(path: input).write(to: &output, count: show)
      }
    }
  }
}
