import Calendar

/// The rules whose breach keeps a person out of the feed, each as the manual has it.
extension Rule {
  /// In the order in which their reasons are given.
  static let rejecting: [Rule] = [
    .wrongType, .missingIdentifier, .noExpirationDate, .invalidDate, .illegalCharacter, .tooLong, .invalidStatus,
    .repeatedPerson, .duplicateIdentifier, .unknownGroup, .unknownStatCategory,
  ]

  /// Those that no document can do without: they would break it, or make a user that nobody asked for.
  static let fatalToXML: [Rule] = [.wrongType, .missingIdentifier, .illegalCharacter]

  /// A value that is no text was put there by mistake, and nobody knows what it means.
  static let wrongType = Rule(.wrongType) { person, circumstances, reasons in
    guard person.findings.hasWrongType else { return }
    for field in circumstances.layout.fieldsRead(of: person) where person[field].isWrongType {
      reasons.append(Reason(.wrongType, field, "text is meant here, and something else is given"))
    }
  }

  /// Without one Alma would invent an identifier from the name.
  static let missingIdentifier = Rule(.missingIdentifier) { person, circumstances, reasons in
    let field = circumstances.layout.primaryIdentifier
    if person.isBlank(field) { reasons.append(Reason(.missingIdentifier, field, "the identifier is missing")) }
  }

  /// An account without one would have no day on which it ends.
  static let noExpirationDate = Rule(.noExpirationDate) { person, circumstances, reasons in
    let layout = circumstances.layout
    if layout.isEligible(person), person.isBlank(layout.expirationDate) {
      reasons.append(Reason(.noExpirationDate, layout.expirationDate, "the expiration date is missing"))
    }
  }

  /// Alma's dates are `xs:date`.
  static let invalidDate = Rule(.invalidDate) { person, circumstances, reasons in
    let layout = circumstances.layout
    for field in layout.dates {
      guard person[field].isText, person.day(field) == nil else { continue }
      reasons.append(Reason(.invalidDate, field, "not a day of the calendar written YYYY-MM-DD"))
    }
  }

  /// One of them aborts Alma's whole job.
  static let illegalCharacter = Rule(.illegalCharacter) { person, circumstances, reasons in
    let illegal = person.findings.illegalFields
    if illegal.isEmpty { return }
    for field in circumstances.layout.fieldsRead(of: person) where illegal.contains(field) {
      reasons.append(Reason(.illegalCharacter, field, "a character that XML forbids, or half of a surrogate pair"))
    }
  }

  /// Alma's fields take 255 characters, but for the first line of an address.
  static let tooLong = Rule(.tooLong) { person, circumstances, reasons in
    guard person.findings.lengths > mostCharacters else { return }
    for field in circumstances.layout.fieldsRead(of: person)
    where person.range(of: field).count > mostCharacters && person[field].isText
      && !circumstances.layout.isFirstLine(field)
    {
      let count = person.scalarCount(field)
      if count > mostCharacters {
        reasons.append(Reason(.tooLong, field, "\(count) characters; \(mostCharacters) is the limit"))
      }
    }
  }

  private static let mostCharacters = 255

  /// Whoever is neither eligible nor ineligible has a status that Alma cannot be told.
  static let invalidStatus = Rule(.invalidStatus) { person, circumstances, reasons in
    let field = circumstances.layout.eligibility
    if person[field].isText, !person.equals(field, FieldLayout.eligible),
      !person.equals(field, FieldLayout.ineligible)
    {
      reasons.append(Reason(.invalidStatus, field, "neither E nor I"))
    }
  }

  /// Alma would load the first of them and refuse this one.
  static let repeatedPerson = Rule(.repeatedPerson) { person, circumstances, reasons in
    let field = circumstances.layout.primaryIdentifier
    guard let probe = circumstances.probes.first, probe.field == field, let owner = probe.owner, owner.isPrimary
    else { return }
    reasons.append(Reason(.repeatedPerson, field, "the same person as in line \(owner.line)"))
  }

  /// Identifiers are unique across users and within one, without regard to case.
  static let duplicateIdentifier = Rule(.duplicateIdentifier) { person, circumstances, reasons in
    let probes = circumstances.probes
    /// The same person earlier in the feed, who has the same identifiers by right.
    let twin = probes.first { $0.field == circumstances.layout.primaryIdentifier && $0.owner?.isPrimary == true }?.owner
    for (position, probe) in probes.enumerated() {
      if let owner = probe.owner, !owner.isSamePerson(as: twin) {
        let message = "the person in line \(owner.line), \(owner.identifier), has this identifier too"
        reasons.append(Reason(.duplicateIdentifier, probe.field, message))
      } else if let other = probes[..<position].first(where: { $0.isSameIdentifier(as: probe) }) {
        let name = circumstances.layout.name(of: other.field)
        reasons.append(Reason(.duplicateIdentifier, probe.field, "the same as \(name) of this person"))
      }
    }
  }

  static let unknownGroup = Rule(.unknownGroup) { person, circumstances, reasons in
    guard let groups = circumstances.groups else { return }
    let layout = circumstances.layout
    if layout.isLibraryStaff(person) {
      if !groups.contains(circumstances.libraryGroup[...]) {
        reasons.append(Reason(.unknownGroup, layout.department, "Alma's list of groups lacks the library staff's own"))
      }
    } else if person[layout.group].isText, !groups.contains(layout.group, of: person) {
      reasons.append(Reason(.unknownGroup, layout.group, "not in the list of Alma's user groups"))
    }
  }

  static let unknownStatCategory = Rule(.unknownStatCategory) { person, circumstances, reasons in
    let field = circumstances.layout.statisticCategory
    guard let categories = circumstances.statCategories, person[field].isText else { return }
    if !categories.contains(field, of: person) {
      reasons.append(Reason(.unknownStatCategory, field, "not in the list of Alma's statistic categories"))
    }
  }
}
