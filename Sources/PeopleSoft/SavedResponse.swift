import Files
import Glibc
package import RecordStream
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
      let file = try open()
      try file.closeAfter {
        while try read(file, into: &splitter, output: &output) > 0 {
          try splitter.split { try output.write(line: $0) }
          count(splitter.people)
        }
      }
      try splitter.finish()
    } catch let fault as EnvelopeFault {
      throw PeopleSoftError.savedResponse(path: name, fault)
    }
  }

  private var name: String { path == "-" ? "standard input" : path }

  private func open() throws(FileError) -> FileDescriptor {
    if path == "-" { return .standardInput }
    do {
      return try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    } catch {
      throw FileError(.open, path, error)
    }
  }

  private func read(
    _ file: FileDescriptor, into splitter: inout ResponseSplitter, output: inout LineWriter
  ) throws -> Int {
    // While this stage waits for input, the reader of the stream has all there is.
    if !file.isReady { try output.flush() }
    do {
      return try unsafe splitter.fill { try unsafe file.read(into: $0) }
    } catch {
      throw FileError(.read, name, error)
    }
  }
}

extension FileDescriptor {
  /// Whether bytes, or the end of the file, can be read without waiting.
  fileprivate var isReady: Bool {
    var request = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) != 0
  }
}
