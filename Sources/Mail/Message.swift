import Calendar
import Digest

/// A message as it is sent: the same report at the same time is the same bytes.
public struct Message: Sendable {
  /// With its angle brackets.
  public let id: String
  public let recipients: [String]
  /// The address that bounces go to.
  public let sender: String
  /// Of all that the message says, whoever it is for and whenever it is sent.
  public let digest: String
  /// Head and body; lines end with LF, and all bytes are ASCII.
  public let bytes: [UInt8]

  /// - Parameters:
  ///   - seed: a digest of what the report was made from, where it does not show all of it.
  ///   - digest: of the message that this one repeats; nil where it repeats none.
  init(
    _ report: Report, _ letterhead: Letterhead, attachment: Attachment?, seed: String, date: Instant,
    digest: String? = nil
  ) {
    let text = TextRendering.text(of: report)
    let html = HTMLRendering.text(of: report)
    let subject = letterhead.subject ?? report.subject
    let digest =
      digest
      ?? Self.digest([
        Array(subject.utf8), Array(text.utf8), Array(html.utf8), attachment?.bytes ?? [], Array(seed.utf8),
      ])
    self.digest = digest
    id = "<\(date.seconds).\(digest.prefix(24))@\(letterhead.from.domain)>"
    recipients = letterhead.recipients
    sender = letterhead.from.address

    // A line end in quoted-printable, or `=_`, is in no part: the boundary cannot be either.
    let boundary = "=_\(digest.suffix(24))"
    var body = MIMEPart(
      "alternative", [MIMEPart(text: text, type: "text/plain"), MIMEPart(text: html, type: "text/html")],
      boundary: boundary + "_a")
    if let attachment { body = MIMEPart("mixed", [body, MIMEPart(attachment)], boundary: boundary + "_m") }
    let head = Self.head(letterhead, subject: subject, id: id, date: date) + body.head
    bytes = Array((head.joined(separator: "\n") + "\n\n").utf8) + body.body
  }

  private static func head(_ letterhead: Letterhead, subject: String, id: String, date: Instant) -> [String] {
    var head = [
      "Date: \(MailDate.text(of: date))",
      HeaderEncoding.field("From", [letterhead.from]),
      letterhead.to.isEmpty ? "To: undisclosed-recipients:;" : HeaderEncoding.field("To", letterhead.to),
    ]
    if !letterhead.cc.isEmpty { head.append(HeaderEncoding.field("Cc", letterhead.cc)) }
    if !letterhead.replyTo.isEmpty { head.append(HeaderEncoding.field("Reply-To", letterhead.replyTo)) }
    return head + [
      HeaderEncoding.field("Subject", text: subject),
      "Message-ID: \(id)",
      "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0",
    ]
  }

  private static func digest(_ pieces: [[UInt8]]) -> String {
    var digest = SHA256()
    for piece in pieces {
      let count = Array("\(piece.count):".utf8)
      digest.update(count.span)
      digest.update(piece.span)
    }
    return digest.finish()
  }
}

/// The form of times in mail: `Sun, 22 Nov 2026 00:45:07 +0000`.
enum MailDate {
  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func text(of instant: Instant) -> String {
    let (year, month, day) = instant.day.parts
    // 1970-01-01 was a Thursday.
    let weekday = weekdays[((instant.day.number + 4) % 7 + 7) % 7]
    let time = instant.description.dropFirst(11).dropLast()
    return "\(weekday), \(day < 10 ? "0" : "")\(day) \(months[month - 1]) \(String(year)) \(time) +0000"
  }
}
