public import Calendar
import JSONText

/// A file in the drop directory.
public struct DropRecord: Equatable, Sendable {
  public var name: String
  /// Nil where the server does not tell it; likewise the times.
  public var bytes: Int?
  public var modified: Instant?
  /// Alma has taken it, and given it the suffix that says so.
  public var isHandled: Bool
  /// How long ago it was modified.
  public var ageSeconds: Int?

  public init(name: String, bytes: Int?, modified: Instant?, isHandled: Bool, ageSeconds: Int?) {
    self.name = name
    self.bytes = bytes
    self.modified = modified
    self.isHandled = isHandled
    self.ageSeconds = ageSeconds
  }

  public func encoded() -> [UInt8] {
    record(.drop) { writer in
      writer.string(name, "name")
      if let bytes { writer.integer(bytes, "bytes") }
      if let modified { writer.string(modified.description, "modified") }
      writer.boolean(isHandled, "handled")
      if let ageSeconds { writer.integer(ageSeconds, "age_seconds") }
    }
  }
}

extension RecordReader {
  /// The drop record that `role(of:)` has met in this line; nil where it has no name.
  public func drop(in line: Span<UInt8>) -> DropRecord? {
    guard let name = string(.name, in: line) else { return nil }
    return DropRecord(
      name: name, bytes: integer(.bytes, in: line), modified: string(.modified, in: line).flatMap(Instant.init),
      isHandled: isTrue(.handled, in: line), ageSeconds: integer(.ageSeconds, in: line))
  }
}
