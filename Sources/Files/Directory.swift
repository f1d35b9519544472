import Glibc
import SystemPackage

/// Directories, as far as stages have to do with them.
public enum Directory {
  /// The names in a directory, without `.` and `..`, in no order.
  public static func names(in path: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(path) else { throw FileError(.list, path, Errno.current) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      // Null is the end, and also a failure: a part of the names must not pass for all of them.
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        if errno != 0 { throw FileError(.list, path, Errno.current) }
        return names
      }
      // d_name ends in NUL, and lives until the next readdir(3).
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }

  /// Removes a file, where it is there.
  public static func remove(_ path: String) { unsafe unlink(path) }

  /// Puts the names in the directory of a file on the disk.
  public static func synchronize(containing path: String) throws(FileError) {
    let parent = FilePath(path).removingLastComponent().string
    let directory = parent.isEmpty ? "." : parent
    do {
      let file = try FileDescriptor.open(FilePath(directory), .readOnly, options: [.directory, .closeOnExec])
      let result = fsync(file.rawValue)
      let reason = Errno.current
      try file.close()
      // Some file systems have nothing to synchronize a directory with.
      if result != 0, reason != .invalidArgument { throw reason }
    } catch {
      throw FileError(.write, directory, error)
    }
  }

  /// The same after a file has got its final name. It is there from then on, so a file system that cannot synchronize directories, as
  /// some over a network cannot, is no failure.
  public static func synchronizeIfPossible(containing path: String) { try? synchronize(containing: path) }

  /// A path from the root that means the same file.
  public static func absolute(_ path: String) throws(FileError) -> String {
    if path.hasPrefix("/") { return path }
    guard let here = unsafe getcwd(nil, 0) else { throw FileError(.open, ".", Errno.current) }
    defer { unsafe free(here) }
    let current = FilePath(unsafe String(cString: here))
    return path == "."
      ? current.string : current.appending(path.hasPrefix("./") ? String(path.dropFirst(2)) : path).string
  }
}
