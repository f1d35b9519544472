public import SystemPackage

/// What can go wrong with the stream itself.
public enum StreamError: Error, Equatable {
  /// An operand cannot be opened or read.
  case input(path: String, Errno)
  /// Standard output cannot be written.
  case output(Errno)
  /// A second `feed` line: one feed a stream.
  case secondFeed(place: String)
  /// A record lacks a field that the stage needs, or has nonsense in it.
  case badRecord(place: String, kind: String, field: String)
}

extension StreamError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .input(let path, let errno): "cannot read \(path): \(errno)"
    case .output(let errno): "cannot write to standard output: \(errno)"
    case .secondFeed(let place):
      "\(place): a second feed line; a stream carries one feed, so run this stage once for each (only notify-mail reads several)"
    case .badRecord(let place, let kind, let field):
      "\(place): a \(kind) record without a usable \(field); was the stream edited on its way?"
    }
  }
}
