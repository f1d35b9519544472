import Stage
import StageErrors

/// A directory from which Alma takes feeds, here or on a server: the few operations that a delivery is made of.
///
/// Names are names in the directory, without a slash. One file at a time is written. Alma and others use the directory at the
/// same time, so that a name may be gone, or taken, by the time of the next operation.
protocol DropDirectory: AnyObject {
  /// The entry of a name; nil where there is none, or none is shown to this user.
  func entry(_ name: String) throws -> DropEntry?

  /// The regular files in the directory, and what may be one, in no order.
  /// - Parameter isWanted: by their names, those that are asked for: a server may have to be asked for each of them.
  /// - Throws: also where the directory may not be listed.
  func entries(where isWanted: (String) -> Bool) throws -> [DropEntry]

  /// Creates a file, which must not exist, to be written.
  /// - Parameter mode: a wish; where it is not granted, the file has other permissions.
  func create(_ name: String, mode: UInt16) throws

  /// Writes bytes behind what has been written to the file created last.
  func append(_ bytes: Span<UInt8>) throws

  /// Puts the bytes of the file created last on the disk, and closes it.
  func finishFile() throws

  /// Lends the bytes of a file, piece by piece, from its start.
  /// - Parameter most: where it has more bytes, the rest is not read.
  func read(_ name: String, atMost most: Int, _ body: (Span<UInt8>) -> Void) throws -> DropReading

  /// Gives a file another name that is free.
  /// - Returns: false where the name is taken.
  func rename(_ name: String, to newName: String) throws -> Bool

  /// Gives a file another name, in the place of what has it now.
  func replace(_ name: String, with temporary: String) throws

  /// Removes a file, also the one that is being written.
  func remove(_ name: String) throws
}

extension DropDirectory {
  /// Removes what dead processes have left. Where the directory may not be listed, that stays, but for what is left of `part`.
  func removeDead(_ part: PartName, now: Int, _ diagnostics: Diagnostics) throws {
    do {
      for entry in try entries(where: part.isOurs) where part.isDead(entry, now: now) {
        diagnostics.note("removing \(entry.name), which an earlier run has left")
        // It may be gone by now, or belong to somebody else.
        try? remove(entry.name)
      }
    } catch let error as any StageError where error.exitStatus != .temporary {
      diagnostics.note("\(error); temporary files of earlier runs may stay there")
      // An earlier try of this process may have left it, and it would be in the way.
      try? remove(part.name)
    }
  }
}

/// How the reading of a file ended.
enum DropReading {
  case done
  /// There is no such file, or no longer.
  case gone
  /// It may not be read; a server may also answer so for a file that is gone.
  case refused
}

/// What is known of a file in the drop directory. Nil is what the server does not tell.
struct DropEntry: Equatable {
  var name: String
  var bytes: Int?
  /// Seconds since 1970.
  var modified: Int?
  /// The lowest nine bits.
  var mode: UInt16?

  init(name: String, bytes: Int? = nil, modified: Int? = nil, mode: UInt16? = nil) {
    self.name = name
    self.bytes = bytes
    self.modified = modified
    self.mode = mode
  }

  /// Seconds since it was modified. A server's clock may be ahead, or set to another zone; nil where the time makes no sense even so.
  func age(now: Int) -> Int? {
    guard let modified, modified - now <= 86_400 else { return nil }
    return max(0, now - modified)
  }
}
