import CLinux
import Glibc
import SystemPackage

/// Writes a document to a file through one large buffer, and keeps the first error.
///
/// libxml2 by itself writes 4 KB at a time and does not keep the cause of a failed write.
final class OutputSink {
  private let file: FileDescriptor
  private var buffer: [UInt8]
  private var used = 0
  /// The first error of the file, or nil.
  private(set) var failure: Errno?
  /// The number of bytes written to the file, and of those whose writeback to the disk has begun.
  private var written = 0
  private var writebackBegun = 0
  /// The number of bytes given to `write` so far.
  private(set) var byteCount = 0

  init(_ file: FileDescriptor, bufferSize: Int) {
    self.file = file
    buffer = Array(repeating: 0, count: bufferSize)
  }

  /// Writes bytes to the buffer; after a failure they are discarded.
  func write(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    if bytes.count > buffer.count - used { flush() }
    if bytes.count > buffer.count { return unsafe writeThrough(bytes) }
    unsafe buffer.withUnsafeMutableBytes { target in
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[used...]).copyMemory(from: bytes)
    }
    used += bytes.count
  }

  /// Writes the buffer to the file.
  func flush() {
    let count = used
    used = 0
    unsafe buffer.withUnsafeBytes { unsafe writeThrough(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    do { _ = try unsafe file.writeAll(bytes) } catch { failure = error as? Errno ?? .ioError }
    written += bytes.count
    if written - writebackBegun < Self.writebackStep { return }
    // The kernel writes to the disk while users are written, so that fsync(2) at the end is short.
    linux_begin_writeback(file.rawValue, off_t(writebackBegun), off_t(written - writebackBegun))
    writebackBegun = written
  }

  /// In bytes.
  private static let writebackStep = 8 << 20
}
