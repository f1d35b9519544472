import JSONText

/// A person who is rejected, excluded, or accepted with a warning, and why.
public struct RejectRecord: Equatable, Sendable {
  /// What patron-validate decided.
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
    /// What is wrong, for people. Programs must not take anything from it.
    public var message: String
    /// The line of the other person who has the same identifier, from 1; nil if there is none or it is not known.
    public var otherLine: Int?
    /// The EMPLID of that person, at most its first 32 bytes.
    public var otherEMPLID: String?

    public init(code: String, field: String, message: String, otherLine: Int? = nil, otherEMPLID: String? = nil) {
      self.code = code
      self.field = field
      self.message = message
      self.otherLine = otherLine
      self.otherEMPLID = otherEMPLID
    }
  }

  public var verdict: Verdict
  /// The line's number in patron-validate's input, from 1.
  public var line: Int
  /// The person's EMPLID; nil if it is missing or no text.
  public var emplid: String?
  /// The person's NetID; nil if it is missing or no text.
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
    record(.reject) { writer in
      write(to: &writer)
      writer.raw(object, "record")
    }
  }

  /// The record as a line of the stream, without a line feed.
  /// - Parameter text: the beginning of a line that is not a JSON object.
  public func encoded(text: String) -> [UInt8] {
    record(.reject) { writer in
      write(to: &writer)
      writer.string(text, "record")
    }
  }

  private func write(to writer: inout JSONWriter) {
    writer.string(verdict.rawValue, "verdict")
    writer.integer(line, "line")
    writer.string(emplid, "emplid")
    writer.string(campusID, "campus_id")
    writer.beginArray("reasons")
    for reason in reasons {
      writer.beginObject()
      writer.string(reason.code, "code")
      writer.string(reason.field.isEmpty ? nil : reason.field, "field")
      writer.string(reason.message, "message")
      writer.integer(reason.otherLine, "other_line")
      writer.string(reason.otherEMPLID, "other_emplid")
      writer.endObject()
    }
    writer.endArray()
  }
}

extension RecordReader {
  /// Reads a reject record, without the person in it. Call `role(of:)` with the same line first.
  /// - Returns: nil if the verdict is not known.
  public func reject(in line: Span<UInt8>, place: LinePlace) throws(StreamError) -> RejectRecord? {
    guard let name = string(.verdict, in: line) else {
      throw StreamError.badRecord(place: place.description, kind: "reject", field: "verdict")
    }
    guard let verdict = RejectRecord.Verdict(rawValue: name) else { return nil }
    return RejectRecord(
      verdict: verdict,
      line: integer(.line, in: line) ?? 0,
      emplid: string(.emplid, in: line),
      campusID: string(.campusID, in: line),
      reasons: list(.reasons, in: line).map {
        RejectRecord.Reason(
          code: $0["code"]?.string ?? "", field: $0["field"]?.string ?? "", message: $0["message"]?.string ?? "",
          otherLine: $0["other_line"]?.integer, otherEMPLID: $0["other_emplid"]?.string)
      })
  }
}
