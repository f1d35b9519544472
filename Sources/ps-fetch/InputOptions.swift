import ArgumentParser
import Command
import Files
import PeopleSoft
import RecordStream

/// A file in place of the API store.
struct InputOptions: ParsableArguments {
  @Option(
    help: .init("Read a saved response from this file, or from standard input (-).", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    help: .init("What that file is: json (a response) or ndjson (people, one a line).", valueName: "format"))
  var inputFormat = Format.json

  static let settings: [Setting] = [.option("input", yieldingTo: ["check"], use: .byHand), .option("input-format")]

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json, ndjson
  }

  /// The file's place, for the feed line.
  func source() throws -> String? {
    try input.map { $0 == "-" ? $0 : try Directory.absolute($0) }
  }

  /// Writes its people.
  func write(to output: inout LineWriter, count: (Int) -> Void) throws {
    guard let input else { return }
    switch inputFormat {
    case .json: try SavedResponse(path: input).write(to: &output, count: count)
    case .ndjson: try SavedPeople(path: input).write(to: &output, count: count)
    }
  }
}
