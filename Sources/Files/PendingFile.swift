import Glibc
public import SystemPackage

/// A file that gets its name when it is complete and synced.
///
/// Until `commit()` its name is `.NAME.part-PID`. If it is released before that, it is removed. The file of a killed
/// process is removed by the next process that writes the same NAME. A device or a pipe is written to directly.
public struct PendingFile: ~Copyable {
  /// The final name.
  public let path: String
  /// Nil for a device or a pipe.
  private let temporary: String?
  public let file: FileDescriptor

  /// - Parameters:
  ///   - path: the final name; an existing file of that name is replaced on commit.
  ///   - mode: by default 0600, because the files contain personal data.
  public init(_ path: String, mode: FilePermissions = .ownerReadWrite) throws(FileError) {
    let target = FilePath(path)
    if Self.isDevice(path) {
      file = try FileDescriptor.open(path, .writeOnly, for: .create)
      self.path = path
      temporary = nil
      return
    }
    guard let name = target.lastComponent?.string else { throw FileError(.create, path, Errno.isDirectory) }
    let directory = Directory.parent(of: path)
    Self.removeAbandoned(path)
    let temporary = FilePath(directory).appending(".\(name).part-\(getpid())")
    file = try Self.create(temporary, for: path, mode)
    self.path = path
    self.temporary = temporary.string
  }

  /// Whether the path is a device or a pipe, such as /dev/null.
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

  /// Writes bytes at the end.
  public func write(_ bytes: Span<UInt8>) throws(FileError) {
    do {
      _ = try unsafe bytes.withUnsafeBufferPointer { try unsafe file.writeAll(UnsafeRawBufferPointer($0)) }
    } catch {
      throw FileError(.write, path, error)
    }
  }

  /// Lets every user of the machine read the file, whatever the umask is: for a file without personal data.
  package func makeReadable() throws(FileError) {
    if temporary != nil, fchmod(file.rawValue, 0o644) != 0 { throw FileError(.create, path, Errno.current) }
  }

  /// Syncs the file, and gives it its name.
  public consuming func commit() throws(FileError) { try commit(as: path) }

  /// Syncs the file, and gives it another name in the same directory.
  public consuming func commit(as path: String) throws(FileError) {
    guard let temporary else { return }
    if fsync(file.rawValue) != 0 { throw FileError(.write, path, Errno.current) }
    if unsafe rename(temporary, path) != 0 { throw FileError(.rename, path, Errno.current) }
    Directory.synchronizeIfPossible(containing: path)
  }

  deinit {
    try? file.close()
    // After a commit no file has this name.
    if let temporary { unsafe unlink(temporary) }
  }

  /// Removes the temporary files of processes that have ended.
  /// - Parameter path: the final name.
  public static func removeAbandoned(_ path: String) {
    let target = FilePath(path)
    guard let name = target.lastComponent?.string else { return }
    let directory = Directory.parent(of: path)
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
  /// The error of the last call of the C library.
  public static var current: Errno { Errno(rawValue: errno) }
}
