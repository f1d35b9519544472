import AlmaXML
import ArgumentParser
import Calendar
import Command
import Files
import Patron
import ProfileFile
import RecordStream
import Stage

@main
struct PatronToXML: StageCommand {
  static let name = "patron-to-xml"
  static let settings =
    StageOptions.settings + ProfileOptions.settings + [
      .option("output-dir", use: .byHand), .option("name", use: .byHand), .option("users-per-file"),
      .option("output", use: .byHand), .switch("pretty"), .option("today", use: .byHand),
    ]
  static let configuration = describe("Write the people of the stream as documents of Alma users.")

  @Option(help: .init("The directory for the documents.", valueName: "directory"), completion: .directory)
  var outputDir = "."

  @Option(
    help: .init("The name of the document without .xml. The default is made of the feed's window.", valueName: "name"))
  var name: String?

  @Option("Begin a new document after this many users.", "number", in: 1...)
  var usersPerFile: Int?

  @Option(file: "Write one document to this file. - writes it to standard output, in place of the stream.")
  var output: String?

  @Flag(help: "Write each element on a line of its own, indented, for people to read.")
  var pretty = false

  @Option(
    help: .init(
      "The day that $today means in the profile, YYYY-MM-DD. The default is the feed's until, or else the current day.",
      valueName: "day"))
  var today: Day?

  @OptionGroup var profile: ProfileOptions

  @Flag(help: "Print the profile that would be used, and do nothing else.")
  var printProfile = false

  @Flag(help: .hidden)
  var printProfileSchema = false

  @OptionGroup var options: StageOptions

  @Argument(files: "Streams to read one after the other; standard input if none is given.")
  var files: [String] = []

  func validate() throws {
    if let name, name.isEmpty || name.contains("/") { throw ValidationError("--name has to be a file name without /") }
    if output != nil, usersPerFile != nil || name != nil {
      throw ValidationError("--output cannot be used with --name or --users-per-file")
    }
  }

  func run() throws {
    if printProfileSchema { return try Self.print(ProfileSchema.document) }
    let loaded = try profile.load()
    if printProfile { return try Self.print(loaded.document) }
    var runner = try StageRunner(Self.name, options)
    let target: DocumentSeries.Target =
      switch output {
      case nil: .directory(try Directory.absolute(outputDir), name: name)
      case "-": .standardOutput
      case let path?: .file(try Directory.absolute(path))
      }
    let day = runner.clock.now.day
    var stage = DocumentStage(
      target, RuleSet(loaded.plan, today: today ?? day, comparesPeople: false), loaded, usersPerDocument: usersPerFile,
      form: pretty ? .pretty : .lines, today: today, day: day)
    try runner.run(&stage, files: files, writesStream: output != "-")
  }

  private static func print(_ bytes: [UInt8]) throws {
    var output = LineWriter()
    try output.write(bytes.span)
    try output.flush()
  }
}
