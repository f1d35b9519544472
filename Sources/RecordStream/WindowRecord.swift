public import Calendar
import JSONText

/// In the ledger: which days the API store was going to be asked for, or which are not to come.
public struct WindowRecord: Equatable, Sendable {
  public var status: String?
  /// The first day that was owed or given by hand. The overlap before it, which is only in the request, is not part of it.
  public var since: Day
  /// The day on which the window ends; not part of it.
  public var until: Day
  /// When it was written: the feed line's `started`.
  public var at: Instant
  /// Somebody decided that these days are not to come.
  public var isWaived: Bool

  public init(status: String?, since: Day, until: Day, at: Instant, isWaived: Bool = false) {
    self.status = status
    self.since = since
    self.until = until
    self.at = at
    self.isWaived = isWaived
  }

  private static let waived = "waived"

  public func encoded() -> [UInt8] {
    record(.window) { writer in
      writer.string(status, "status")
      writer.string(since.description, "since")
      writer.string(until.description, "until")
      writer.string(at.description, "at")
      if isWaived { writer.string(Self.waived, "outcome") }
    }
  }

  /// Nil where its outcome is one that this version does not know.
  init?(outcome: String?, status: String?, since: Day, until: Day, at: Instant) {
    guard outcome == nil || outcome == Self.waived else { return nil }
    self.init(status: status, since: since, until: until, at: at, isWaived: outcome != nil)
  }
}

extension RecordReader {
  /// The window that `role(of:)` has met in this line; nil where its outcome is one that this version does not know.
  public func window(in line: Span<UInt8>, place: LinePlace) throws(StreamError) -> WindowRecord? {
    let days = (
      since: try day(.since, in: line, kind: "window", place: place),
      until: try day(.until, in: line, kind: "window", place: place)
    )
    guard let since = days.since, let until = days.until, since <= until else {
      throw StreamError.badRecord(place: place.description, kind: "window", field: "since and until")
    }
    guard let at = string(.at, in: line).flatMap(Instant.init) else {
      throw StreamError.badRecord(place: place.description, kind: "window", field: "at")
    }
    return WindowRecord(
      outcome: string(.outcome, in: line), status: string(.status, in: line), since: since, until: until, at: at)
  }
}
