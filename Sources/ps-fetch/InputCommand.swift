import Calendar
import Files
import Glibc
import PeopleSoft
import Stage
import StageErrors
import SystemPackage

/// A program in place of the API store. It writes the people of a status and a window to standard output, one a line.
struct InputCommand {
  /// Absolute. It is run without a shell.
  let path: String
  /// The file for its output.
  let output: String

  /// Runs the program with the status (`E`, `I` or `any`) and the first day of the window and the day after its last,
  /// or two empty arguments for a full feed. The file of its output gets its name only after exit status 0, so that a
  /// program that fails never looks like a smaller feed.
  /// - Throws: the last line of its standard error, with its exit status if a stage has that too, otherwise 69; 75 if
  ///   it was killed; 78 if it cannot be run.
  func run(status: String, window: FeedWindow?, _ diagnostics: Diagnostics) throws {
    let words = words(status: status, window: window)
    diagnostics.note("running \(words.joined(separator: " "))")
    let file = try PendingFile(output)
    let errors = try FileDescriptor.memory()
    defer { try? errors.close() }
    let end: Child.End?
    do {
      let input = try FileDescriptor.open(FilePath("/dev/null"), .readOnly, options: .closeOnExec)
      defer { try? input.close() }
      end = try Child(words, input: input, output: file.file, errors: errors).end(within: Self.longestRun)
    } catch let error as Errno {
      throw PeopleSoftError("cannot run \(path): \(error); see --input-command", Child.exitStatus(of: error))
    }
    let text = errors.text(limit: Self.longestMessage)
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    for line in lines { diagnostics.note("\(path): \(line)") }
    guard end == .exited(0) else {
      let said = lines.last.map { ": \($0)" } ?? "; it wrote no message to standard error"
      throw PeopleSoftError("\(path) \(Self.spelled(end))\(said)", Self.exitStatus(of: end))
    }
    try file.commit()
  }

  /// The program and its arguments.
  func words(status: String, window: FeedWindow?) -> [String] {
    [path, status, window?.since.description ?? "", window?.until.description ?? ""]
  }

  /// Throws if the program cannot be run.
  func check() throws {
    guard unsafe access(path, X_OK) == 0 else {
      throw PeopleSoftError("cannot run \(path): \(Errno.current); see --input-command", .configuration)
    }
  }

  private static let longestRun = Duration.seconds(86_400)
  /// In bytes.
  private static let longestMessage = 64 << 10

  private static func spelled(_ end: Child.End?) -> String {
    switch end {
    case .exited(let status): "failed with exit status \(status)"
    case .signaled(let signal): "was killed by signal \(signal)"
    case nil: "did not end within a day and was killed"
    }
  }

  private static func exitStatus(of end: Child.End?) -> ExitStatus {
    guard case .exited(let number) = end else { return .temporary }
    let status = ExitStatus(rawValue: number) ?? .refused
    return [.usage, .internalFault].contains(status) ? .refused : status
  }
}
