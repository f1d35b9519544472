import RecordStream

/// The people of one verdict, by reason. All are counted, and the first people of each reason are kept.
package struct ReasonGroups: Sendable {
  /// The people with one reason.
  struct Group: Sendable {
    let code: String
    fileprivate(set) var people = 0
    fileprivate(set) var listed: [ListedPerson] = []
    /// The details that all of these people have; nil if they differ.
    fileprivate(set) var sharedDetails: String?
  }

  /// Caps memory on hostile streams. Further codes are counted as `otherReasons`.
  private static let maxGroups = 60
  private static let otherReasons = "other reasons"

  /// The number of people. A person with several reasons counts once.
  package private(set) var people = 0
  private var groups: [Group] = []
  private var positions: [String: Int] = [:]

  /// The groups in the order of the rules.
  var sorted: [Group] {
    let order = groups.indices.sorted {
      (ReasonText.position(of: groups[$0].code), $0) < (ReasonText.position(of: groups[$1].code), $1)
    }
    return order.map { groups[$0] }
  }

  /// Counts a person once under each of their reasons.
  /// - Parameter limit: the maximum number of people that are kept for a reason.
  mutating func add(_ reject: RejectRecord, limit: Int) {
    people += 1
    var codes: [String] = []
    for reason in reject.reasons where !codes.contains(reason.code) && codes.count < Self.maxGroups {
      codes.append(reason.code)
    }
    for code in codes.isEmpty ? [""] : codes {
      let position = position(of: code)
      let person = ListedPerson(reject, code: code)
      if groups[position].people == 0 {
        groups[position].sharedDetails = person.details
      } else if groups[position].sharedDetails != person.details {
        groups[position].sharedDetails = nil
      }
      groups[position].people += 1
      if groups[position].listed.count < limit { groups[position].listed.append(person) }
    }
  }

  private mutating func position(of code: String) -> Int {
    if let position = positions[code] { return position }
    guard groups.count < Self.maxGroups || code == Self.otherReasons else { return position(of: Self.otherReasons) }
    groups.append(Group(code: Phrase.excerpt(code)))
    positions[code] = groups.count - 1
    return groups.count - 1
  }
}

/// A person in the report: NetID (EMPLID), and no other personal data.
struct ListedPerson: Sendable {
  let name: String
  /// The fields with this reason, at most three, each with the other person who has the same identifier.
  let details: String

  init(_ reject: RejectRecord, code: String) {
    name = Self.name(of: reject)
    let reasons = reject.reasons.filter { $0.code == code }
    var items = reasons.prefix(3).filter { !$0.field.isEmpty }.map { reason in
      let emplid = reason.otherEMPLID.flatMap { $0 == reject.emplid ? nil : Phrase.excerpt($0) }
      let other = [emplid, reason.otherLine.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
      return Phrase.excerpt(reason.field) + (other.isEmpty ? "" : ", as \(other)")
    }
    if reasons.count > 3 { items.append("and \(reasons.count - 3) more") }
    details = items.joined(separator: "; ")
  }

  private static func name(of reject: RejectRecord) -> String {
    switch (nonblank(reject.campusID), nonblank(reject.emplid)) {
    case (let netID?, let emplid?): "\(netID) (\(emplid))"
    case (let netID?, nil): "\(netID) (no EMPLID)"
    case (nil, let emplid?): "no NetID (\(emplid))"
    case (nil, nil): reject.line > 0 ? "line \(reject.line) of the feed" : "a person without NetID and EMPLID"
    }
  }

  private static func nonblank(_ text: String?) -> String? {
    guard let text, text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { return nil }
    return Phrase.excerpt(text)
  }
}
