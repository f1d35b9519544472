public import Calendar
import JSONText

/// A file in the drop directory.
public struct DropRecord: Equatable, Sendable {
  public var name: String
  /// Nil if the server does not send it. So are `modified` and `ageSeconds`.
  public var bytes: Int?
  public var modified: Instant?
  /// Whether Alma has taken it: its name has the suffix that Alma adds.
  public var isHandled: Bool
  /// Its age, in seconds.
  public var ageSeconds: Int?

  public init(name: String, bytes: Int?, modified: Instant?, isHandled: Bool, ageSeconds: Int?) {
    self.name = name
    self.bytes = bytes
    self.modified = modified
    self.isHandled = isHandled
    self.ageSeconds = ageSeconds
  }

  public func encoded() -> [UInt8] {
    Record.encoded(.drop) { writer in
      writer.string(name, .name)
      writer.integer(bytes, .bytes)
      writer.string(modified, .modified)
      writer.boolean(isHandled, .handled)
      writer.integer(ageSeconds, .ageSeconds)
    }
  }

  /// Reads a drop record; nil if it has no name.
  public init?(_ record: Record) {
    guard let name = record.string(.name) else { return nil }
    self.init(
      name: name, bytes: record.integer(.bytes), modified: record.instant(.modified),
      isHandled: record.isTrue(.handled), ageSeconds: record.integer(.ageSeconds))
  }
}
