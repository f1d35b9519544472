package import StageErrors
package import SystemPackage

/// Why no zip is written.
package enum ZipError: Error, Equatable {
  /// A file differs from its record. Exit status 65, as for the next three.
  case differs(path: String, what: String, found: Int, announced: Int)
  /// A record names something other than a regular file.
  case notRegular(path: String)
  /// Two files have the same name, which a zip cannot hold.
  case sameName(path: String, place: String)
  /// The feed has an unusual size, and must be looked at first.
  case heldBack(String)
  /// An error of libarchive. Exit status 70.
  case archive(path: String, String)
  /// No thread can be started for the proof. Exit status 75.
  case noThread(Errno)
}

extension ZipError: StageError {
  package var description: String {
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

  package var exitStatus: ExitStatus {
    switch self {
    case .differs, .notRegular, .sameName, .heldBack: .badData
    case .archive: .internalFault
    case .noThread: .temporary
    }
  }
}
