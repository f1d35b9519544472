import Encodings

/// A part of a message: its header lines, and its encoded body. All lines end with LF.
struct MIMEPart {
  let head: [String]
  let body: [UInt8]

  /// A text, unencoded if every mail server accepts it so.
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

  /// An attached file.
  init(_ attachment: Attachment) {
    head = [
      "Content-Type: application/x-ndjson; name=\"\(attachment.name)\"",
      "Content-Disposition: attachment; filename=\"\(attachment.name)\"",
      "Content-Transfer-Encoding: base64",
    ]
    body = Base64.encoded(attachment.bytes, lineLength: 76)
  }

  /// A part made of parts.
  /// - Parameters:
  ///   - kind: `alternative`, of which mail programs show the last that they can, or `mixed`.
  ///   - boundary: a text that none of the parts contains.
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

/// The records of rejected people that are attached to a message: whole lines, as many as fit.
struct Attachment: Sendable {
  /// With this size a message in base64 stays below 10 MB, a common limit of mail servers.
  private static let maxBytes = 5_000_000

  let name = "rejects.ndjson"
  private(set) var bytes: [UInt8] = []
  private(set) var lines = 0
  /// How many lines did not fit.
  private(set) var omitted = 0

  /// Adds a line, which has no line feed. After the first line that does not fit, all others are omitted.
  mutating func add(_ line: Span<UInt8>) {
    guard omitted == 0, bytes.count + line.count < Self.maxBytes else {
      omitted += 1
      return
    }
    unsafe line.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(0x0A)
    lines += 1
  }
}
