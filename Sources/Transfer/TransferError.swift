package import Files
import RecordStream
package import StageErrors

/// Why a feed was not delivered, or what is wrong in the drop directory.
package enum TransferError: StageError, Equatable {
  /// A different file of the same name has not been taken yet.
  case nameTaken(String)
  /// A feed that was fetched later has been delivered. This one would replace its data by older data.
  case laterDelivered(String)
  /// The feed was delivered, and the ledger could not be written.
  case ledgerNotWritten(FileError)
  /// Any other cause, as its message and exit status.
  case other(String, ExitStatus)

  /// The drop directory does not exist.
  static func noDirectory(_ place: String) -> TransferError {
    .other("\(place): no such directory; make it, or correct --to", .cannotCreate)
  }

  /// A zip differs from its record.
  static func changedZip(_ path: String, _ change: String) -> TransferError {
    .other("\(path): \(change); it is not delivered; make the feed again", .badData)
  }

  /// A feed must not be delivered again, because data that were fetched later were delivered.
  static func laterThanResent(_ feed: FeedRecord?) -> TransferError {
    var (days, options) = ("all people", "--force")
    if let since = feed?.since, let until = feed?.until {
      (days, options) = ("these days", "--since \(since) --until \(until)")
    }
    return .other(
      "not delivered again, because a feed that was fetched later was delivered, and its data would be replaced by older data; "
        + "fetch \(days) again, with \(options)", .badData)
  }

  package var description: String {
    switch self {
    case .nameTaken(let place):
      "\(place): a different file of that name waits to be taken; look at both, then remove the one that is wrong"
    case .laterDelivered(let place):
      "\(place): not delivered, because a feed that was fetched later was delivered; "
        + "days that are still owed are fetched again"
    case .ledgerNotWritten(let error): "\(error); the feed was delivered, and the next run will find it there"
    case .other(let message, _): message
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .nameTaken: .cannotCreate
    case .laterDelivered: .badData
    case .ledgerNotWritten(let error): error.exitStatus
    case .other(_, let status): status
    }
  }
}
