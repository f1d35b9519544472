import JSONText

/// Tells records from people, and takes the fields out of records.
///
/// One scan finds the places of all fields that a record of ours can have; what is not known is left alone.
public struct RecordReader: ~Copyable {
  /// Every field of the records that somebody reads.
  enum Field: String, CaseIterable {
    case kind, status, since, until, source, started
    case verdict, line, emplid, campusID = "campus_id", reasons
    case path, format, users, bytes, sha256, entries
    case outcome, remote, at, partial, error
    case stage, complete, exitStatus = "exit_status"
    case people, accepted, rejected, excluded, warned
    case files, zips
    case name, modified, handled, ageSeconds = "age_seconds"
    case delivered, alreadyThere = "already_there", empty, failed

    var index: Int { Self.indices[self]! }
    private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
  }

  private var scanner = ObjectScanner(members: Field.allCases.map(\.rawValue))

  public init() {}

  /// Tells what a line is, and remembers where its fields stand.
  public mutating func role(of line: Span<UInt8>) -> LineRole {
    guard let end = try? scanner.scan(line, from: line.skippingJSONSpace(from: 0)),
      line.skippingJSONSpace(from: end) == line.count
    else { return .person }
    let kind = scanner.values[Field.kind.index]
    switch kind.shape {
    case .absent: return .person
    case .blank, .string: return .record(RecordKind(rawValue: line.string(kind)))
    default: return .record(RecordKind(rawValue: ""))
    }
  }

  func string(_ field: Field, in line: Span<UInt8>) -> String? {
    let value = scanner.values[field.index]
    return value.isString ? line.string(value) : nil
  }

  func integer(_ field: Field, in line: Span<UInt8>) -> Int? {
    let value = scanner.values[field.index]
    return value.shape == .integer ? Int(line.string(value)) : nil
  }

  func isTrue(_ field: Field, in line: Span<UInt8>) -> Bool {
    let value = scanner.values[field.index]
    return value.shape == .boolean && line.string(value) == "true"
  }

  func list(_ field: Field, in line: Span<UInt8>) -> [JSONValue] {
    let value = scanner.values[field.index]
    guard value.shape == .array else { return [] }
    return (try? JSONValue(parsing: line.extracting(value.start..<value.end)))?.array ?? []
  }
}
