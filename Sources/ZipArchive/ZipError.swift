public import StageSupport
public import SystemPackage

/// Why there is no zip.
public enum ZipError: Error, Equatable {
  /// A file is not what its record says of it.
  case differs(path: String, what: String, found: Int, announced: Int)
  /// What a record names is a directory, a pipe or the like.
  case notRegular(path: String)
  /// A zip cannot hold two files of one name.
  case sameName(path: String, place: String)
  /// The feed's size is such that somebody should look at it first.
  case heldBack(String)
  /// libarchive has failed for a reason of its own.
  case archive(path: String, String)
  /// There is no thread for the proof.
  case noThread(Errno)
}

extension ZipError: StageError {
  public var description: String {
    switch self {
    case .differs(let path, let what, let found, let announced):
      "\(path): \(found) \(what), but its record announces \(announced); make it again with patron-to-xml"
    case .notRegular(let path): "\(path): not a regular file; its record has to name an XML file"
    case .sameName(let path, let place):
      "\(place): \(path) has the name of a file that is in the zip already; was it given twice?"
    case .heldBack(let reason): "\(reason); look at the feed, and if it is right run again with --force"
    case .archive(let path, let message): "cannot write \(path): \(message)"
    case .noThread(let errno): "cannot start a thread: \(errno); try again later"
    }
  }

  public var exitStatus: ExitStatus {
    switch self {
    case .differs, .notRegular, .sameName, .heldBack: .badData
    case .archive: .internalFault
    case .noThread: .temporary
    }
  }
}
