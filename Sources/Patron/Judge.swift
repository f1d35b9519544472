/// Judges the people of a feed, one after the other, by all the rules.
public struct Judge: ~Copyable {
  public enum Verdict: Equatable, Sendable {
    /// To be sent; the warnings are none, most of the time.
    case accepted(warnings: [Reason])
    /// Left out by policy.
    case excluded(Reason)
    /// Set aside, with all reasons.
    case rejected([Reason])
  }

  private var circumstances: Circumstances
  private var index: IdentifierIndex

  /// - Parameters:
  ///   - groups: the user groups that Alma knows; nil to take any.
  ///   - statCategories: the statistic categories that Alma knows; nil to take any.
  ///   - comparesPeople: look for identifiers that two people share; this takes memory for every person.
  public init(
    _ profile: Profile, _ layout: FieldLayout, groups: [String]?, statCategories: [String]?, comparesPeople: Bool
  ) {
    circumstances = Circumstances(
      layout: layout, groups: groups.map(CodeList.init), statCategories: statCategories.map(CodeList.init),
      libraryGroup: Array(profile.libraryGroup.utf8))
    index = IdentifierIndex(remembers: comparesPeople)
  }

  /// Judges a person; who is accepted is remembered.
  /// - Parameter line: the number of the person's line, for those who come later with the same identifiers.
  public mutating func judge(_ person: borrowing Person, line: Int) -> Verdict {
    let layout = circumstances.layout
    if !person[layout.eligibility].isWrongType, !layout.isEligible(person), layout.isRetiree(person) {
      return .excluded(
        Reason(.ineligibleRetiree, layout.currentStatus, "a retiree who is no longer eligible keeps their privileges"))
    }
    circumstances.hasSuspectIdentifier = index.look(
      up: layout.allIdentifiers, of: person, into: &circumstances.probes)
    var reasons: [Reason] = []
    for rule in Rule.rejecting { rule.judge(person, circumstances, &reasons) }
    if !reasons.isEmpty { return .rejected(reasons) }
    for rule in Rule.warning { rule.judge(person, circumstances, &reasons) }
    person.withText(of: layout.primaryIdentifier) { primary in
      index.remember(circumstances.probes, line: line, primary: primary, primaryField: layout.primaryIdentifier)
    }
    return .accepted(warnings: reasons)
  }

  /// What keeps a person from being written as XML at all, or nil.
  public func obstacle(to person: borrowing Person) -> Reason? {
    var reasons: [Reason] = []
    for rule in Rule.fatalToXML { rule.judge(person, circumstances, &reasons) }
    return reasons.first
  }
}
