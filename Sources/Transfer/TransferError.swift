public import Files
public import StageErrors

/// Why a feed was not delivered, or why the drop directory is not as it should be.
public enum TransferError: StageError, Equatable {
  /// The stream is cut, a stage did not finish, or the counts disagree.
  case incompleteStream(String)
  /// The stream may be incomplete, but there is no zip in it.
  case nothingToDeliver(String)
  /// A zip is not what its record says.
  case changedZip(path: String, String)
  case noDirectory(String)
  /// Another file of that name waits to be taken.
  case nameTaken(String)
  /// A feed that was fetched later has been delivered: this one would put older data of people in the place of newer.
  case laterDelivered(String)
  /// What arrived is not what was sent.
  case damaged(place: String, String)
  /// The file is in its place, and then has another size.
  case replaced(place: String, String)
  /// The file cannot be read back, so that its digest cannot be compared.
  case unreadable(String)
  /// The directory may not be listed.
  case unlistable(String)
  /// The server does not tell when a file was written.
  case unknownAge(String)
  /// Files of a name appear and disappear, so that nothing can be said of them.
  case unsteady(String)
  /// Feeds lie in the drop directory longer than they may.
  case waitingTooLong(String)
  /// The feed is in its place, but the ledger does not say so.
  case ledgerNotWritten(FileError)

  public var description: String {
    switch self {
    case .incompleteStream(let reason):
      "\(reason); nothing was delivered"
    case .nothingToDeliver(let reason): "\(reason); and there is no zip in it to be delivered"
    case .changedZip(let path, let change):
      "\(path): \(change); a zip that has changed is not delivered, so make the feed again"
    case .noDirectory(let place): "\(place): no such directory; make it, or correct --to"
    case .nameTaken(let place):
      "\(place): a different file of that name waits to be taken; look at it, then remove it or use --replace"
    case .laterDelivered(let place):
      "\(place): not delivered, because a feed that was fetched later was; days that are still owed are fetched again"
    case .damaged(let place, let difference): "\(place): \(difference); the file was not put in its place"
    case .replaced(let place, let difference):
      "\(place): the file was put in its place, and then \(difference); does another program write there?"
    case .unreadable(let place):
      "\(place): the file may not be read back to be compared; --verify size does without"
    case .unlistable(let place): "\(place): the directory may not be listed"
    case .unknownAge(let place):
      "\(place): the server does not tell when it was written, so how long it has waited is not known; look at the job in Alma"
    case .unsteady(let place):
      "\(place): files of that name appear and disappear while they are compared; is another run under way?"
    case .waitingTooLong(let what): "\(what); was it taken? Look at the job in Alma"
    case .ledgerNotWritten(let error):
      "\(error); the feed was delivered all the same, and the next run will find it already there"
    }
  }

  public var exitStatus: ExitStatus {
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
