import Glibc
import SystemPackage

/// Operations on directories.
public enum Directory {
  /// The names in a directory, without `.` and `..`, in no order.
  public static func names(in path: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(path) else { throw FileError(.list, path, Errno.current) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      // Null is the end if errno is still 0, otherwise an error.
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        if errno != 0 { throw FileError(.list, path, Errno.current) }
        return names
      }
      // d_name ends in NUL, and is valid until the next readdir(3).
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }

  /// The directory of a file: `.` for a name alone.
  static func parent(of path: String) -> String {
    let parent = FilePath(path).removingLastComponent().string
    return parent.isEmpty ? "." : parent
  }

  /// Removes a file, if it exists.
  public static func remove(_ path: String) { unsafe unlink(path) }

  /// Syncs the directory of a file.
  public static func synchronize(containing path: String) throws(FileError) {
    let directory = parent(of: path)
    do {
      let file = try FileDescriptor.open(FilePath(directory), .readOnly, options: [.directory, .closeOnExec])
      let result = fsync(file.rawValue)
      let reason = Errno.current
      try file.close()
      // Some file systems cannot sync a directory.
      if result != 0, reason != .invalidArgument { throw reason }
    } catch {
      throw FileError(.write, directory, error)
    }
  }

  /// Syncs the directory of a file after a rename. An error is ignored, because the file has its name already.
  public static func synchronizeIfPossible(containing path: String) { try? synchronize(containing: path) }

  /// The absolute path of a file.
  public static func absolute(_ path: String) throws(FileError) -> String {
    if path.hasPrefix("/") { return path }
    guard let here = unsafe getcwd(nil, 0) else { throw FileError(.open, ".", Errno.current) }
    defer { unsafe free(here) }
    let current = FilePath(unsafe String(cString: here))
    return path == "."
      ? current.string : current.appending(path.hasPrefix("./") ? String(path.dropFirst(2)) : path).string
  }
}
