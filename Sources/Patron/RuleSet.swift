public import Calendar
import JSONText

/// Checks the people of a feed, one after the other, against all rules and the checks of the profile.
public struct RuleSet: ~Copyable {
  /// What becomes of a person.
  public enum Outcome: Equatable, Sendable {
    /// Sent.
    case accepted
    /// Sent, with these warnings.
    case warned([Reason])
    /// Left out by policy.
    case excluded(Reason)
    /// Not sent, with all reasons.
    case rejected([Reason])
  }

  private var context: RuleContext
  /// The mapping, for the day of the rules.
  public private(set) var mapping: Mapping
  private(set) var user = AlmaUser()

  /// Creates the rules of a plan.
  /// - Parameters:
  ///   - today: the day that `$today` stands for in the profile.
  ///   - groups: the user groups that Alma knows; nil to accept any.
  ///   - statCategories: the statistic categories that Alma knows; nil to accept any.
  ///   - comparesPeople: whether to find identifiers that two people share, which takes memory for every person.
  public init(
    _ plan: Plan, today: Day, groups: [String]? = nil, statCategories: [String]? = nil, comparesPeople: Bool
  ) {
    mapping = Mapping(plan, today: today)
    context = RuleContext(
      plan: mapping.plan, groups: groups.map(CodeList.init), statCategories: statCategories.map(CodeList.init),
      comparesPeople: comparesPeople)
  }

  /// Changes the day that `$today` stands for.
  public mutating func setToday(_ today: Day) {
    mapping = Mapping(mapping.plan, today: today)
    context.plan = mapping.plan
  }

  /// The plan, for the day of the rules.
  public var plan: Plan { mapping.plan }

  /// Checks a person against all rules, and remembers the identifiers of a person who is accepted.
  /// - Parameter line: the number of the person's line, for messages about later people with the same identifiers.
  public mutating func check(_ person: inout Person, line: Int) -> Outcome {
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

  /// Checks the rules that need to know what was read, on what a second mapping reads.
  private mutating func checkReading(_ person: inout Person) {
    readAgain(&person, isExcluded: false)
    context.wrongType(person)
    context.characterForbiddenByXML(person)
    context.tooLong(&person, user)
    context.fault(&person)
  }

  /// Reads a person again, and records what is read: of one who is excluded only what led to it.
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
  /// Such a person would break the document, or become a user under an identifier that Alma makes up.
  public mutating func reasonAgainstXML(_ person: inout Person) -> Reason? {
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
  public mutating func identifiers(of person: inout Person) -> (primary: String?, campus: String?) {
    let rules = context.plan.base.rules
    // What is read for them is not what the mapping reads.
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
