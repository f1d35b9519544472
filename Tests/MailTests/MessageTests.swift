import Calendar
import Report
import Testing

@testable import Mail

@Suite struct MessageTests {
  private let report = Report([])
  private let noon = Instant(seconds: 1_795_308_300)

  private func header(subject: String? = nil) throws -> MessageHeader {
    try MessageHeader(from: "f@x.example", to: ["a@x.example"], cc: [], replyTo: [], subject: subject)
  }

  @Test func `the same report at the same time is the same message, and another time another`() throws {
    let digest = Message.digest(report, try header(), attachment: nil, seed: "")
    let message = Message(report, try header(), attachment: nil, digest: digest, date: noon)
    #expect(Message(report, try header(), attachment: nil, digest: digest, date: noon).bytes == message.bytes)
    let later = Message(
      report, try header(), attachment: nil, digest: digest, date: Instant(seconds: noon.seconds + 1))
    #expect(later.id != message.id)
    #expect(later.digest == message.digest)
    #expect(Message.digest(report, try header(), attachment: nil, seed: "other people") != digest)
    #expect(Message.digest(report, try header(subject: "x"), attachment: nil, seed: "") != digest)
  }

  @Test(arguments: ["a\nBcc: x@y", "a\r\nBcc: x@y", "a\u{0}b", "a\u{85}b"])
  func `a subject with a line end is refused`(subject: String) {
    #expect(throws: MailError.self) { try header(subject: subject) }
  }

  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (1_795_308_300, "Sun, 22 Nov 2026 00:45:00 +0000"),
    (1_772_236_799, "Fri, 27 Feb 2026 23:59:59 +0000"),
  ])
  func `dates are those of RFC 5322`(seconds: Int, text: String) {
    #expect(MailDate.text(of: Instant(seconds: seconds)) == text)
  }

  @Test func `an attachment takes whole lines, as many as fit`() {
    var attachment = Attachment()
    let line = [UInt8](repeating: 0x61, count: 1_999_999)
    for _ in 0..<4 { attachment.add(line.span) }
    #expect(attachment.lines == 2)
    #expect(attachment.omitted == 2)
    #expect(attachment.bytes.count == 4_000_000)
  }
}
