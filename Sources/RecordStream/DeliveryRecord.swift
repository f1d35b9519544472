public import Calendar
import JSONText

/// The outcome of the delivery of a zip, or of a feed without people.
public struct DeliveryRecord: Equatable, Sendable {
  public enum Outcome: String, Sendable {
    case delivered
    /// The same bytes were in the drop directory, or Alma has taken them.
    case alreadyThere = "already-there"
    /// The feed had no people to send.
    case empty
    case failed
  }

  public var outcome: Outcome
  public var status: String?
  public var since: Day?
  public var until: Day?
  /// When the people were requested: `started` of the feed line.
  public var started: Instant?
  public var users: Int?
  /// The file's URL, without secrets.
  public var remote: String?
  public var bytes: Int?
  public var sha256: String?
  public var at: Instant?
  /// Whether it was delivered from an incomplete stream, with `--allow-partial`. Then it covers no days.
  public var isPartial: Bool
  public var error: String?

  public init(
    outcome: Outcome, status: String? = nil, since: Day? = nil, until: Day? = nil, started: Instant? = nil,
    users: Int? = nil, remote: String? = nil, bytes: Int? = nil, sha256: String? = nil, at: Instant? = nil,
    isPartial: Bool = false, error: String? = nil
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
    Record.encoded(.delivery) { writer in
      writer.string(outcome.rawValue, .outcome)
      writer.string(status, .status)
      writer.string(since, .since)
      writer.string(until, .until)
      writer.string(started, .started)
      writer.integer(users, .users)
      writer.string(remote, .remote)
      writer.integer(bytes, .bytes)
      writer.string(sha256, .sha256)
      writer.string(at, .at)
      if isPartial { writer.boolean(true, .partial) }
      writer.string(error, .error)
    }
  }

  /// Reads a delivery record; nil if this version does not know its outcome.
  public init?(_ record: Record) throws(StreamError) {
    guard let name = record.string(.outcome) else { throw record.unusable(.outcome) }
    guard let outcome = Outcome(rawValue: name) else { return nil }
    self.init(
      outcome: outcome, status: record.string(.status), since: try record.day(.since), until: try record.day(.until),
      started: record.instant(.started), users: record.integer(.users), remote: record.string(.remote),
      bytes: record.integer(.bytes), sha256: record.string(.sha256), at: record.instant(.at),
      isPartial: record.isTrue(.partial), error: record.string(.error))
  }

  /// The name of a zip that is delivered again: `alma_people_E_again1.xml.zip` for `alma_people_E.xml.zip` and 1.
  package static func name(of zip: String, again number: Int) -> String {
    let ending = [".xml.zip", ".zip"].first(where: zip.hasSuffix) ?? ""
    return "\(zip.dropLast(ending.count))_again\(number)\(ending)"
  }

  /// The number in the name of a zip that was delivered again; nil for any other.
  package var again: Int? { (remote?.firstMatch(of: /_again(\d+)(\.xml)?\.zip$/)?.1).flatMap { Int($0) } }
}
