import ArgumentParser
import Command
import Files
import PeopleSoft
import RecordStream

/// A file or a program in place of the API store.
struct InputOptions: ParsableArguments {
  @Option(file: "Read a saved response from this file, or from standard input (-).")
  var input: String?

  @Option(
    help: .init("What that file is: json (a response) or ndjson (people, one a line).", valueName: "format"))
  var inputFormat = Format.json

  @Option(
    file:
      "Run this program with the status, the first day of the window and the day after its last, and read the people, one a line, from its output.",
    "program")
  var inputCommand: String?

  static let settings: [Setting] = [
    .option("input", overriddenBy: ["check"], use: .byHand), .option("input-format"),
    .option("input-command", overriddenBy: ["check", "input"], use: .byHand),
  ]

  func validate() throws {
    guard let inputCommand else { return }
    if !inputCommand.hasPrefix("/") { throw ValidationError("--input-command has to be an absolute path") }
    if input != nil { throw ValidationError("--input and --input-command exclude each other") }
  }

  /// The people do not come from the API store.
  var isUsed: Bool { input != nil || inputCommand != nil }

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json, ndjson
  }

  /// The path, for the feed line.
  func source() throws -> String? {
    try inputCommand ?? input.map { $0 == "-" ? $0 : try Directory.absolute($0) }
  }

  /// Writes the people.
  /// - Parameter command: the program, which has run.
  func write(to output: inout LineWriter, from command: InputCommand?, count: (Int) -> Void) throws {
    if let command { return try SavedPeople(path: command.output).write(to: &output, count: count) }
    guard let input else { return }
    switch inputFormat {
    case .json: try SavedResponse(path: input).write(to: &output, count: count)
    case .ndjson: try SavedPeople(path: input).write(to: &output, count: count)
    }
  }
}
