package import Calendar
import JSONText

/// Checks the people of a feed, one after the other, against all rules and the checks of the profile.
package struct RuleSet: ~Copyable {
  /// The verdict on a person.
  package enum Outcome: Equatable, Sendable {
    /// Sent.
    case accepted
    /// Sent, with these warnings.
    case warned([Reason])
    /// Not sent, by policy.
    case excluded(Reason)
    /// Not sent, with all reasons.
    case rejected([Reason])
  }

  private var context: RuleContext
  /// The mapping, for the day of the rules.
  package private(set) var mapping: Mapping
  private(set) var user = AlmaUser()

  /// Creates the rules of a plan.
  /// - Parameters:
  ///   - today: the day that `$today` stands for in the profile.
  ///   - groups: the user groups that Alma knows; nil to accept any.
  ///   - statCategories: the statistic categories that Alma knows; nil to accept any.
  ///   - comparesPeople: whether to find identifiers that two people share, which takes memory for every person.
  package init(
    _ plan: Plan, today: Day, groups: [String]? = nil, statCategories: [String]? = nil, comparesPeople: Bool
  ) {
    mapping = Mapping(plan, today: today)
    context = RuleContext(
      plan: mapping.plan, groups: groups.map(CodeList.init), statCategories: statCategories.map(CodeList.init),
      comparesPeople: comparesPeople)
  }

  /// Changes the day that `$today` stands for.
  package mutating func setToday(_ today: Day) {
    mapping = Mapping(mapping.plan, today: today)
    context.plan = mapping.plan
  }

  /// The plan, for the day of the rules.
  package var plan: Plan { mapping.plan }

  /// Checks a person against all rules, and remembers the identifiers of a person who is accepted.
  /// - Parameter line: the number of the person's line, for messages about later people with the same identifiers.
  package mutating func check(_ person: inout Person, line: Int) -> Outcome {
    let plan = context.plan
    for place in plan.exclusions.indices {
      let exclusion = plan.exclusions[place]
      if person.holds(exclusion.term, plan) { return .excluded(context.reason(exclusion.number)) }
    }
    mapping.mapJudged(&person, into: &user)
    if !context.reasons.isEmpty { context.reasons = [] }
    if plan.needsReading(person) { checkReading(&person) }
    context.checkEntries(&person, user)
    context.check(&person)
    if context.reasons.isEmpty {
      context.remember(&person, line: line)
      return .accepted
    }
    let reasons = RuleContext.ordered(context.reasons)
    let rejecting = reasons.filter { $0.verdict == .rejected }
    if !rejecting.isEmpty { return .rejected(rejecting) }
    context.remember(&person, line: line)
    return .warned(reasons)
  }

  /// Checks the rules that need to know which fields are read: the person is mapped again, and this is recorded.
  private mutating func checkReading(_ person: inout Person) {
    readAgain(&person, isExcluded: false)
    context.wrongType(person)
    context.characterForbiddenByXML(person)
    context.tooLong(&person, user)
    context.fault(&person)
  }

  /// Maps a person again, and records which fields are read. For a person who is excluded, only the checks up to the
  /// one that excludes are made.
  mutating func readAgain(_ person: inout Person, isExcluded: Bool) {
    let plan = context.plan
    person.startReading(plan)
    for place in plan.exclusions.indices {
      if person.holds(plan.exclusions[place].term, plan), isExcluded { return }
    }
    mapping.map(&person, into: &user)
    for place in plan.checks.indices { _ = person.holds(plan.checks[place].term, plan) }
  }

  /// The first reason why a person cannot be written as XML, or nil. The person must have been mapped.
  ///
  /// Such a person would break the document, or become a user with an identifier that Alma generates.
  package mutating func reasonAgainstXML(_ person: inout Person) -> Reason? {
    if !person.hasFindings, !person.isBlank(context.plan.primary) { return nil }
    context.reasons = []
    context.missingIdentifier(&person)
    person.startReading(context.plan)
    mapping.map(&person, into: &user)
    context.wrongType(person)
    context.characterForbiddenByXML(person)
    context.fault(&person)
    return RuleContext.ordered(context.reasons).first
  }

  /// The identifiers of a person's reject record.
  package mutating func identifiers(of person: inout Person) -> (primary: String?, campus: String?) {
    let rules = context.plan.base.rules
    // Only what the mapping reads is recorded.
    person.setReading(false)
    return (person.string(rules.emplid, context.plan), person.string(rules.campusID, context.plan))
  }
}

extension Plan {
  /// Whether a rule may be broken that needs to know what was read of this person.
  @inline(__always)
  fileprivate func needsReading(_ person: borrowing Person) -> Bool {
    if person.hasFindings || person.lengthBits > RuleContext.maxLength { return true }
    return hasShortLimits && hasTooLong(person)
  }

  @inline(never)
  private func hasTooLong(_ person: borrowing Person) -> Bool {
    for limit in base.shortLimits where person[limit.slot].count > limit.maxLength { return true }
    return false
  }
}

extension Person {
  fileprivate mutating func string(_ made: Plan.Made, _ plan: Plan) -> String? {
    switch made {
    case .blank: return nil
    case .literal(let literal):
      return String(decoding: literal.range.map { plan.bytes[$0] }, as: UTF8.self)
    case .slot(let slot):
      _ = value(slot, plan)
      return string(slot)
    }
  }
}
