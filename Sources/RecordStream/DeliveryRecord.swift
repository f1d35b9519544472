public import Calendar
import JSONText

/// What became of a zip, or of a feed without people.
public struct DeliveryRecord: Equatable, Sendable {
  public enum Outcome: String, Sendable {
    case delivered
    /// The same bytes were in the drop directory, taken or not.
    case alreadyThere = "already-there"
    /// The feed had nobody to send.
    case empty
    case failed
  }

  public var outcome: Outcome
  public var status: String?
  public var since: Day?
  public var until: Day?
  /// When the people were asked for: the feed line's `started`.
  public var started: Instant?
  public var users: Int?
  /// Where the file lies: a URL without secrets.
  public var remote: String?
  public var bytes: Int?
  public var sha256: String?
  public var at: Instant?
  /// Delivered from an incomplete stream, on demand: no window counts as delivered by it.
  public var isPartial: Bool
  public var error: String?

  public init(
    outcome: Outcome, status: String? = nil, since: Day? = nil, until: Day? = nil, started: Instant? = nil,
    users: Int? = nil, remote: String? = nil, bytes: Int? = nil, sha256: String? = nil, at: Instant? = nil,
    isPartial: Bool = false,
    error: String? = nil
  ) {
    self.outcome = outcome
    self.status = status
    self.since = since
    self.until = until
    self.started = started
    self.users = users
    self.remote = remote
    self.bytes = bytes
    self.sha256 = sha256
    self.at = at
    self.isPartial = isPartial
    self.error = error
  }

  public func encoded() -> [UInt8] {
    record(.delivery) { writer in
      writer.string(outcome.rawValue, "outcome")
      writer.string(status, "status")
      writer.string(since?.description, "since")
      writer.string(until?.description, "until")
      writer.string(started?.description, "started")
      writer.integer(users, "users")
      writer.string(remote, "remote")
      writer.integer(bytes, "bytes")
      writer.string(sha256, "sha256")
      writer.string(at?.description, "at")
      if isPartial { writer.boolean(true, "partial") }
      writer.string(error, "error")
    }
  }
}

extension RecordReader {
  /// The delivery that `role(of:)` has met in this line; nil where its outcome is none of ours.
  public func delivery(in line: Span<UInt8>, place: LinePlace) throws(StreamError) -> DeliveryRecord? {
    guard let name = string(.outcome, in: line) else {
      throw StreamError.badRecord(place: place.description, kind: "delivery", field: "outcome")
    }
    guard let outcome = DeliveryRecord.Outcome(rawValue: name) else { return nil }
    return DeliveryRecord(
      outcome: outcome,
      status: string(.status, in: line),
      since: try day(.since, in: line, kind: "delivery", place: place),
      until: try day(.until, in: line, kind: "delivery", place: place),
      started: string(.started, in: line).flatMap(Instant.init),
      users: integer(.users, in: line),
      remote: string(.remote, in: line),
      bytes: integer(.bytes, in: line),
      sha256: string(.sha256, in: line),
      at: string(.at, in: line).flatMap(Instant.init),
      isPartial: isTrue(.partial, in: line),
      error: string(.error, in: line))
  }
}
