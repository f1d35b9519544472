import CLinux
import Files
import Glibc
import Stage
import StageErrors
import SystemPackage

/// A drop directory on this host.
final class LocalDirectory: DropDirectory {
  private let path: FilePath
  private let diagnostics: Diagnostics
  /// The file that is being written, and its path.
  private var file: FileDescriptor?
  private var filePath = ""

  /// Throws `TransferError.noDirectory` if the path is no directory.
  init(_ path: String, _ diagnostics: Diagnostics) throws {
    self.path = FilePath(path)
    self.diagnostics = diagnostics
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
      // Without search permission nothing can be delivered.
      throw FileError(.list, path.string, Errno.current)
    }
    return Self.entry(name, status)
  }

  private static func entry(_ name: String, _ status: stat) -> DropEntry {
    DropEntry(
      name: name, bytes: Int(status.st_size), modified: status.st_mtim.tv_sec,
      mode: UInt16(status.st_mode & 0o777))
  }

  func entries(where isWanted: (String) -> Bool) throws -> [DropEntry] {
    let names: [String]
    do { names = try Directory.names(in: path.string) } catch {
      guard error.errno == .permissionDenied else { throw error }
      throw TransferError.other("\(path): the directory may not be listed", .accessDenied)
    }
    return names.filter(isWanted).compactMap { name in
      var status = stat()
      guard unsafe lstat(place(name), &status) == 0 else {
        // The attributes of a file that exists may be unknown. A file that has been removed is left out.
        return Errno.current == .noSuchFileOrDirectory ? nil : DropEntry(name: name)
      }
      return status.st_mode & S_IFMT == S_IFREG ? Self.entry(name, status) : nil
    }
  }

  func create(_ name: String, mode: UInt16) throws {
    filePath = place(name)
    let permissions = FilePermissions(rawValue: CModeT(mode))
    do {
      let file = try FileDescriptor.open(
        FilePath(filePath), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
      self.file = file
      // Regardless of the umask. Not every file system has permissions.
      if fchmod(file.rawValue, permissions.rawValue) != 0 {
        diagnostics.note("cannot set the permissions of \(filePath): \(Errno.current)")
      }
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

  func read(_ name: String, atMost maxBytes: Int, _ body: (Span<UInt8>) -> Void) throws -> ReadResult {
    do {
      let file = try FileDescriptor.open(FilePath(place(name)), .readOnly, options: .closeOnExec)
      return try file.closeAfter {
        var block = [UInt8](repeating: 0, count: 256 << 10)
        var left = maxBytes
        while left > 0 {
          let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { break }
          body(block.span.extracting(0..<min(count, left)))
          left -= min(count, left)
        }
        return .done
      }
    } catch Errno.permissionDenied, Errno.notPermitted {
      return .refused
    } catch Errno.noSuchFileOrDirectory, Errno.staleNFSFileHandle {
      return .missing
    } catch {
      throw FileError(.read, place(name), error)
    }
  }

  func rename(_ name: String, to newName: String) throws -> Bool {
    let (from, to) = (place(name), place(newName))
    if unsafe linux_rename_noreplace(from, to) != 0 {
      guard Errno.current != .fileExists else { return false }
      // File systems without this rename report it by different errors. link(2) does not overwrite either.
      if unsafe link(from, to) == 0 {
        unsafe unlink(from)
      } else {
        guard Errno.current != .fileExists else { return false }
        guard try renameIfFree(from, to) else { return false }
      }
    }
    synchronize(to)
    return true
  }

  /// Looks up the name, and renames if it is free. Another process could create the name between the two.
  private func renameIfFree(_ from: String, _ to: String) throws -> Bool {
    var status = stat()
    if unsafe lstat(to, &status) == 0 { return false }
    guard Errno.current == .noSuchFileOrDirectory, unsafe Glibc.rename(from, to) == 0 else {
      throw FileError(.rename, to, Errno.current)
    }
    diagnostics.note(
      "the file system has no rename that refuses to overwrite; the name was looked up just before the rename")
    return true
  }

  func replace(_ name: String, with temporary: String) throws {
    let to = place(name)
    if unsafe Glibc.rename(place(temporary), to) != 0 { throw FileError(.rename, to, Errno.current) }
    synchronize(to)
  }

  func remove(_ name: String) throws {
    if place(name) == filePath {
      // Some file systems do not remove an open file.
      try? file?.close()
      file = nil
    }
    if unsafe unlink(place(name)) != 0 { throw FileError(.remove, place(name), Errno.current) }
  }

  private func place(_ name: String) -> String { path.appending(name).string }

  /// Syncs the directory of a file. Errors are not thrown, because the file has its final name, and Alma may have taken
  /// it. Network file systems often cannot sync a directory, and a directory without read permission cannot be opened
  /// to sync it.
  private func synchronize(_ file: String) {
    do { try Directory.synchronize(containing: file) } catch {
      diagnostics.note("the file is delivered, but its directory could not be synced to the disk: \(error)")
    }
  }
}
