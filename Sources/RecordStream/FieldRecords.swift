public import Calendar
import JSONText

/// What became of each field of a person: names only, no values.
public struct ExplainRecord: Sendable {
  /// An element that was written from a field, and the place of its value in the profile as a JSON Pointer.
  public struct Element: Sendable {
    public var element, field, at: String

    public init(element: String, field: String, at: String) {
      self.element = element
      self.field = field
      self.at = at
    }
  }

  /// A field that has a value but was not sent, and why.
  public struct Unsent: Sendable {
    public enum Reason: String, Sendable {
      /// It was read by conditions only.
      case tested
      /// A condition did not hold, an earlier alternative was used, or the entry has no key.
      case notReached = "not_reached"
      /// The profile does not name it.
      case unnamed
    }

    public var field: String
    public var why: Reason

    public init(field: String, why: Reason) {
      self.field = field
      self.why = why
    }
  }

  /// The person's line in patron-validate's input, from 1.
  public var line: Int
  public var emplid, campusID: String?
  /// `accepted`, or as in a reject.
  public var verdict: String
  /// In the order in which they are written.
  public var elements: [Element]
  /// In the order of the person's members.
  public var unsent: [Unsent]

  public init(
    line: Int, emplid: String?, campusID: String?, verdict: String, elements: [Element], unsent: [Unsent]
  ) {
    self.line = line
    self.emplid = emplid
    self.campusID = campusID
    self.verdict = verdict
    self.elements = elements
    self.unsent = unsent
  }

  public func encoded() -> [UInt8] {
    Record.encoded(.explain) { writer in
      writer.integer(line, .line)
      writer.string(emplid, .emplid)
      writer.string(campusID, .campusID)
      writer.string(verdict, .verdict)
      writer.beginArray(RecordField.elements.rawValue)
      for element in elements {
        writer.beginObject()
        writer.string(element.element, "element")
        writer.string(element.field, .field)
        writer.string(element.at, .at)
        writer.endObject()
      }
      writer.endArray()
      writer.beginArray(RecordField.unsent.rawValue)
      for field in unsent {
        writer.beginObject()
        writer.string(field.field, .field)
        writer.string(field.why.rawValue, "why")
        writer.endObject()
      }
      writer.endArray()
    }
  }
}

/// An alarm: a field of the profile that no person of a feed has.
public struct FieldRecord: Equatable, Sendable {
  public enum Alarm: Equatable, Sendable {
    /// No person has the member.
    case missing
    /// No person has a value in it, although earlier feeds had; the last of those ended on this day.
    case gone(lastSeen: Day?)
  }

  public var alarm: Alarm
  public var field: String
  /// The elements that it is part of.
  public var elements: [String]
  /// How many people the feed has.
  public var people: Int

  public init(alarm: Alarm, field: String, elements: [String], people: Int) {
    self.alarm = alarm
    self.field = field
    self.elements = elements
    self.people = people
  }

  public func encoded() -> [UInt8] {
    Record.encoded(.field) { writer in
      writer.string(alarm == .missing ? "missing" : "gone", .alarm)
      writer.string(field, .field)
      writer.strings(elements, .elements)
      writer.integer(people, .people)
      if case .gone(let lastSeen) = alarm { writer.string(lastSeen, .lastSeen) }
    }
  }

  /// Reads an alarm; nil if this version does not know it.
  public init?(_ record: Record) {
    let alarm: Alarm
    switch record.string(.alarm) {
    case "missing": alarm = .missing
    case "gone": alarm = .gone(lastSeen: record.string(.lastSeen).flatMap(Day.init))
    default: return nil
    }
    self.init(
      alarm: alarm, field: record.string(.field) ?? "", elements: record.list(.elements).compactMap(\.string),
      people: record.integer(.people) ?? 0)
  }
}

/// The fields that had a value for at least one person of a feed, for the comparison with later feeds.
public struct FieldsRecord: Equatable, Sendable {
  public var status: String?
  /// The day after the last day of the feed's window.
  public var until: Day?
  public var people: Int
  /// In the order of the profile's fields.
  public var filled: [String]

  public init(status: String?, until: Day?, people: Int, filled: [String]) {
    self.status = status
    self.until = until
    self.people = people
    self.filled = filled
  }

  public func encoded() -> [UInt8] {
    Record.encoded(.fields) { writer in
      writer.string(status, .status)
      writer.string(until, .until)
      writer.integer(people, .people)
      writer.strings(filled, .filled)
    }
  }

  public init(_ record: Record) throws(StreamError) {
    self.init(
      status: record.string(.status), until: try record.day(.until), people: record.integer(.people) ?? 0,
      filled: record.list(.filled).compactMap(\.string))
  }
}
