/// What a line of the stream is about: the `kind` of a record. A line without one is a person.
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
  public static let summary = RecordKind(rawValue: "summary")
}

/// What a line is.
public enum LineRole: Equatable, Sendable {
  /// No record: a person, or no JSON object at all.
  case person
  case record(RecordKind)
}
