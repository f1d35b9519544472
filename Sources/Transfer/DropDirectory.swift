import Stage
import StageErrors

/// A directory from which Alma takes feeds, on this host or on a server.
///
/// Names are relative to the directory, and have no slash. Only one file is written at a time. Alma and other processes
/// use the directory too, so a file may be removed, or a name taken, between two operations.
protocol DropDirectory: AnyObject {
  /// The entry of a name; nil if there is none, or if the server does not show it to this user.
  func entry(_ name: String) throws -> DropEntry?

  /// The regular files in the directory, and entries of unknown type, in no order.
  /// - Parameter isWanted: selects names. Some servers have to be asked for each file.
  /// - Throws: also if the directory may not be listed.
  func entries(where isWanted: (String) -> Bool) throws -> [DropEntry]

  /// Creates a file, which must not exist, and opens it for writing.
  /// - Parameter mode: its permissions. If they are refused, the file keeps others.
  func create(_ name: String, mode: UInt16) throws

  /// Appends bytes to the file that was created last.
  func append(_ bytes: Span<UInt8>) throws

  /// Syncs the file that was created last to the disk, and closes it.
  func finishFile() throws

  /// Reads a file, and passes its bytes to the body in order, a block at a time.
  /// - Parameter maxBytes: the bytes after these are not read.
  func read(_ name: String, atMost maxBytes: Int, _ body: (Span<UInt8>) -> Void) throws -> ReadResult

  /// Renames a file, without overwriting another.
  /// - Returns: false if the new name is taken.
  func rename(_ name: String, to newName: String) throws -> Bool

  /// Renames a file, and overwrites the file of the new name if there is one.
  func replace(_ name: String, with temporary: String) throws

  /// Removes a file, which may be the one that is being written.
  func remove(_ name: String) throws
}

extension DropDirectory {
  /// Removes the temporary files of processes that have ended. If the directory may not be listed, removes only the
  /// file of `part`.
  func removeAbandoned(_ part: PartName, now: Int, _ diagnostics: Diagnostics) throws {
    do {
      for entry in try entries(where: part.isTemporary) where part.isAbandoned(entry, now: now) {
        diagnostics.note("removing \(entry.name), a temporary file of an earlier run")
        // It may have been removed since, or belong to another user.
        try? remove(entry.name)
      }
    } catch let error as any StageError where error.exitStatus != .temporary {
      diagnostics.note("\(error); temporary files of earlier runs may remain there")
      // An earlier attempt of this process may have left it, and the name must be free.
      try? remove(part.name)
    }
  }
}

/// How reading a file ended.
enum ReadResult {
  case done
  /// The file does not exist, or no longer.
  case missing
  /// The file may not be read. Some servers reply this for a file that does not exist.
  case refused
}

/// A file in the drop directory. An attribute is nil if the server does not send it.
struct DropEntry: Equatable {
  var name: String
  var bytes: Int?
  /// Seconds since 1970.
  var modified: Int?
  /// The lowest nine bits.
  var mode: UInt16?

  /// Seconds since it was modified; 0 if that is less than a day in the future, because the server's clock may be
  /// wrong; otherwise nil.
  func age(now: Int) -> Int? {
    guard let modified, modified - now <= 86_400 else { return nil }
    return max(0, now - modified)
  }
}
