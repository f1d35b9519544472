public import StageErrors
public import SystemPackage

/// The stream cannot be read or written, or breaks its format.
public enum StreamError: StageError, Equatable {
  /// An operand cannot be opened or read.
  case input(path: String, Errno)
  /// The stream cannot be written, to standard output or to a file.
  case output(path: String, Errno)
  /// A second `feed` line in a stream, which has only one.
  case secondFeed(place: String)
  /// A record has no usable value in a field that the stage needs.
  case badRecord(place: String, kind: String, field: String)
  /// A line of the ledger is neither a record nor the beginning of one.
  case badLedger(place: String)

  public var description: String {
    switch self {
    case .input(let path, let errno): "cannot read \(path): \(errno)"
    case .output(let path, let errno): "cannot write to \(path): \(errno)"
    case .secondFeed(let place):
      "\(place): a second feed line; a stream carries one feed, so run this stage once for each (only notify-mail reads several)"
    case .badLedger(let place):
      "\(place): this line of the ledger is not a record; correct it, or restore the ledger from a backup"
    case .badRecord(let place, let kind, let field):
      "\(place): a \(kind) record without a usable \(field); was the stream edited?"
    }
  }

  public var exitStatus: ExitStatus {
    switch self {
    case .input(_, let errno):
      [.noSuchFileOrDirectory, .permissionDenied, .isDirectory].contains(errno) ? .missingInput : .inputOutput
    case .output: .inputOutput
    case .secondFeed, .badRecord, .badLedger: .badData
    }
  }
}
