import Files
import RecordStream

/// The body of one response to a request for people, as it arrives.
struct FeedBody: ~Copyable {
  /// The beginning, until it is known that people come.
  private(set) var head: [UInt8] = []
  private var splitter = ResponseSplitter()
  /// Why there are no people in it. It is read on, as what it says is more telling.
  private var fault: EnvelopeFault?
  private var copy: PendingFile?
  private var hasCopied = false

  /// - Parameter path: a file that gets the body as it came, but unpacked.
  init(copy path: String?) throws(FileError) {
    if let path { copy = try PendingFile(path) } else { copy = nil }
  }

  var people: Int { splitter.people }

  /// Keeps a piece of a body that has no people.
  /// - Throws: `EnoughRead` where more of it is of no use.
  mutating func keep(_ piece: Span<UInt8>) throws(EnoughRead) { try PeopleStore.keep(piece, in: &head) }

  /// Takes a piece of the body of a 200, and writes the people that are whole.
  mutating func take(_ piece: Span<UInt8>, to output: inout LineWriter) throws {
    try copy?.write(piece)
    hasCopied = true
    if !splitter.hasBegun { try? keep(piece) }
    defer { if splitter.hasBegun { head.removeAll() } }
    if let fault {
      if head.count >= GatewayFault.maxBytes { throw fault }
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

  /// Makes sure that the body was whole.
  mutating func finish(to output: inout LineWriter) throws {
    if let fault { throw fault }
    try splitter.finish()
  }

  /// Gives the copy its name, also where it is no good: it is there to be looked at.
  mutating func saveCopy() throws(FileError) {
    guard hasCopied, let copy = copy.take() else { return }
    try copy.commit()
  }
}
