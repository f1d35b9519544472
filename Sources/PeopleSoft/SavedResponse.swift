import Files
import Glibc
public import RecordStream
import SystemPackage

/// A response of the API store that was saved in a file.
public struct SavedResponse: Sendable {
  private let path: String

  /// - Parameter path: `-` for standard input.
  public init(path: String) { self.path = path }

  /// Writes its people, one a line.
  /// - Parameter count: told how many there have been, now and then and at the end.
  public func write(to output: inout LineWriter, count: (Int) -> Void) throws {
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
    // Whoever reads the stream need not wait while we do.
    if !file.isReady { try output.flush() }
    do {
      return try unsafe splitter.fill { try unsafe file.read(into: $0) }
    } catch {
      throw FileError(.read, name, error)
    }
  }
}

extension FileDescriptor {
  /// Bytes, or the end, stand ready.
  fileprivate var isReady: Bool {
    var request = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) != 0
  }
}
