public import Calendar
import JSONText

/// The first line of a stream. It says which people were requested.
public struct FeedRecord: Equatable, Sendable {
  /// The people's eligibility, `E` or `I`; nil for any.
  public var status: String?
  /// The first day of the window.
  public var since: Day?
  /// The day on which the window ends.
  public var until: Day?
  /// The source of the people: a URL without secrets, or a file.
  public var source: String?
  public var started: Instant?

  public init(status: String?, since: Day?, until: Day?, source: String?, started: Instant?) {
    self.status = status
    self.since = since
    self.until = until
    self.source = source
    self.started = started
  }

  public func encoded() -> [UInt8] {
    Record.encoded(.feed) { writer in
      writer.string(status, .status)
      writer.string(since, .since)
      writer.string(until, .until)
      writer.string(source, .source)
      writer.string(started, .started)
    }
  }

  /// Reads a feed record. A window that cannot be read is an error.
  public init(_ record: Record) throws(StreamError) {
    self.init(
      status: record.string(.status), since: try record.day(.since), until: try record.day(.until),
      source: record.string(.source), started: record.instant(.started))
  }
}
