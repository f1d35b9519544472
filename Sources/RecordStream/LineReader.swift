import CLinux
import Glibc
package import SystemPackage

/// Reads the lines of files, or of standard input, and lends each line in its buffer.
///
/// Blank lines are skipped, but counted. A last line without a line feed is a line. Of a line of the maximum length or
/// more only the beginning is lent; the rest can be read in pieces, or is skipped. So memory is bounded.
public struct LineReader: ~Copyable {
  /// A line of this length or more, in bytes, can be cut: more than the longest possible reject.
  public static let longestLine = 4 << 20
  public static let bufferSize = 64 << 10

  private var number = 0
  private var isCut = false

  private var paths: [String]
  private var path = "standard input"
  private var file: FileDescriptor?
  private var numberInFile = 0

  private var buffer: [UInt8]
  private let bufferLimit: Int
  /// The current line in the buffer, without its line feed.
  private var line = 0..<0
  /// Where the next line begins, and where the bytes read end.
  private var next = 0
  private var end = 0

  /// - Parameter paths: files to read; none, or `-`, is standard input.
  public init(_ paths: [String], bufferSize: Int = Self.bufferSize, longestLine: Int = Self.longestLine) {
    self.paths = (paths.isEmpty ? ["-"] : paths).reversed()
    buffer = Array(repeating: 0, count: bufferSize)
    bufferLimit = longestLine
  }

  /// Closes a file that was not read to its end.
  deinit { if let file, file != .standardInput { try? file.close() } }

  /// The place of the current line.
  public var place: LinePlace {
    LinePlace(number: number, isCut: isCut, path: path, numberInFile: numberInFile)
  }

  /// Lends the current line.
  public func withLine<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(buffer.span.extracting(line))
  }

  /// Advances to the next line that is not blank.
  /// - Parameter beforeWaiting: is called before a read that may block, except within a cut line.
  /// - Returns: false at the end of the input.
  public mutating func advance(
    beforeWaiting: () throws(StreamError) -> Void = { () throws(StreamError) in }
  ) throws(StreamError) -> Bool {
    if isCut { try passRest { (_) throws(StreamError) in } }
    repeat {
      guard try findLine(beforeWaiting) else { return false }
      number += 1
      numberInFile += 1
    } while isBlank
    return true
  }

  /// Reads the rest of a cut line in pieces, without its line feed.
  public mutating func passRest(_ body: (Span<UInt8>) throws(StreamError) -> Void) throws(StreamError) {
    while isCut {
      next = 0
      end = 0
      guard try fill() else {
        isCut = false
        return
      }
      let stop = lineFeed(from: 0)
      try body(buffer.span.extracting(0..<(stop ?? end)))
      if let stop {
        next = stop + 1
        isCut = false
      }
    }
  }

  private var isBlank: Bool {
    for offset in line {
      switch buffer[offset] {
      case 0x20, 0x09, 0x0D: continue
      default: return false
      }
    }
    return true
  }

  private mutating func findLine(_ beforeWaiting: () throws(StreamError) -> Void) throws(StreamError) -> Bool {
    var searched = next
    while true {
      if let stop = lineFeed(from: searched) {
        line = next..<stop
        next = stop + 1
        return true
      }
      if end - next >= bufferLimit {
        line = next..<end
        isCut = true
        return true
      }
      makeRoom()
      searched = end
      if let file, !file.isReady { try beforeWaiting() }
      if try fill() { continue }
      if next == end {
        if !paths.isEmpty { continue }
        return false
      }
      // The last line of a file, without its line feed.
      line = next..<end
      next = end
      return true
    }
  }

  /// Moves the unread bytes to the front, and doubles a buffer that one line fills.
  private mutating func makeRoom() {
    if next > 0 {
      let start = next
      unsafe buffer.withUnsafeMutableBytes { bytes in
        _ = unsafe memmove(bytes.baseAddress!, bytes.baseAddress! + start, end - start)
      }
      end -= start
      next = 0
    }
    if end == buffer.count {
      buffer.append(contentsOf: repeatElement(0, count: min(buffer.count, max(1, bufferLimit - buffer.count))))
    }
  }

  private func lineFeed(from start: Int) -> Int? {
    guard start < end else { return nil }
    return unsafe buffer.withUnsafeBytes { bytes in
      let base = bytes.baseAddress!
      // memchr(3) is within the bytes read.
      guard let found = unsafe memchr(base + start, 0x0A, end - start) else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  /// Reads more bytes into the buffer.
  /// - Returns: false at the end of a file.
  private mutating func fill() throws(StreamError) -> Bool {
    guard let file = try openNext() else { return false }
    do {
      let count = try unsafe buffer.withUnsafeMutableBytes { bytes in
        try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
      }
      if count > 0 {
        end += count
        return true
      }
    } catch {
      throw StreamError.input(path: path, error as? Errno ?? .ioError)
    }
    if file != .standardInput { try? file.close() }
    self.file = nil
    return false
  }

  private mutating func openNext() throws(StreamError) -> FileDescriptor? {
    if let file { return file }
    guard let name = paths.popLast() else { return nil }
    numberInFile = 0
    if name == "-" {
      path = "standard input"
      file = .standardInput
    } else {
      path = name
      do { file = try FileDescriptor.open(FilePath(name), .readOnly) } catch {
        throw StreamError.input(path: name, error as? Errno ?? .ioError)
      }
    }
    return file
  }
}

extension FileDescriptor {
  /// Whether bytes, or the end of the file, can be read without waiting.
  package var isReady: Bool {
    var request = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) != 0
  }
}

extension Span where Element == UInt8 {
  /// The offset of the first occurrence of some bytes, or nil.
  public func offset(of bytes: [UInt8]) -> Int? {
    unsafe withUnsafeBytes { line in
      // memmem(3) searches within the line. An empty line has no address.
      guard let base = line.baseAddress, let found = unsafe memmem(base, line.count, bytes, bytes.count) else {
        return nil
      }
      return unsafe UnsafeRawPointer(found) - base
    }
  }
}

/// Where a line is.
public struct LinePlace: Sendable, CustomStringConvertible {
  /// The line's number in the whole input, from 1.
  public let number: Int
  /// Whether the line is longer than `LineReader.longestLine`, so that only its beginning is lent.
  public let isCut: Bool
  /// The file, as it was named, or `standard input`.
  public let path: String
  let numberInFile: Int

  /// For people: `people.ndjson line 3`.
  public var description: String { "\(path) line \(numberInFile)" }
}
