package import Files
package import StageErrors

/// Why a feed was not delivered, or what is wrong in the drop directory.
package enum TransferError: StageError, Equatable {
  /// The stream is cut off, a stage failed, or the counts disagree.
  case incompleteStream(String)
  /// The stream is incomplete, which is allowed, and has no zip.
  case nothingToDeliver(String)
  /// A zip differs from its record.
  case changedZip(path: String, String)
  /// The drop directory does not exist.
  case noDirectory(String)
  /// A different file of the same name has not been taken yet.
  case nameTaken(String)
  /// A feed that was fetched later has been delivered, so this one would replace newer data by older.
  case laterDelivered(String)
  /// The bytes that arrived differ from the zip, so the file did not get its name.
  case damaged(place: String, String)
  /// The file has its final name, and then another size.
  case replaced(place: String, String)
  /// The file cannot be read back, so its digest cannot be compared.
  case unreadable(String)
  /// The directory may not be listed.
  case unlistable(String)
  /// The server does not say when a file was written.
  case unknownAge(String)
  /// The name appears and disappears while it is looked up.
  case unsteady(String)
  /// Feeds have waited in the drop directory longer than the limit.
  case waitingTooLong(String)
  /// The feed was delivered, and the ledger could not be written.
  case ledgerNotWritten(FileError)

  package var description: String {
    switch self {
    case .incompleteStream(let reason): "\(reason); nothing was delivered"
    case .nothingToDeliver(let reason): "\(reason); and the stream has no zip to deliver"
    case .changedZip(let path, let change): "\(path): \(change); it is not delivered; make the feed again"
    case .noDirectory(let place): "\(place): no such directory; make it, or correct --to"
    case .nameTaken(let place):
      "\(place): a different file of that name waits to be taken; look at it, then remove it or use --replace"
    case .laterDelivered(let place):
      "\(place): not delivered, because a feed that was fetched later was delivered; "
        + "days that are still owed are fetched again"
    case .damaged(let place, let difference): "\(place): \(difference); the file was not delivered"
    case .replaced(let place, let difference):
      "\(place): the file was delivered, and then \(difference); does another program write there?"
    case .unreadable(let place):
      "\(place): the file may not be read back for --verify sha256; --verify size does not need that"
    case .unlistable(let place): "\(place): the directory may not be listed"
    case .unknownAge(let place):
      "\(place): the server does not say when the file was written, so how long it has waited is unknown; "
        + "look at the job in Alma"
    case .unsteady(let place):
      "\(place): files of that name appear and disappear while they are compared; is another run under way?"
    case .waitingTooLong(let what): "\(what); was it taken? Look at the job in Alma"
    case .ledgerNotWritten(let error): "\(error); the feed was delivered, and the next run will find it there"
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .incompleteStream, .nothingToDeliver, .changedZip, .laterDelivered: .badData
    case .noDirectory, .nameTaken: .cannotCreate
    case .damaged, .replaced: .inputOutput
    case .unreadable, .unlistable: .accessDenied
    case .unknownAge: .refused
    case .waitingTooLong, .unsteady: .temporary
    case .ledgerNotWritten(let error): error.exitStatus
    }
  }
}
