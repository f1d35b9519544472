public import Calendar
import JSONText

/// A record of the ledger: days that were requested, or days that were waived.
public struct WindowRecord: Equatable, Sendable {
  public var status: String?
  /// The first day that was owed or given on the command line, without the overlap.
  public var since: Day
  /// The day after the last one.
  public var until: Day
  /// When it was written: `started` of the feed line.
  public var at: Instant
  /// Whether the operator has decided that the days will not be delivered.
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
    Record.encoded(.window) { writer in
      writer.string(status, .status)
      writer.string(since, .since)
      writer.string(until, .until)
      writer.string(at, .at)
      if isWaived { writer.string(Self.waived, .outcome) }
    }
  }

  /// Reads a window record; nil if this version does not know its outcome.
  public init?(_ record: Record) throws(StreamError) {
    guard let since = try record.day(.since), let until = try record.day(.until), since <= until else {
      throw record.unusable(.since)
    }
    guard let at = record.instant(.at) else { throw record.unusable(.at) }
    let outcome = record.string(.outcome)
    guard outcome == nil || outcome == Self.waived else { return nil }
    self.init(status: record.string(.status), since: since, until: until, at: at, isWaived: outcome != nil)
  }
}
