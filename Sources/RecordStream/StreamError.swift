public import SystemPackage

/// What can go wrong with the stream itself.
public enum StreamError: Error, Equatable {
  /// An operand cannot be opened or read.
  case input(path: String, Errno)
  /// The stream cannot be written: to standard output, or to a file.
  case output(path: String, Errno)
  /// A second `feed` line: one feed a stream.
  case secondFeed(place: String)
  /// A record lacks a field that the stage needs, or has nonsense in it.
  case badRecord(place: String, kind: String, field: String)
  /// A line of the ledger is no record, and not the beginning of one either.
  case badLedger(place: String)
}

extension StreamError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .input(let path, let errno): "cannot read \(path): \(errno)"
    case .output(let path, let errno): "cannot write to \(path): \(errno)"
    case .secondFeed(let place):
      "\(place): a second feed line; a stream carries one feed, so run this stage once for each (only notify-mail reads several)"
    case .badLedger(let place):
      "\(place): this line of the ledger is no record; correct it, or restore the ledger from a backup"
    case .badRecord(let place, let kind, let field):
      "\(place): a \(kind) record without a usable \(field); was the stream edited on its way?"
    }
  }
}
