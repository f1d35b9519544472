import JSONText

/// What rules need besides the person: the plan, the codes that Alma knows, and the people accepted before.
struct RuleContext: ~Copyable {
  var plan: Plan
  /// The user groups and statistic categories that Alma knows; nil if they were not given.
  let groups, statCategories: CodeList?
  /// The people accepted before, and the identifiers of the current person.
  var index: IdentifierIndex
  /// Why the current person breaks rules, in any order.
  var reasons: [Reason] = []

  init(plan: Plan, groups: CodeList?, statCategories: CodeList?, comparesPeople: Bool) {
    self.plan = plan
    index = IdentifierIndex(remembers: comparesPeople, maxIdentifiers: plan.maxIdentifiers)
    self.groups = groups
    self.statCategories = statCategories
  }

  /// Checks the entries that are written, and looks for the person's identifiers among those of the people accepted
  /// before.
  mutating func checkEntries(_ person: inout Person, _ user: borrowing AlmaUser) {
    index.removeProbes()
    index.look(up: plan.primary, of: person)
    let entries = plan.entries
    let judgements = plan.judgements
    for place in user.entries.indices {
      let extent = entries[Int(user.entries[place])].judgements
      var index = Int(extent.first)
      let end = index &+ Int(extent.count)
      while index < end {
        let judgement = judgements[index]
        index &+= 1
        switch judgement {
        case .date(let slot): invalidDate(slot, &person)
        case .email(let slot): invalidEmail(slot, &person)
        case .city(let slot, let field): incompleteAddress(slot, field, &person)
        case .category(let slot): if statCategories != nil { unknownStatCategory(slot, &person) }
        case .identifier(let slot): self.index.look(up: slot, of: person)
        }
      }
    }
  }

  /// Remembers the identifiers of the current person, who has been accepted.
  mutating func remember(_ person: inout Person, line: Int) {
    let slot = plan.primary
    person.withText(of: slot) { index.remember(line: line, primary: $0, primarySlot: slot) }
  }

  /// Checks the rules that look at the user as a whole, and the checks of the profile.
  mutating func check(_ person: inout Person) {
    missingIdentifier(&person)
    for place in plan.dates.indices { invalidDate(plan.dates[place], &person) }
    if index.isSuspect { invisibleCharacter(&person) }
    if index.mayBeDuplicate {
      repeatedPerson(&person)
      duplicateIdentifier(&person)
    }
    if groups != nil { unknownGroup(&person) }
    purgeBeforeExpiry(&person)
    missingGroup(&person)
    missingName(&person)
    for place in plan.checks.indices where person.holds(plan.checks[place].term, plan) {
      reasons.append(reason(plan.checks[place].number))
    }
  }

  /// The reason of a check of the profile.
  func reason(_ number: Int) -> Reason {
    let check = plan.base.checks[number]
    return Reason(check: check.code, check.verdict, number: number, check.field, check.message)
  }

  /// Adds the reason of a rule, unless the profile ignores that rule.
  @inline(never)
  mutating func add(
    _ rule: Rule, _ field: Slot?, _ message: String, otherLine: Int? = nil, otherIdentifier: String? = nil
  ) {
    let verdict = plan.base.rules.verdicts[rule] ?? rule.verdict
    if verdict == .ignored { return }
    reasons.append(
      Reason(rule, verdict, field, message, otherLine: otherLine, otherIdentifier: otherIdentifier))
  }

  /// Reasons in the order of the rules, then of the fields, one for each field.
  static func ordered(_ reasons: [Reason]) -> [Reason] {
    if reasons.count < 2 { return reasons }
    let sorted = reasons.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      return (one.rank, one.field?.index ?? .max, left.offset) < (other.rank, other.field?.index ?? .max, right.offset)
    }
    var ordered: [Reason] = []
    for (_, reason) in sorted {
      if let last = ordered.last, last.rank == reason.rank, last.field == reason.field { continue }
      ordered.append(reason)
    }
    return ordered
  }
}

/// A set of codes, compared exactly.
struct CodeList: Sendable {
  /// The codes of up to seven bytes, each as one word with its length in the last byte. A short list is searched faster
  /// this way than by hash.
  private let short: [UInt64]
  private let all: Set<[UInt8]>
  private static let maxSearched = 16

  init(_ codes: [String]) {
    all = Set(codes.map { Array($0.utf8) })
    short = all.filter { $0.count < 8 }.map(Person.shortCode)
  }

  /// Whether the text of a person's slot is one of the codes.
  func contains(_ slot: Slot, of person: borrowing Person) -> Bool {
    let value = person[slot]
    guard let code = person.shortCode(value), short.count <= Self.maxSearched else {
      return value.isText && all.contains(Array(person.bytes(slot)))
    }
    let short = short.span
    for index in short.indices where short[index] == code { return true }
    return false
  }
}
