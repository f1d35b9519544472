import AlmaXML
import ArgumentParser
import Calendar
import Patron
import RecordStream
import StageSupport

@main
struct PatronToXML: StageCommand {
  static let name = "patron-to-xml"
  static let settings =
    StageOptions.settings + [
      .option("output-dir", use: .byHand), .option("name", use: .byHand), .option("users-per-file"),
      .option("output", use: .byHand), .switch("pretty"), .option("today", use: .byHand),
    ]
  static let configuration = describe("Turn the people of the stream into Alma user documents.")

  @Option(help: .init("The directory for the documents.", valueName: "directory"))
  var outputDir = "."

  @Option(
    help: .init("The documents' name without .xml, in place of the one made of the feed's window.", valueName: "name"))
  var name: String?

  @Option(help: .init("Begin a new document after so many users.", valueName: "number"))
  var usersPerFile: Int?

  @Option(
    help: .init(
      "Write one document to this file; - writes it to standard output, and no stream, for eyes.", valueName: "file"))
  var output: String?

  @Flag(help: "Indent the document, an element a line, for eyes.")
  var pretty = false

  @Option(
    help: .init(
      "The day on which privileges end that have no date, YYYY-MM-DD; else the feed's until, else this day.",
      valueName: "day"))
  var today: Day?

  @OptionGroup var options: StageOptions

  @Argument(help: .init("Streams to read one after the other; standard input where none is given.", valueName: "file"))
  var files: [String] = []

  func validate() throws {
    if let usersPerFile, usersPerFile < 1 { throw ValidationError("--users-per-file has to be 1 or more") }
    if let name, name.isEmpty || name.contains("/") { throw ValidationError("--name is a file name, without /") }
    if output != nil, usersPerFile != nil || name != nil {
      throw ValidationError("--output names one file; it does not go with --name or --users-per-file")
    }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    let target: DocumentSeries.Target =
      switch output {
      case nil: .directory(try Directory.absolute(outputDir), name: name)
      case "-": .standardOutput
      case let path?: .file(try Directory.absolute(path))
      }
    var stage = DocumentStage(
      target, plan: try Plan(.builtIn()), usersPerDocument: usersPerFile, form: pretty ? .pretty : .lines, today: today,
      clock: runner.clock)
    try runner.run(&stage, files: files, writesStream: output != "-")
  }
}
