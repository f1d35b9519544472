public import Calendar
import JSONText

/// What became of the message to the stakeholders.
public struct MailRecord: Equatable, Sendable {
  public enum Outcome: String, Sendable {
    case sent
    case nothingToReport = "nothing-to-report"
    case failed
  }

  public var outcome: Outcome
  /// Those who got it.
  public var recipients: [String]
  public var messageID: String?
  public var at: Instant?
  public var error: String?

  public init(
    outcome: Outcome, recipients: [String] = [], messageID: String? = nil, at: Instant? = nil, error: String? = nil
  ) {
    self.outcome = outcome
    self.recipients = recipients
    self.messageID = messageID
    self.at = at
    self.error = error
  }

  public func encoded() -> [UInt8] {
    record(.mail) { writer in
      writer.string(outcome.rawValue, "outcome")
      writer.beginArray("recipients")
      for recipient in recipients { writer.element(recipient) }
      writer.endArray()
      writer.string(messageID, "message_id")
      writer.string(at?.description, "at")
      writer.string(error, "error")
    }
  }
}
