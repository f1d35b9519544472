public import Calendar
import JSONText

/// The outcome of the message to the stakeholders.
public struct MailRecord: Equatable, Sendable {
  public enum Outcome: String, Sendable {
    case sent
    case nothingToReport = "nothing-to-report"
    case failed
  }

  public var outcome: Outcome
  /// The recipients that the server accepted.
  public var recipients: [String]
  public var messageID: String?
  public var at: Instant?
  public var error: String?
  /// The SHA-256 of the message's contents; only in the log of sent mail.
  public var digest: String?
  /// How many times the message was sent; only in the log, and only if more than once.
  public var times: Int?

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
    Record.encoded(.mail) { writer in
      writer.string(outcome.rawValue, .outcome)
      writer.strings(recipients, .recipients)
      writer.string(messageID, .messageID)
      writer.string(at, .at)
      writer.string(error, .error)
      writer.string(digest, "digest")
      writer.integer(times, "times")
    }
  }
}
