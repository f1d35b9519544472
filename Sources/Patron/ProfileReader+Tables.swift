import JSONText

/// Tables, names, checks and the verdicts of rules.
extension ProfileReader {
  func declaredNames(_ item: Item) throws(ProfileFault) -> [String: Place] {
    var places: [String: Place] = [:]
    for member in try item.members(nil, in: self).all {
      let isValid =
        !member.name.isEmpty && member.name == member.name.trimmed && !member.name.hasPrefix("$")
        && !member.name.unicodeScalars.contains { $0 == "{" || $0 == "}" || $0 == "|" }
      if !isValid {
        throw fault(member.place, "“\(member.name)” as a name", "a name without “$”, braces, “|” and spaces around it")
      }
      if member.name == "today" {
        throw fault(member.place, "the name “today”, which is the day of the feed", "another name")
      }
      places[member.name] = member.item.place
    }
    return places
  }

  mutating func readNames(_ item: Item?) throws(ProfileFault) -> [(name: String, value: Value)] {
    guard let item else { return [] }
    var names: [(name: String, value: Value)] = []
    for member in try item.members(nil, in: self).all {
      names.append((member.name, try readValue(member.item)))
    }
    return names
  }

  mutating func readTables(_ item: Item) throws(ProfileFault) {
    for member in try item.members(nil, in: self).all {
      if member.name.trimmed.isEmpty { throw fault(member.place, "a table without a name", "a name") }
      tables[member.name] = try readTable(member.item)
      tablePlaces[member.name] = member.item.place
    }
  }

  private mutating func readTable(_ item: Item) throws(ProfileFault) -> Profile.Table {
    var rows: [String: String] = [:]
    var others: String?
    let members = try item.members(nil, in: self).all
    if members.isEmpty { throw fault(item.place, "a table without rows", "a code and its text") }
    for member in members {
      let text = try readRow(member.item)
      if member.name == "*" { others = text } else { rows[member.name] = text }
    }
    return Profile.Table(rows: rows, others: others)
  }

  private mutating func readRow(_ item: Item) throws(ProfileFault) -> String {
    if case .null = item.node.content { return "" }
    let expected = "a text, or null for blank"
    let text = try readText(item, expecting: expected)
    guard let constant = text.constant else {
      throw fault(item.place, "a placeholder in a table", "a text without placeholders")
    }
    return constant
  }

  mutating func readChecks(_ item: Item?) throws(ProfileFault) -> [Profile.Check] {
    guard let item else { return [] }
    var checks: [Profile.Check] = []
    for element in try item.elements(expecting: "a list of checks", in: self) {
      checks.append(try readCheck(element))
    }
    return checks
  }

  private static let verdictNames = ["exclude", "reject", "warn"]

  private mutating func readCheck(_ item: Item) throws(ProfileFault) -> Profile.Check {
    let members = try item.members(Self.verdictNames + ["when", "because", "field"], in: self)
    let given = members.all.filter { Self.verdictNames.contains($0.name) }
    guard let verdict = given.first else {
      throw fault(item.place, "a check without a verdict", "one of \(Self.verdictNames.quotedList)")
    }
    if given.count > 1 {
      throw fault(given[1].place, "“\(verdict.name)” and “\(given[1].name)” in one check", "one of them")
    }
    let code = try readCode(verdict.item)
    guard let when = members["when"] else { throw fault(item.place, "a check without “when”", "a condition") }
    let condition = try readCondition(when)
    guard let because = members["because"] else {
      throw fault(item.place, "a check without “because”", "the reason, for people")
    }
    return Profile.Check(
      verdict: verdict.name == "exclude" ? .excluded : verdict.name == "reject" ? .rejected : .warned, code: code,
      condition: condition, message: try plainText(because, expecting: "the reason, for people"),
      field: try members["field"].map { (item) throws(ProfileFault) in
        try plainText(item, expecting: "a field")
      })
  }

  private func readCode(_ item: Item) throws(ProfileFault) -> String {
    let code = try string(item, expecting: "a code")
    let isValid =
      code.utf8.first.map { (0x61...0x7A).contains($0) } == true
      && code.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    if !isValid { throw fault(item.place, "“\(code)” as a code", "small letters, digits and “_”, a letter first") }
    if let rule = Rule(rawValue: code), !rule.isCheckOfProfile {
      throw fault(item.place, "the code “\(code)”, which is a rule's", "a code of your own")
    }
    return code
  }

  mutating func readVerdicts(_ item: Item?) throws(ProfileFault) -> [Rule: Rule.Verdict] {
    guard let item else { return [:] }
    let changeable = Rule.allCases.filter(\.isChangeable)
    var verdicts: [Rule: Rule.Verdict] = [:]
    for member in try item.members(nil, in: self).all {
      guard let rule = Rule(rawValue: member.name), !rule.isCheckOfProfile else {
        throw fault(member.place, "no rule “\(member.name)”", "one of " + changeable.map(\.rawValue).quotedList)
      }
      if !rule.isChangeable {
        throw fault(
          member.place, "the rule “\(member.name)”, which may not be changed",
          "one of " + changeable.map(\.rawValue).quotedList)
      }
      let expected = "“reject”, “warn” or “ignore”"
      switch try string(member.item, expecting: expected) {
      case "reject": verdicts[rule] = .rejected
      case "warn": verdicts[rule] = .warned
      case "ignore": verdicts[rule] = .ignored
      case let other: throw fault(member.item.place, "“\(other)” as a verdict", expected)
      }
    }
    return verdicts
  }
}
