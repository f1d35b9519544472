import Calendar
import JSONText

/// The kind of a record: its member `kind`. A line without that member is a person.
public struct RecordKind: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public static let feed = RecordKind(rawValue: "feed")
  public static let window = RecordKind(rawValue: "window")
  public static let reject = RecordKind(rawValue: "reject")
  public static let file = RecordKind(rawValue: "file")
  public static let delivery = RecordKind(rawValue: "delivery")
  public static let mail = RecordKind(rawValue: "mail")
  public static let drop = RecordKind(rawValue: "drop")
  package static let load = RecordKind(rawValue: "load")
  package static let loadReject = RecordKind(rawValue: "load-reject")
  public static let explain = RecordKind(rawValue: "explain")
  public static let field = RecordKind(rawValue: "field")
  public static let fields = RecordKind(rawValue: "fields")
  public static let summary = RecordKind(rawValue: "summary")
  public static let run = RecordKind(rawValue: "run")
  public static let look = RecordKind(rawValue: "look")
  package static let state = RecordKind(rawValue: "state")
  package static let receipt = RecordKind(rawValue: "receipt")
}

/// The members of records, as patron-stream(5) names them. The counts of summaries are among them.
public enum RecordField: String, CaseIterable, Sendable {
  case kind, status, since, until, source, started
  case verdict, line, emplid, campusID = "campus_id", reasons, record
  case path, format, users, bytes, sha256, entries
  case outcome, remote, at, partial, error
  case recipients, messageID = "message_id"
  case name, modified, handled, ageSeconds = "age_seconds"
  case again, deliveries, job, instance, almaStatus = "alma_status", submitted, ended
  case processed, created, updated, unchanged, agrees, overdue, events, counters, event
  case stage, complete, seconds, profile, profileSHA256 = "profile_sha256", exitStatus = "exit_status", limit
  case run, waiting, taken, noRun = "no_run", failedOn = "failed_on", owed, after, before, asked
  case people, accepted, rejected, excluded, warned, files, zips
  case elements, unsent, alarm, field, lastSeen = "last_seen", filled
  case delivered, alreadyThere = "already_there", empty, failed
  case loaded

  fileprivate var index: Int { Self.indices[self]! }
  private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

/// A record of the stream. The types of the kinds, such as `FeedRecord`, read their members from it.
public struct Record: Sendable {
  public let kind: RecordKind
  public let place: LinePlace
  /// The line as it came, without its line feed.
  public let line: [UInt8]
  fileprivate let values: [JSONSlice]

  func string(_ field: RecordField) -> String? {
    let value = values[field.index]
    return value.isString ? line.span.string(value) : nil
  }

  func integer(_ field: RecordField) -> Int? {
    let value = values[field.index]
    return value.shape == .integer ? Int(line.span.string(value)) : nil
  }

  func isTrue(_ field: RecordField) -> Bool {
    let value = values[field.index]
    return value.shape == .boolean && line.span.string(value) == "true"
  }

  /// Whether the record has the field, and it is not null.
  func has(_ field: RecordField) -> Bool {
    let shape = values[field.index].shape
    return shape != .absent && shape != .null
  }

  func list(_ field: RecordField) -> [JSONValue] { value(field)?.array ?? [] }

  /// The value of a member that is an object or an array; nil for any other.
  func value(_ field: RecordField) -> JSONValue? {
    let value = values[field.index]
    guard value.shape == .array || value.shape == .object else { return nil }
    return try? JSONValue(parsing: line.span.extracting(value.start..<value.end))
  }

  /// The members of an object that are integers.
  func integers(_ field: RecordField) -> [(name: String, number: Int)] {
    guard case .object(let members)? = value(field) else { return [] }
    return members.compactMap { member in member.value.integer.map { (member.name, $0) } }
  }

  func instant(_ field: RecordField) -> Instant? { string(field).flatMap(Instant.init) }

  /// A day; nil if the member is missing. A day that cannot be read is an error, because a window without days is a
  /// full feed.
  func day(_ field: RecordField) throws(StreamError) -> Day? {
    guard let text = string(field) else { return nil }
    guard let day = Day(text) else { throw unusable(field) }
    return day
  }

  /// The error for a member that is missing or has no usable value.
  func unusable(_ field: RecordField) -> StreamError {
    .badRecord(place: place.description, kind: kind.rawValue, field: field.rawValue)
  }

  /// The bytes of a record: JSON in the normal form of the stream, with the kind first.
  static func encoded(_ kind: RecordKind, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.string(kind.rawValue, .kind)
    members(&writer)
    writer.endObject()
    return writer.bytes
  }
}

/// Finds the records among the lines of a stream.
public struct RecordReader: ~Copyable {
  private var scanner = ObjectScanner(members: RecordField.allCases.map(\.rawValue))

  public init() {}

  /// The record in a line; nil if the line is a person, or is not a JSON object.
  public mutating func record(in line: Span<UInt8>, at place: LinePlace) -> Record? {
    guard let end = try? scanner.scan(line, from: line.skippingJSONSpace(from: 0)),
      line.skippingJSONSpace(from: end) == line.count
    else { return nil }
    let kind = scanner.values[RecordField.kind.index]
    if kind.shape == .absent { return nil }
    // The copy has its own memory.
    let copy = unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
    let name = kind.isString ? line.string(kind) : ""
    return Record(kind: RecordKind(rawValue: name), place: place, line: copy, values: scanner.values)
  }
}

extension RecordReader {
  /// Reads the records of a file, or of standard input (`-`). Other lines are skipped, also those that a killed writer
  /// has cut.
  public static func forEachRecord(
    in path: String, _ body: (Record) throws(StreamError) -> Void
  ) throws(StreamError) {
    var input = LineReader([path])
    var reader = RecordReader()
    while try input.advance() {
      let place = input.place
      if place.isCut { continue }
      try input.withLine { (line) throws(StreamError) in
        if let record = reader.record(in: line, at: place) { try body(record) }
      }
    }
  }
}

extension JSONWriter {
  mutating func string(_ value: String?, _ field: RecordField) { string(value, field.rawValue) }
  mutating func string(_ value: (some CustomStringConvertible)?, _ field: RecordField) {
    string(value?.description, field.rawValue)
  }
  mutating func integer(_ value: Int?, _ field: RecordField) { integer(value, field.rawValue) }
  mutating func strings(_ values: [String], _ field: RecordField) {
    beginArray(field.rawValue)
    for value in values { element(value) }
    endArray()
  }
  mutating func boolean(_ value: Bool, _ field: RecordField) { boolean(value, field.rawValue) }
}

extension LineWriter {
  /// Copies a record as it came.
  public mutating func write(_ record: Record) throws(StreamError) { try write(line: record.line.span) }
}
