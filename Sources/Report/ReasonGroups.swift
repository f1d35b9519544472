import RecordStream

/// The people of one verdict, by reason. All are counted, and the first people of each reason are kept.
package struct ReasonGroups: Sendable {
  /// The people with one reason.
  struct Group: Sendable {
    let code: String
    /// The reason in the words of the profile.
    let because: String?
    fileprivate(set) var people = 0
    /// Those who are new, and the others, each up to the limit.
    fileprivate var kept: (new: [ListedPerson], others: [ListedPerson]) = ([], [])
    /// The details that all of these people have; nil if they differ.
    fileprivate(set) var sharedDetails: ReasonDetails?

    /// The first people, up to a limit.
    /// - Parameter newFirst: those who are new come first, so that a cut list has them.
    func listed(_ limit: Int, newFirst: Bool) -> ArraySlice<ListedPerson> {
      let all = kept.new + kept.others
      return (newFirst ? all : all.sorted { $0.order < $1.order }).prefix(limit)
    }
  }

  /// Caps memory on hostile streams. Further codes are counted as `otherReasons`.
  private static let maxGroups = 60
  private static let otherReasons = "other reasons"

  /// The number of people. A person with several reasons counts once.
  package private(set) var people = 0
  /// How many of them no earlier message had with one of their reasons; nil if that is not known.
  private(set) var new: Int?
  private var groups: [Group] = []
  private var positions: [String: Int] = [:]

  /// The groups in the order of the rules.
  var sorted: [Group] {
    let order = groups.indices.map { (ReasonText.position(of: groups[$0].code), $0) }.sorted { $0 < $1 }
    return order.map { groups[$0.1] }
  }

  /// Counts a person once under each of their reasons.
  /// - Parameters:
  ///   - limit: the maximum number of people that are kept for a reason.
  ///   - novelty: who was in an earlier message; nil if nobody is called new.
  mutating func add(_ reject: RejectRecord, limit: Int, _ novelty: inout Novelty?) {
    people += 1
    var codes: [String] = []
    for reason in reject.reasons where !codes.contains(reason.code) && codes.count < Self.maxGroups {
      codes.append(reason.code)
    }
    var isAnyNew: Bool?
    for code in codes.isEmpty ? [""] : codes {
      let position = position(of: code, because: reject.reasons.first { $0.code == code }?.because)
      let isNew = novelty?.isNew(Vocabulary.nonblank(reject.emplid) ?? Vocabulary.nonblank(reject.campusID), code)
      if let isNew { isAnyNew = isNew || isAnyNew == true }
      groups[position].add(
        ListedPerson(reject, code: code, order: people, isNew: isNew == true), limit: limit)
    }
    if let isAnyNew { new = (new ?? 0) + (isAnyNew ? 1 : 0) }
  }

  private mutating func position(of code: String, because: String?) -> Int {
    if let position = positions[code] { return position }
    guard groups.count < Self.maxGroups || code == Self.otherReasons else {
      return position(of: Self.otherReasons, because: nil)
    }
    groups.append(Group(code: Phrase.excerpt(code), because: because.map { Phrase.excerpt($0, limit: 200) }))
    positions[code] = groups.count - 1
    return groups.count - 1
  }
}

extension ReasonGroups.Group {
  fileprivate init(code: String, because: String?) {
    self.code = code
    self.because = because
  }

  fileprivate mutating func add(_ person: ListedPerson, limit: Int) {
    if people == 0 {
      sharedDetails = person.details
    } else if sharedDetails != person.details {
      sharedDetails = nil
    }
    people += 1
    if person.isNew, kept.new.count < limit { kept.new.append(person) }
    if !person.isNew, kept.others.count < limit { kept.others.append(person) }
  }
}

/// A person in the report: user name and ID, and no other personal data.
struct ListedPerson: Sendable {
  private let userName: String?
  private let id: String?
  private let line: Int
  let details: ReasonDetails
  /// The position among the people of the verdict.
  let order: Int
  let isNew: Bool

  init(_ reject: RejectRecord, code: String, order: Int = 0, isNew: Bool = false) {
    userName = reject.campusID.map { Phrase.excerpt($0) }
    id = reject.emplid.map { Phrase.excerpt($0) }
    line = reject.line
    details = ReasonDetails(reject, code)
    self.order = order
    self.isNew = isNew
  }

  func name(_ words: Vocabulary) -> String { words.name(userName: userName, id: id, line: line) }
}

/// The fields with one reason of a person, and who else has the same identifier.
struct ReasonDetails: Sendable, Equatable {
  private struct Field: Sendable, Equatable {
    let name: String
    /// Who has it too; nil for nobody.
    let other: String?
  }

  private static let maxFields = 3

  private let fields: [Field]
  private let more: Int

  init(_ reject: RejectRecord, _ code: String) {
    let reasons = reject.reasons.filter { $0.code == code }
    fields = reasons.prefix(Self.maxFields).filter { !$0.field.isEmpty }.map { reason in
      Field(name: Phrase.excerpt(reason.field), other: Self.other(reason, of: reject))
    }
    more = max(0, reasons.count - Self.maxFields)
  }

  private static func other(_ reason: RejectRecord.Reason, of reject: RejectRecord) -> String? {
    if let id = reason.otherEMPLID { return id == reject.emplid ? "another record of this person" : Phrase.excerpt(id) }
    return reason.otherLine.map { "the person in line \($0) of the feed" }
  }

  /// `Campus ID (CAMPUS_ID), which 9100004 has too`; empty if there is no field.
  func text(_ words: Vocabulary) -> String {
    let items = fields.map { words.label(of: $0.name) + ($0.other.map { ", which \($0) has too" } ?? "") }
    return (items + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "; ")
  }
}
