import Calendar
import Digest
import Report

/// An e-mail. The same report at the same time is the same bytes.
package struct Message: Sendable {
  /// The value of `Message-ID`, with its angle brackets.
  let id: String
  /// The addresses of all recipients, each once.
  let recipients: [String]
  /// The address to which bounces are sent.
  let sender: String
  /// SHA-256 of the contents without what depends on earlier messages, on the recipients or on the time.
  let digest: String
  /// Header and body. Lines end with LF, and all bytes are ASCII.
  let bytes: [UInt8]
  /// The message for people: its header without encoding, and its text.
  let preview: String

  /// The digest by which a message is known again.
  /// - Parameters:
  ///   - report: without what depends on earlier messages.
  ///   - seed: a digest of the records that the report does not show in full.
  static func digest(_ report: Report, _ header: MessageHeader, attachment: Attachment?, seed: String) -> String {
    let subject = header.subject ?? report.subject
    return digest([
      Array(subject.utf8), Array(report.text.utf8), Array(report.html.utf8), attachment?.bytes ?? [], Array(seed.utf8),
    ])
  }

  /// - Parameter digest: that of the report, or of the message that this one repeats.
  init(_ report: Report, _ header: MessageHeader, attachment: Attachment?, digest: String, date: Instant) {
    let text = report.text
    let html = report.html
    let subject = header.subject ?? report.subject
    self.digest = digest
    id = "<\(date.seconds).\(digest.prefix(24))@\(header.from.domain)>"
    recipients = header.recipients
    sender = header.from.address

    // The boundary contains a digest of the contents, so no part contains the boundary.
    let boundary = "=_\(digest.suffix(24))"
    var body = MIMEPart(
      "alternative", [MIMEPart(text: text, type: "text/plain"), MIMEPart(text: html, type: "text/html")],
      boundary: boundary + "_a")
    if let attachment { body = MIMEPart("mixed", [body, MIMEPart(attachment)], boundary: boundary + "_m") }
    let head = Self.head(header, subject: subject, id: id, date: date) + body.head
    let addresses = [("From", [header.from]), ("To", header.to), ("Cc", header.cc)]
    let addressLines = addresses.filter { !$1.isEmpty }.map { "\($0): \($1.map(\.text).joined(separator: ", "))\n" }
    preview = "\(addressLines.joined())Subject: \(subject)\n\n\(text)"
    bytes = Array((head.joined(separator: "\n") + "\n\n").utf8) + body.body
  }

  private static func head(_ header: MessageHeader, subject: String, id: String, date: Instant) -> [String] {
    var head = [
      "Date: \(MailDate.text(of: date))",
      HeaderEncoding.field("From", [header.from]),
      header.to.isEmpty ? "To: undisclosed-recipients:;" : HeaderEncoding.field("To", header.to),
    ]
    if !header.cc.isEmpty { head.append(HeaderEncoding.field("Cc", header.cc)) }
    if !header.replyTo.isEmpty { head.append(HeaderEncoding.field("Reply-To", header.replyTo)) }
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

/// Times as mail has them (RFC 5322): `Sun, 22 Nov 2026 00:45:07 +0000`.
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
