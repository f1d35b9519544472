import StageSupport

/// A part of a message: its head, and its body as it travels. All lines end with LF.
struct MIMEPart {
  let head: [String]
  let body: [UInt8]

  /// Text for people, as it is where every mail server takes it so.
  init(text: String, type: String) {
    let isPlain =
      text.utf8.allSatisfy { $0 == 0x0A || $0 == 0x09 || ($0 >= 0x20 && $0 < 0x7F) }
      && text.utf8.split(separator: 0x0A).allSatisfy { $0.count <= 900 }
    head = [
      "Content-Type: \(type); charset=utf-8",
      "Content-Transfer-Encoding: \(isPlain ? "7bit" : "quoted-printable")",
    ]
    body = isPlain ? Array(text.utf8) : QuotedPrintable.encoded(text)
  }

  /// A file.
  init(_ attachment: Attachment) {
    head = [
      "Content-Type: application/x-ndjson; name=\"\(attachment.name)\"",
      "Content-Disposition: attachment; filename=\"\(attachment.name)\"",
      "Content-Transfer-Encoding: base64",
    ]
    body = Base64.encoded(attachment.bytes, lineLength: 76)
  }

  /// Parts in one another.
  /// - Parameters:
  ///   - kind: `alternative`, of which readers show the last they can, or `mixed`.
  ///   - boundary: text that is in none of the parts.
  init(_ kind: String, _ parts: [MIMEPart], boundary: String) {
    head = ["Content-Type: multipart/\(kind); boundary=\"\(boundary)\""]
    var body: [UInt8] = []
    for part in parts {
      body += "--\(boundary)\n\(part.head.joined(separator: "\n"))\n\n".utf8
      body += part.body
      if part.body.last != 0x0A { body.append(0x0A) }
    }
    body += "--\(boundary)--\n".utf8
    self.body = body
  }
}
