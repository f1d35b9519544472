import Calendar
import JSONText
import Patron
import Testing

/// Reads and checks lines as patron-validate does, for tables of rules.
struct RuleRun: ~Copyable {
  let plan: Plan
  var rules: RuleSet
  var reader: PersonReader
  var person: Person
  var line = 0

  /// - Parameter profile: nil for the built-in one.
  init(
    _ profile: String? = nil, groups: [String]? = nil, statCategories: [String]? = nil, comparesPeople: Bool = true
  ) throws {
    let plan = try Plan(Profile(document: profile.map { Array($0.utf8) } ?? Profile.builtInDocument))
    let today = try #require(Day("2026-11-25"))
    self.plan = plan
    rules = RuleSet(
      plan, today: today, groups: groups, statCategories: statCategories,
      comparesPeople: comparesPeople)
    reader = PersonReader(plan)
    person = plan.emptyPerson
  }

  /// `accepted`, `record`, or the codes and fields: `rejected: too_long PERM_CITY, …`.
  mutating func verdict(on text: String) -> String { verdict(on: Array(text.utf8)) }

  mutating func verdict(on bytes: [UInt8]) -> String {
    line += 1
    switch reader.read(bytes.span, isCut: false, into: &person) {
    case .record: return "record"
    case .malformed: return "rejected: malformed_json"
    case .person:
      switch rules.check(&person, line: line) {
      case .accepted: return "accepted"
      case .warned(let reasons): return "warned: " + list(reasons)
      case .excluded(let reason): return "excluded: " + list([reason])
      case .rejected(let reasons): return "rejected: " + list(reasons)
      }
    }
  }

  private func list(_ reasons: [Reason]) -> String {
    let order = reasons.compactMap { reason in Rule.allCases.firstIndex { $0.rawValue == reason.code } }
    #expect(order == order.sorted(), "reasons are in the order of the rules")
    return reasons.map { "\($0.code) \($0.field.map(plan.name) ?? "-")" }.joined(separator: ", ")
  }
}

/// The JSON of a person who satisfies all rules, with some members changed; nil removes one.
func somebody(_ changes: [(String, String?)] = []) -> String {
  var members: [(String, String)] = [
    ("EMPLID", #""960000001""#), ("CAMPUS_ID", #""zoe""#), ("PU_BARCODE", #""22101""#),
    ("ELIGIBLE_INELIGIBLE", #""E""#), ("VCURSTATUS", #""STUD""#), ("DEPTID", #""23400""#),
    ("PVPATRONGROUP", #""GRAD""#), ("PVSTATCATEGORY", #""GRADUATE""#), ("PATRON_EXPIRATION_DATE", #""2027-06-30""#),
    ("PATRON_PURGE_DATE", #""2028-06-30""#), ("PRF_OR_PRI_FIRST_NAM", #""Zoë""#),
    ("PRF_OR_PRI_LAST_NAME", #""García""#), ("PRF_OR_PRI_MIDDLE_NAME", #"" ""#), ("CAMP_EMAIL", #""zoe@example.edu""#),
  ]
  for (name, value) in changes {
    members.removeAll { $0.0 == name }
    if let value { members.append((name, value)) }
  }
  return "{" + members.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",") + "}"
}

func quoted(_ count: Int, of character: String = "x") -> String { "\"\(String(repeating: character, count: count))\"" }
