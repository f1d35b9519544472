import JSONText

/// A person that is set aside, or accepted with a warning, and why.
public struct RejectRecord: Equatable, Sendable {
  public enum Verdict: String, Sendable, CaseIterable {
    /// Not sent: something must be put right first.
    case rejected
    /// Not sent, by policy.
    case excluded
    /// Sent all the same.
    case warned
  }

  public struct Reason: Equatable, Sendable {
    /// The rule's code, as in patron-validate(1).
    public var code: String
    /// The field of the person that the rule looked at; empty where it was the line as a whole.
    public var field: String
    /// What is wrong, for people.
    public var message: String

    public init(code: String, field: String, message: String) {
      self.code = code
      self.field = field
      self.message = message
    }
  }

  public var verdict: Verdict
  /// The line's number in patron-validate's input, from 1.
  public var line: Int
  public var emplid: String?
  public var campusID: String?
  public var reasons: [Reason]

  public init(verdict: Verdict, line: Int, emplid: String?, campusID: String?, reasons: [Reason]) {
    self.verdict = verdict
    self.line = line
    self.emplid = emplid
    self.campusID = campusID
    self.reasons = reasons
  }

  /// - Parameter object: the line as it came, where it is an object, embedded byte for byte.
  public func encoded(object: Span<UInt8>) -> [UInt8] {
    record(.reject) { writer in
      write(to: &writer)
      writer.raw(object, "record")
    }
  }

  /// - Parameter text: the line's beginning, where it is no object.
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
      writer.endObject()
    }
    writer.endArray()
  }
}

extension RecordReader {
  /// The reject that `role(of:)` has met in this line, without the person in it; nil where its verdict is none of ours.
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
          code: $0["code"]?.string ?? "", field: $0["field"]?.string ?? "", message: $0["message"]?.string ?? "")
      })
  }
}
