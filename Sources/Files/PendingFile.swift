import Glibc
public import SystemPackage

/// A file that is being written beside its final name, and gets that name only when it is whole and on the disk.
///
/// It is called `.NAME.part-PID` meanwhile. Dropped without `commit()` it is gone; what a killed process left is removed by the
/// next one that writes the same NAME. A device or a pipe is written to as it is, and never replaced by a file.
public struct PendingFile: ~Copyable {
  /// The final name.
  public let path: String
  /// Nil where there is none: the name is a device's or a pipe's.
  private let temporary: String?
  public let file: FileDescriptor

  /// - Parameters:
  ///   - path: the final name; an existing file of that name is replaced on commit.
  ///   - mode: 0600, because people are in it.
  public init(_ path: String, mode: FilePermissions = .ownerReadWrite) throws(FileError) {
    let target = FilePath(path)
    if Self.isDevice(path) {
      do { file = try FileDescriptor.open(target, .writeOnly, options: .closeOnExec) } catch {
        throw FileError(.create, path, error)
      }
      self.path = path
      temporary = nil
      return
    }
    guard let name = target.lastComponent?.string else { throw FileError(.create, path, Errno.isDirectory) }
    let parent = target.removingLastComponent().string
    let directory = parent.isEmpty ? "." : parent
    Self.removeDead(of: name, in: directory)
    let temporary = FilePath(directory).appending(".\(name).part-\(getpid())")
    file = try Self.create(temporary, for: path, mode)
    self.path = path
    self.temporary = temporary.string
  }

  /// The name is taken by something that is neither a file nor a directory, as /dev/null.
  private static func isDevice(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  private static func create(
    _ temporary: FilePath, for path: String, _ mode: FilePermissions
  ) throws(FileError) -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        temporary, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: mode)
    } catch {
      throw FileError(.create, path, error)
    }
  }

  /// Writes bytes behind what has been written.
  public func write(_ bytes: Span<UInt8>) throws(FileError) {
    do {
      _ = try unsafe bytes.withUnsafeBufferPointer { try unsafe file.writeAll(UnsafeRawBufferPointer($0)) }
    } catch {
      throw FileError(.write, path, error)
    }
  }

  /// Puts the bytes on the disk and gives the file its name.
  public consuming func commit() throws(FileError) { try commit(as: path) }

  /// The same under another name in the same directory, for those who learn it late.
  public consuming func commit(as path: String) throws(FileError) {
    guard let temporary else { return }
    if fsync(file.rawValue) != 0 { throw FileError(.write, path, Errno.current) }
    if unsafe rename(temporary, path) != 0 { throw FileError(.rename, path, Errno.current) }
    Directory.synchronizeIfPossible(containing: path)
  }

  deinit {
    try? file.close()
    // After a commit there is no file of this name.
    if let temporary { unsafe unlink(temporary) }
  }

  /// Removes temporary files of a name whose processes have died.
  private static func removeDead(of name: String, in directory: String) {
    let prefix = ".\(name).part-"
    for entry in (try? Directory.names(in: directory)) ?? [] where entry.hasPrefix(prefix) {
      guard let process = pid_t(entry.dropFirst(prefix.count)), process > 0 else { continue }
      if process == getpid() || !ProcessState.isRunning(process) {
        unsafe unlink(FilePath(directory).appending(entry).string)
      }
    }
  }
}

extension Errno {
  /// The reason for which a call of the C library failed just now.
  public static var current: Errno { Errno(rawValue: errno) }
}
