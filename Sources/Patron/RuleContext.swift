import JSONText

/// What rules read beside the person: the plan, the codes that Alma knows, and the people accepted before.
struct RuleContext: ~Copyable {
  var plan: Plan
  /// The user groups and statistic categories that Alma knows; nil if they were not given.
  let groups, statCategories: CodeList?
  /// The slots of the current person's identifiers that are written, the primary one first.
  private(set) var identifiers: [Slot] = []
  /// The people accepted before.
  private var index: IdentifierIndex
  /// The identifiers of the current person, with their earlier owners.
  private(set) var probes: [IdentifierIndex.Probe] = []
  /// Whether an identifier of the current person may have a control or format character, and must be searched for one.
  private var hasSuspectIdentifier = false
  /// Why the current person breaks rules, in any order.
  var reasons: [Reason] = []

  init(plan: Plan, groups: CodeList?, statCategories: CodeList?, index: IdentifierIndex) {
    self.index = index
    self.plan = plan
    self.groups = groups
    self.statCategories = statCategories
  }

  /// Checks the entries that are written, and finds the identifiers among them.
  mutating func checkEntries(_ person: inout Person, _ user: borrowing AlmaUser) {
    var count = 1
    if identifiers.isEmpty { identifiers.append(plan.primary) }
    let entries = plan.entries
    let judgements = plan.judgements
    let written = user.entryNumbers.span
    for place in 0..<user.entryCount {
      let extent = entries[Int(written[place])].judgements
      var index = Int(extent.first)
      let end = index &+ Int(extent.count)
      while index < end {
        let judgement = judgements[index]
        index &+= 1
        switch judgement {
        case .date(let slot): invalidDate(slot, &person)
        case .email(let slot): invalidEmail(slot, &person)
        case .city(let slot, let field): incompleteAddress(slot, field, &person)
        case .category(let slot): unknownStatCategory(slot, &person)
        case .identifier(let slot):
          // Most people have as many identifiers as the one before.
          if count < identifiers.count { identifiers[count] = slot } else { identifiers.append(slot) }
          count &+= 1
        }
      }
    }
    if count < identifiers.count { identifiers.removeSubrange(count...) }
  }

  /// Looks for the identifiers of the current person among those of the people accepted before.
  mutating func lookUpIdentifiers(of person: inout Person) {
    hasSuspectIdentifier = index.look(up: identifiers, of: &person, into: &probes)
  }

  /// Remembers the identifiers of the current person, who has been accepted.
  mutating func remember(_ person: inout Person, line: Int) {
    let slot = plan.primary
    person.withText(of: slot) { index.remember(probes, line: line, primary: $0, primarySlot: slot) }
  }

  /// The person accepted before who has an identifier of the current person, or nil.
  func owner(of probe: IdentifierIndex.Probe) -> IdentifierIndex.Owner? { index.owner(of: probe) }

  /// Checks the rules that look at the user as a whole, and the checks of the profile.
  mutating func check(_ person: inout Person) {
    missingIdentifier(&person)
    for place in plan.dates.indices { invalidDate(plan.dates[place], &person) }
    if hasSuspectIdentifier { invisibleCharacter(&person) }
    if mayBeDuplicate {
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
