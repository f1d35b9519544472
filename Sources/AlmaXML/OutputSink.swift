import CLinux
import Glibc
import SystemPackage

/// Where a document's bytes go: a file, through one large buffer, with the first error kept.
///
/// libxml2 would write 4 KB at a time and forget why a write failed.
final class OutputSink {
  private let file: FileDescriptor
  private var buffer: [UInt8]
  private var used = 0
  /// Why writing failed first, or nil.
  private(set) var failure: Errno?
  /// The bytes handed to the file, and how many of them to the disk.
  private var written = 0
  private var onTheWay = 0
  /// The bytes taken so far.
  private(set) var byteCount = 0

  init(_ file: FileDescriptor, bufferSize: Int) {
    self.file = file
    buffer = Array(repeating: 0, count: bufferSize)
  }

  /// Takes bytes; after a failure it takes them to no avail.
  func write(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    if bytes.count > buffer.count - used { flush() }
    if bytes.count > buffer.count { return unsafe writeThrough(bytes) }
    unsafe buffer.withUnsafeMutableBytes { target in
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[used...]).copyMemory(from: bytes)
    }
    used += bytes.count
  }

  func flush() {
    let count = used
    used = 0
    unsafe buffer.withUnsafeBytes { unsafe writeThrough(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    do { _ = try unsafe file.writeAll(bytes) } catch { failure = error as? Errno ?? .ioError }
    written += bytes.count
    if written - onTheWay < Self.writebackStep { return }
    // The disk works while users are written, and not only when all are: fsync(2) has little left to wait for.
    linux_begin_writeback(file.rawValue, off_t(onTheWay), off_t(written - onTheWay))
    onTheWay = written
  }

  private static let writebackStep = 8 << 20
}
