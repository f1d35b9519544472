import CLinux
import Glibc
import SystemPackage

/// A file of lines that is only appended to, and synced after each append: the ledger, and the log of sent mail.
///
/// Writers exclude each other with flock(2). If a killed writer has left a cut line or zeros at the end, the next
/// writer ends it with a line feed, and readers skip it.
public struct AppendLog: ~Copyable {
  private let path: String
  private let file: FileDescriptor
  private let keepsLock: Bool

  /// Opens or creates the file, so that an error in the path is found before work is done.
  /// - Parameter keepsLock: hold the lock until this value is released, not only during each append.
  public init(_ path: String, keepsLock: Bool = false) throws(FileError) {
    let file = try FileDescriptor.open(
      path, .readWrite, options: [.append, .create], permissions: .ownerReadWrite, for: .create)
    if keepsLock {
      do { try Self.lock(file, path) } catch {
        try? file.close()
        throw error
      }
    }
    self.path = path
    self.keepsLock = keepsLock
    self.file = file
  }

  deinit { try? file.close() }

  /// The whole file.
  /// - Parameter limit: the maximum size in bytes; a larger file is an error.
  public func contents(limit: Int) throws(FileError) -> [UInt8] { try FileContents.read(path, limit: limit) }

  /// Reserves space on the disk for the next append, in bytes. Does nothing if the file system cannot reserve space.
  public func reserve(_ bytes: Int) throws(FileError) {
    if linux_reserve(file.rawValue, off_t(bytes)) == 0 { return }
    let reason = Errno.current
    if [.noSpace, .diskQuotaExceeded, .fileTooLarge, .ioError, .readOnlyFileSystem].contains(reason) {
      throw FileError(.write, path, reason)
    }
  }

  /// Appends lines in one write, and syncs them.
  public func append(_ lines: [[UInt8]]) throws(FileError) {
    if !keepsLock { try Self.lock(file, path) }
    defer { if !keepsLock { flock(file.rawValue, LOCK_UN) } }
    do {
      let end = try file.seek(offset: 0, from: .end)
      var bytes: [UInt8] = try endsWithLine(end) ? [] : [0x0A]
      for line in lines { bytes += line + [0x0A] }
      do {
        _ = try file.writeAll(bytes)
      } catch {
        // Remove the incomplete line.
        _ = ftruncate(file.rawValue, off_t(end))
        throw error
      }
      // A device cannot be synced.
      if fsync(file.rawValue) != 0, Errno.current != .invalidArgument { throw Errno.current }
    } catch {
      throw FileError(.write, path, error)
    }
    Directory.synchronizeIfPossible(containing: path)
  }

  private func endsWithLine(_ end: Int64) throws -> Bool {
    guard end > 0 else { return true }
    var last: [UInt8] = [0]
    let count = try unsafe last.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: end - 1, into: $0) }
    return count == 0 || last == [0x0A]
  }

  /// How long to wait for the lock, in tenths of a second: longer than the timeout of a mail server.
  private static let longestWait = 6000

  private static func lock(_ file: FileDescriptor, _ path: String) throws(FileError) {
    for _ in 0..<longestWait {
      if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { return }
      guard [.wouldBlock, .interrupted].contains(Errno.current) else { break }
      usleep(100_000)
    }
    throw FileError(.lock, path, Errno.current)
  }
}
