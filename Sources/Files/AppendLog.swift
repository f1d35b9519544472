import CLinux
import Glibc
import SystemPackage

/// A file of lines that is only appended to, each time whole and onto the disk: the ledger, and the memory of sent mail.
///
/// Writers exclude each other by flock(2). What the death of a writer left at the end, a cut line or zeros, is ended by a line feed
/// before the next line, and is for readers to pass over.
public struct AppendLog: ~Copyable {
  private let path: String
  private let file: FileDescriptor
  private let keepsLock: Bool

  /// Opens the file, and makes it where it is absent, so that a path that cannot be used is found out early.
  /// - Parameter keepsLock: other writers are kept out until this value is gone, not only during each append.
  public init(_ path: String, keepsLock: Bool = false) throws(FileError) {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(
        FilePath(path), .readWrite, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw FileError(.create, path, error)
    }
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
  /// - Parameter limit: in bytes; a larger file is refused.
  public func contents(limit: Int) throws(FileError) -> [UInt8] { try FileContents.read(path, limit: limit) }

  /// Makes sure of room on the disk for so many bytes, so that the next append does not fail for want of space after the work that it
  /// stands for is done. Does nothing on a file system that cannot reserve space.
  public func reserve(_ bytes: Int) throws(FileError) {
    if linux_reserve(file.rawValue, off_t(bytes)) == 0 { return }
    let reason = Errno.current
    if [.noSpace, .diskQuotaExceeded, .fileTooLarge, .ioError, .readOnlyFileSystem].contains(reason) {
      throw FileError(.write, path, reason)
    }
  }

  /// Appends lines in one write, and puts them on the disk.
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
        // A part of a line is of no use to anybody.
        _ = ftruncate(file.rawValue, off_t(end))
        throw error
      }
      // A device has nothing to be synchronized.
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

  /// How long another writer may hold the lock, in tenths of a second: longer than a mail server is waited for.
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
