public import Calendar
import JSONText

/// The first line of a stream: which people were asked for.
public struct FeedRecord: Equatable, Sendable {
  /// The people's eligibility: `E` or `I`; nil for any.
  public var status: String?
  /// The first day of the window.
  public var since: Day?
  /// The day on which the window ends.
  public var until: Day?
  /// Where the people come from: a URL without secrets, or a file.
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
    record(.feed) { writer in
      writer.string(status, "status")
      writer.string(since?.description, "since")
      writer.string(until?.description, "until")
      writer.string(source, "source")
      writer.string(started?.description, "started")
    }
  }
}

extension RecordReader {
  /// The feed record that `role(of:)` has met in this line.
  public func feed(in line: Span<UInt8>, place: LinePlace) throws(StreamError) -> FeedRecord {
    FeedRecord(
      status: string(.status, in: line),
      since: try day(.since, in: line, kind: "feed", place: place),
      until: try day(.until, in: line, kind: "feed", place: place),
      source: string(.source, in: line),
      started: string(.started, in: line).flatMap(Instant.init))
  }

  /// A day where the field is there; a feed whose window cannot be read must not pass for one without.
  func day(_ field: Field, in line: Span<UInt8>, kind: String, place: LinePlace) throws(StreamError) -> Day? {
    guard let text = string(field, in: line) else { return nil }
    guard let day = Day(text) else {
      throw StreamError.badRecord(place: place.description, kind: kind, field: field.rawValue)
    }
    return day
  }
}

/// Writes a record in normal form, its kind first.
func record(_ kind: RecordKind, _ fields: (inout JSONWriter) -> Void) -> [UInt8] {
  var writer = JSONWriter()
  writer.beginObject()
  writer.string(kind.rawValue, "kind")
  fields(&writer)
  writer.endObject()
  return writer.bytes
}
