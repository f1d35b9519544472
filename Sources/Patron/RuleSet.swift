/// Checks the people of a feed, one after the other, against all rules.
public struct RuleSet: ~Copyable {
  /// What becomes of a person.
  public enum Outcome: Equatable, Sendable {
    /// Sent. Most people have no warnings.
    case accepted(warnings: [Reason])
    /// Left out by policy.
    case excluded(Reason)
    /// Not sent, with all reasons.
    case rejected([Reason])
  }

  private var context: RuleContext
  private var index: IdentifierIndex

  /// Creates the rules of a profile.
  /// - Parameters:
  ///   - groups: the user groups that Alma knows; nil to accept any.
  ///   - statCategories: the statistic categories that Alma knows; nil to accept any.
  ///   - comparesPeople: whether to find identifiers that two people share, which takes memory for every person.
  public init(
    _ profile: Profile, _ layout: FieldLayout, groups: [String]? = nil, statCategories: [String]? = nil,
    comparesPeople: Bool
  ) {
    context = RuleContext(
      layout: layout, groups: groups.map(CodeList.init), statCategories: statCategories.map(CodeList.init),
      libraryGroup: Array(profile.libraryGroup.utf8))
    index = IdentifierIndex(remembers: comparesPeople)
  }

  /// Checks a person against all rules, and remembers the identifiers of a person who is accepted.
  /// - Parameter line: the number of the person's line, for messages about later people with the same identifiers.
  public mutating func check(_ person: borrowing Person, line: Int) -> Outcome {
    let layout = context.layout
    if !person[layout.eligibility].isWrongType, !layout.isEligible(person), layout.isRetiree(person) {
      return .excluded(
        Reason(.ineligibleRetiree, layout.currentStatus, "a retiree who is no longer eligible keeps their privileges"))
    }
    context.hasSuspectIdentifier = index.look(up: layout.allIdentifiers, of: person, into: &context.probes)
    var reasons: [Reason] = []
    context.checkRejecting(person, &reasons)
    if !reasons.isEmpty { return .rejected(reasons) }
    context.checkWarning(person, &reasons)
    person.withText(of: layout.primaryIdentifier) { primary in
      index.remember(context.probes, line: line, primary: primary, primaryField: layout.primaryIdentifier)
    }
    return .accepted(warnings: reasons)
  }

  /// The first reason why a person cannot be written as XML, or nil.
  ///
  /// Such a person would break the document, or become a user under an identifier that Alma makes up.
  public func reasonAgainstXML(_ person: borrowing Person) -> Reason? {
    var reasons: [Reason] = []
    context.wrongType(person, &reasons)
    context.missingIdentifier(person, &reasons)
    context.characterForbiddenByXML(person, &reasons)
    return reasons.first
  }
}

/// What rules read beside the person: the profile's fields, the codes that Alma knows, and the people accepted before.
struct RuleContext {
  let layout: FieldLayout
  /// The user groups and statistic categories that Alma knows; nil if they were not given.
  let groups, statCategories: CodeList?
  let libraryGroup: [UInt8]
  /// The identifiers of the current person, with their earlier owners.
  var probes: [IdentifierIndex.Probe] = []
  /// Whether an identifier of the current person may have a control or format character, and must be searched for one.
  var hasSuspectIdentifier = false
}
