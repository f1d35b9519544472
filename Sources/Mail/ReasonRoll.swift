import RecordStream

/// The people of one verdict, by reason: all are counted, and the first of each reason are kept.
struct ReasonRoll: Equatable, Sendable {
  struct Group: Equatable, Sendable {
    let code: String
    fileprivate(set) var people = 0
    fileprivate(set) var listed: [ListedPerson] = []
    /// What is said of each of them, where that is the same of all.
    fileprivate(set) var sharedDetails: String?
  }

  /// Nobody makes as many codes; a stream that has them must not fill the memory.
  private static let mostGroups = 60
  private static let overflow = "other reasons"

  private(set) var people = 0
  private var groups: [Group] = []
  private var places: [String: Int] = [:]

  /// The groups in the order of the rules.
  var sorted: [Group] {
    let order = groups.indices.sorted {
      (ReasonText.place(of: groups[$0].code), $0) < (ReasonText.place(of: groups[$1].code), $1)
    }
    return order.map { groups[$0] }
  }

  /// Counts a person under each of their reasons, once.
  /// - Parameter limit: how many of a reason are kept by name.
  mutating func add(_ reject: RejectRecord, limit: Int) {
    people += 1
    var codes: [String] = []
    for reason in reject.reasons where !codes.contains(reason.code) && codes.count < Self.mostGroups {
      codes.append(reason.code)
    }
    for code in codes.isEmpty ? [""] : codes {
      let index = place(of: code)
      let details = Self.details(reject.reasons.filter { $0.code == code }, of: reject)
      if groups[index].people == 0 {
        groups[index].sharedDetails = details
      } else if groups[index].sharedDetails != details {
        groups[index].sharedDetails = nil
      }
      groups[index].people += 1
      if groups[index].listed.count < limit { groups[index].listed.append(ListedPerson(reject, details: details)) }
    }
  }

  private mutating func place(of code: String) -> Int {
    if let place = places[code] { return place }
    guard groups.count < Self.mostGroups || code == Self.overflow else { return place(of: Self.overflow) }
    groups.append(Group(code: Phrase.data(code)))
    places[code] = groups.count - 1
    return groups.count - 1
  }

  /// The fields, at most three, each with the other person who has the same identifier.
  private static func details(_ reasons: [RejectRecord.Reason], of reject: RejectRecord) -> String {
    var items = reasons.prefix(3).filter { !$0.field.isEmpty }.map { reason in
      let emplid = reason.otherEMPLID.flatMap { $0 == reject.emplid ? nil : Phrase.data($0) }
      let other = [emplid, reason.otherLine.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
      return Phrase.data(reason.field) + (other.isEmpty ? "" : ", as \(other)")
    }
    if reasons.count > 3 { items.append("and \(reasons.count - 3) more") }
    return items.joined(separator: "; ")
  }
}
