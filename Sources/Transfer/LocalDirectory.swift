import CLinux
import Glibc
import StageSupport
import SystemPackage

/// A drop directory on this machine.
final class LocalDirectory: DropDirectory {
  private let path: FilePath
  /// The file that is being written.
  private var file: FileDescriptor?
  private var filePath = ""

  init(_ path: String) throws {
    self.path = FilePath(path)
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      guard [.noSuchFileOrDirectory, .notDirectory].contains(Errno.current) else {
        throw FileError(.list, path, Errno.current)
      }
      throw TransferError.noDirectory(path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw TransferError.noDirectory(path) }
  }

  deinit { try? file?.close() }

  func entry(_ name: String) throws -> DropEntry? {
    let place = place(name)
    var status = stat()
    guard unsafe stat(place, &status) == 0 else {
      if Errno.current == .noSuchFileOrDirectory { return nil }
      // Without search permission nothing can be delivered here.
      throw FileError(.list, path.string, Errno.current)
    }
    return DropEntry(
      name: name, bytes: Int(status.st_size), modified: status.st_mtim.tv_sec,
      mode: UInt16(status.st_mode & 0o777))
  }

  func entries() throws -> [DropEntry]? {
    guard let names = try readableNames() else { return nil }
    var entries: [DropEntry] = []
    for name in names {
      var status = stat()
      guard unsafe lstat(place(name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      if let entry = try entry(name) { entries.append(entry) }
    }
    return entries
  }

  private func readableNames() throws(FileError) -> [String]? {
    do { return try Directory.names(in: path.string) } catch {
      if error.errno == .permissionDenied { return nil }
      throw error
    }
  }

  func create(_ name: String, mode: UInt16) throws {
    filePath = place(name)
    let permissions = FilePermissions(rawValue: CModeT(mode))
    do {
      let file = try FileDescriptor.open(
        FilePath(filePath), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
      self.file = file
      // The mode is what was asked for, whatever the umask.
      if fchmod(file.rawValue, permissions.rawValue) != 0 { throw Errno.current }
    } catch {
      throw FileError(.create, filePath, error)
    }
  }

  func append(_ bytes: Span<UInt8>) throws {
    do {
      _ = try unsafe bytes.withUnsafeBufferPointer { try unsafe file?.writeAll(UnsafeRawBufferPointer($0)) }
    } catch {
      throw FileError(.write, filePath, error)
    }
  }

  func finishFile() throws {
    guard let file else { return }
    self.file = nil
    let result = fsync(file.rawValue)
    let reason = Errno.current
    do {
      try file.close()
      if result != 0 { throw reason }
    } catch {
      throw FileError(.write, filePath, error)
    }
  }

  func read(_ name: String, _ body: (Span<UInt8>) -> Void) throws -> Bool {
    do {
      let file = try FileDescriptor.open(FilePath(place(name)), .readOnly, options: .closeOnExec)
      return try file.closeAfter {
        var block = [UInt8](repeating: 0, count: 256 << 10)
        while true {
          let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { return true }
          body(block.span.extracting(0..<count))
        }
      }
    } catch Errno.permissionDenied {
      return false
    } catch {
      throw FileError(.read, place(name), error)
    }
  }

  func rename(_ name: String, to newName: String) throws -> Bool {
    let (from, to) = (place(name), place(newName))
    if unsafe linux_rename_noreplace(from, to) != 0 {
      switch Errno.current {
      case .fileExists: return false
      case .invalidArgument, .noFunction:
        // The file system has no such rename; a link does not overwrite either.
        if unsafe link(from, to) != 0 {
          if Errno.current == .fileExists { return false }
          throw FileError(.rename, to, Errno.current)
        }
        unsafe unlink(from)
      case let reason: throw FileError(.rename, to, reason)
      }
    }
    try synchronize(to)
    return true
  }

  func replace(_ name: String, with temporary: String) throws {
    let to = place(name)
    if unsafe Glibc.rename(place(temporary), to) != 0 { throw FileError(.rename, to, Errno.current) }
    try synchronize(to)
  }

  func remove(_ name: String) throws {
    if unsafe unlink(place(name)) != 0 { throw FileError(.remove, place(name), Errno.current) }
  }

  private func place(_ name: String) -> String { path.appending(name).string }

  private func synchronize(_ file: String) throws {
    // A directory that may be written but not read cannot be opened to be synchronized.
    do { try Directory.synchronize(containing: file) } catch  where error.errno == .permissionDenied {}
  }
}
