import JSONText

/// A person who is rejected, excluded, or accepted with a warning, and why.
public struct RejectRecord: Equatable, Sendable {
  /// The decision of patron-validate.
  public enum Verdict: String, Sendable, CaseIterable {
    /// Not sent to Alma: the record must be corrected first.
    case rejected
    /// Not sent to Alma, by policy.
    case excluded
    /// Sent to Alma, although a rule is broken.
    case warned
  }

  /// One broken rule.
  public struct Reason: Equatable, Sendable {
    /// The rule's code, as in patron-validate(1).
    public var code: String
    /// The field that breaks the rule; empty if it is the line as a whole.
    public var field: String
    /// What is wrong, for people. Programs must not parse it.
    public var message: String
    /// The reason in the words of the profile, if the code is that of a check in it. It has no data of people.
    public var because: String?
    /// The line of the other person who has the same identifier, from 1; nil if there is none or it is not known.
    public var otherLine: Int?
    /// The EMPLID of that person, at most its first 32 bytes.
    public var otherEMPLID: String?

    public init(
      code: String, field: String, message: String, because: String? = nil, otherLine: Int? = nil,
      otherEMPLID: String? = nil
    ) {
      self.code = code
      self.field = field
      self.message = message
      self.because = because
      self.otherLine = otherLine
      self.otherEMPLID = otherEMPLID
    }

    private enum Member: String {
      case code, field, message, because, otherLine = "other_line", otherEMPLID = "other_emplid"
    }

    fileprivate init(_ value: JSONValue) {
      self.init(
        code: value[Member.code.rawValue]?.string ?? "", field: value[Member.field.rawValue]?.string ?? "",
        message: value[Member.message.rawValue]?.string ?? "", because: value[Member.because.rawValue]?.string,
        otherLine: value[Member.otherLine.rawValue]?.integer,
        otherEMPLID: value[Member.otherEMPLID.rawValue]?.string)
    }

    fileprivate func write(to writer: inout JSONWriter) {
      writer.beginObject()
      writer.string(code, Member.code.rawValue)
      writer.string(field.isEmpty ? nil : field, Member.field.rawValue)
      writer.string(message, Member.message.rawValue)
      writer.string(because, Member.because.rawValue)
      writer.integer(otherLine, Member.otherLine.rawValue)
      writer.string(otherEMPLID, Member.otherEMPLID.rawValue)
      writer.endObject()
    }
  }

  public var verdict: Verdict
  /// The line's number in patron-validate's input, from 1.
  public var line: Int
  /// The person's EMPLID; nil if it is missing or not a string.
  public var emplid: String?
  /// The person's NetID; nil if it is missing or not a string.
  public var campusID: String?
  /// The broken rules, in the order of patron-validate(1).
  public var reasons: [Reason]

  public init(verdict: Verdict, line: Int, emplid: String?, campusID: String?, reasons: [Reason]) {
    self.verdict = verdict
    self.line = line
    self.emplid = emplid
    self.campusID = campusID
    self.reasons = reasons
  }

  /// The record as a line of the stream, without a line feed.
  /// - Parameter object: the person's line, which must be a JSON object. It is copied byte for byte.
  public func encoded(object: Span<UInt8>) -> [UInt8] {
    Record.encoded(.reject) { writer in
      write(to: &writer)
      writer.raw(object, RecordField.record.rawValue)
    }
  }

  /// The record as a line of the stream, without a line feed.
  /// - Parameter text: the beginning of a line that is not a JSON object.
  public func encoded(text: String) -> [UInt8] {
    Record.encoded(.reject) { writer in
      write(to: &writer)
      writer.string(text, .record)
    }
  }

  private func write(to writer: inout JSONWriter) {
    writer.string(verdict.rawValue, .verdict)
    writer.integer(line, .line)
    writer.string(emplid, .emplid)
    writer.string(campusID, .campusID)
    writer.beginArray(RecordField.reasons.rawValue)
    for reason in reasons { reason.write(to: &writer) }
    writer.endArray()
  }

  /// Reads a reject record, without the person in it; nil if this version does not know its verdict.
  public init?(_ record: Record) throws(StreamError) {
    guard let name = record.string(.verdict) else { throw record.unusable(.verdict) }
    guard let verdict = Verdict(rawValue: name) else { return nil }
    self.init(
      verdict: verdict, line: record.integer(.line) ?? 0, emplid: record.string(.emplid),
      campusID: record.string(.campusID), reasons: record.list(.reasons).map(Reason.init))
  }
}
