import RecordStream

/// A person as the mail names them: NetID (EMPLID), and nothing else of theirs.
struct ListedPerson: Equatable, Sendable {
  let name: String
  /// The fields that the reason is about, and whom a shared identifier belongs to.
  let details: String

  init(_ reject: RejectRecord, details: String) {
    name = Self.name(of: reject)
    self.details = details
  }

  private static func name(of reject: RejectRecord) -> String {
    switch (known(reject.campusID), known(reject.emplid)) {
    case (let netID?, let emplid?): "\(netID) (\(emplid))"
    case (let netID?, nil): "\(netID) (no EMPLID)"
    case (nil, let emplid?): "no NetID (\(emplid))"
    case (nil, nil): reject.line > 0 ? "line \(reject.line) of the feed" : "a person without NetID and EMPLID"
    }
  }

  private static func known(_ text: String?) -> String? {
    guard let text, text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { return nil }
    return Phrase.data(text)
  }

  /// What a message tells of the other person: the EMPLID and the line of `in line 12, 9100, has`, and nothing else,
  /// because a message is free text.
  static func other(in message: String) -> String? {
    guard let range = message.firstRange(of: "line ") else { return nil }
    let rest = message[range.upperBound...]
    let line = rest.prefix { $0.isASCII && $0.isNumber }
    guard !line.isEmpty else { return nil }
    let behind = rest.dropFirst(line.count)
    guard behind.hasPrefix(", ") else { return "line \(line)" }
    let emplid = behind.dropFirst(2).prefix { $0 != "," }
    let isIdentifier = !emplid.isEmpty && emplid.utf8.count <= 32 && emplid.utf8.allSatisfy(MailAddress.isLocalByte)
    return isIdentifier ? "\(emplid), line \(line)" : "line \(line)"
  }
}
