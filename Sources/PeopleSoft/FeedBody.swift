import Files
import HTTPS
import RecordStream

/// The body of one response to a request for people, as it arrives.
struct FeedBody: ~Copyable {
  /// The beginning, until it is known that the body contains people.
  private(set) var head = BodyStart()
  private var splitter = ResponseSplitter()
  /// Why the body contains no people. Reading continues, because the rest may have an error message.
  private var fault: EnvelopeFault?
  private var copy: PendingFile?
  private var hasCopied = false

  /// - Parameter path: a file for a copy of the decompressed body; nil for none.
  init(copy path: String?) throws(FileError) {
    if let path { copy = try PendingFile(path) } else { copy = nil }
  }

  var people: Int { splitter.people }

  /// Keeps a piece of a body that has no people.
  /// - Throws: `EnoughRead` if no more of it is needed.
  mutating func keep(_ piece: Span<UInt8>) throws(EnoughRead) { try head.append(piece) }

  /// Takes a piece of the body of a response with status 200, and writes the people that are complete.
  mutating func take(_ piece: Span<UInt8>, to output: inout LineWriter) throws {
    try copy?.write(piece)
    hasCopied = true
    if !splitter.hasBegun { try? keep(piece) }
    defer { if splitter.hasBegun { head.removeAll() } }
    if let fault {
      if head.isFull { throw fault }
      return
    }
    do {
      splitter.append(piece)
      try splitter.split { try output.write(line: $0) }
    } catch let fault as EnvelopeFault where !splitter.hasBegun {
      self.fault = fault
    }
    try output.flush()
  }

  /// Throws an `EnvelopeFault` if the body was incomplete.
  mutating func finish() throws {
    if let fault { throw fault }
    try splitter.finish()
  }

  /// Saves the copy, also of an invalid body, so that it can be examined.
  mutating func saveCopy() throws(FileError) {
    guard hasCopied, let copy = copy.take() else { return }
    try copy.commit()
  }
}
