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
}
