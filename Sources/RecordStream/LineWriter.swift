import CLinux
public import SystemPackage

/// Writes lines to a file descriptor through a buffer.
public struct LineWriter: ~Copyable {
  /// Nil if the output is discarded.
  private let file: FileDescriptor?
  /// For messages.
  private let name: String
  private var buffer: [UInt8]
  private var used = 0
  /// Whether a write has failed, so that the output is incomplete.
  public private(set) var hasFailed = false

  public init(
    _ file: FileDescriptor? = .standardOutput, name: String = "standard output", bufferSize: Int = 64 << 10
  ) {
    self.file = file
    self.name = name
    // With the default pipe size of 64 KB, stages spend more time waiting for each other.
    if let file { linux_widen_pipe(file.rawValue, 1 << 20) }
    buffer = Array(repeating: 0, count: bufferSize)
  }

  /// A writer that discards its output.
  public static var discarding: LineWriter { LineWriter(nil, bufferSize: 1 << 10) }

  /// Writes lines to standard output.
  public static func print(_ lines: [String]) throws(StreamError) {
    var output = LineWriter()
    for line in lines { try output.write(line: Array(line.utf8).span) }
    try output.flush()
  }

  /// Writes a line, and the line feed that ends it.
  public mutating func write(line: Span<UInt8>) throws(StreamError) {
    try write(line)
    try endLine()
  }

  /// Ends a line that was written in pieces.
  public mutating func endLine() throws(StreamError) {
    if used == buffer.count { try flush() }
    buffer[used] = 0x0A
    used &+= 1
  }

  /// Writes bytes without a line feed.
  public mutating func write(_ bytes: Span<UInt8>) throws(StreamError) {
    if bytes.count > buffer.count &- used {
      try flush()
      if bytes.count >= buffer.count { return try writeThrough(bytes) }
    }
    let start = used
    unsafe buffer.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBufferPointer { source in
        // An empty span has no address. The buffer has enough room: see above.
        guard let from = source.baseAddress else { return }
        unsafe target.baseAddress!.advanced(by: start).copyMemory(from: from, byteCount: source.count)
      }
    }
    used &+= bytes.count
  }

  /// Writes the buffer to the file.
  public mutating func flush() throws(StreamError) {
    let count = used
    used = 0
    // A local copy, because the call changes `self`.
    let bytes = buffer
    try writeThrough(bytes.span.extracting(0..<count))
  }

  private mutating func writeThrough(_ bytes: Span<UInt8>) throws(StreamError) {
    guard let file else { return }
    do {
      _ = try unsafe bytes.withUnsafeBufferPointer { try unsafe file.writeAll(UnsafeRawBufferPointer($0)) }
    } catch {
      hasFailed = true
      throw StreamError.output(path: name, error as? Errno ?? .ioError)
    }
  }
}
