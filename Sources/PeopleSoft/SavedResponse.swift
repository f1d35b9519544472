import Files
package import RecordStream
import StageErrors
import SystemPackage

/// A file with a response of the API store.
package struct SavedResponse: Sendable {
  private let path: String

  /// Does not open the file.
  /// - Parameter path: `-` for standard input.
  package init(path: String) { self.path = path }

  /// Writes its people, one a line.
  /// - Parameter count: called with the number of people so far, from time to time and at the end.
  /// - Throws: `PeopleSoftError` if it is not a list of people; `FileError` if it cannot be read.
  package func write(to output: inout LineWriter, count: (Int) -> Void) throws {
    var splitter = ResponseSplitter()
    defer { count(splitter.people) }
    do {
      let file = path == "-" ? FileDescriptor.standardInput : try FileDescriptor.open(path, for: .open)
      try file.closeAfter {
        while try read(file, into: &splitter, output: &output) > 0 {
          try splitter.split { try output.write(line: $0) }
          count(splitter.people)
        }
      }
      try splitter.finish()
    } catch let fault as EnvelopeFault {
      throw PeopleSoftError("\(name): \(fault)", fault.isCut ? .badData : .protocolViolation)
    }
  }

  private var name: String { path == "-" ? "standard input" : path }

  private func read(
    _ file: FileDescriptor, into splitter: inout ResponseSplitter, output: inout LineWriter
  ) throws -> Int {
    // Before this stage waits for input, it writes all that it has.
    if !file.isReady { try output.flush() }
    do {
      return try unsafe splitter.fill { try unsafe file.read(into: $0) }
    } catch {
      throw FileError(.read, name, error)
    }
  }
}
