import HashTables

/// The rules that reject a person: one function each, which adds a reason for each field that breaks the rule.
extension RuleContext {
  /// Checks all of them, in the order of the manual.
  func checkRejecting(_ person: borrowing Person, _ reasons: inout [Reason]) {
    wrongType(person, &reasons)
    missingIdentifier(person, &reasons)
    noExpirationDate(person, &reasons)
    invalidDate(person, &reasons)
    illegalCharacter(person, &reasons)
    tooLong(person, &reasons)
    invalidStatus(person, &reasons)
    repeatedPerson(person, &reasons)
    duplicateIdentifier(person, &reasons)
    unknownGroup(person, &reasons)
    unknownStatCategory(person, &reasons)
  }

  /// A value that is not text was put there by mistake, and its meaning is unknown.
  func wrongType(_ person: borrowing Person, _ reasons: inout [Reason]) {
    guard person.findings.hasWrongType else { return }
    for field in layout.fieldsRead(of: person) where person[field].isWrongType {
      reasons.append(Reason(.wrongType, field, "text is meant here, and something else is given"))
    }
  }

  /// Without an identifier Alma makes one up from the name.
  func missingIdentifier(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let field = layout.primaryIdentifier
    if person.isBlank(field) { reasons.append(Reason(.missingIdentifier, field, "the identifier is missing")) }
  }

  /// An account without an expiration date never ends.
  func noExpirationDate(_ person: borrowing Person, _ reasons: inout [Reason]) {
    if layout.isEligible(person), person.isBlank(layout.expirationDate) {
      reasons.append(Reason(.noExpirationDate, layout.expirationDate, "the expiration date is missing"))
    }
  }

  /// Alma's dates are `xs:date`.
  func invalidDate(_ person: borrowing Person, _ reasons: inout [Reason]) {
    for field in layout.dates where person[field].isText && person.day(field) == nil {
      reasons.append(Reason(.invalidDate, field, "not a day of the calendar written YYYY-MM-DD"))
    }
  }

  /// A character that XML forbids aborts Alma's whole job; an account with an invisible character in an identifier
  /// cannot be found again.
  func illegalCharacter(_ person: borrowing Person, _ reasons: inout [Reason]) {
    if person.findings.illegalFields.isEmpty, !hasSuspectIdentifier { return }
    let identifiers = layout.allIdentifiers
    for field in layout.fieldsRead(of: person) {
      if person.findings.illegalFields.contains(field) {
        reasons.append(characterForbiddenByXML(field, of: person))
      } else if identifiers.contains(field), let scalar = person.scalar(in: field, where: InvisibleCharacter.matches) {
        reasons.append(
          Reason(
            .illegalCharacter, field,
            "\(scalar.codePoint), a control or format character, which nobody sees in an identifier"))
      }
    }
  }

  /// The part of `illegalCharacter` without which a document is not XML.
  func characterForbiddenByXML(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let illegal = person.findings.illegalFields
    if illegal.isEmpty { return }
    for field in layout.fieldsRead(of: person) where illegal.contains(field) {
      reasons.append(characterForbiddenByXML(field, of: person))
    }
  }

  private func characterForbiddenByXML(_ field: Field, of person: borrowing Person) -> Reason {
    // The reader replaced a lone surrogate, so its number is not known here.
    let scalar = person.scalar(in: field, where: IllegalCharacter.matches)
    let message = scalar.map { "\($0.codePoint), a character that XML forbids" }
    return Reason(.illegalCharacter, field, message ?? "half of a surrogate pair, which is no character")
  }

  /// Alma's fields hold 255 characters, except the first line of an address.
  func tooLong(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let maxLength = 255
    guard person.lengthBits > maxLength else { return }
    for field in layout.fieldsRead(of: person)
    where person.range(of: field).count > maxLength && person[field].isText && !layout.isFirstLine(field) {
      let count = person.scalarCount(field)
      if count > maxLength { reasons.append(Reason(.tooLong, field, "\(count) characters; \(maxLength) is the limit")) }
    }
  }

  /// Only eligible and ineligible have a status in Alma.
  func invalidStatus(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let field = layout.eligibility
    if person[field].isText, !person.equals(field, FieldLayout.eligible), !person.equals(field, FieldLayout.ineligible)
    {
      reasons.append(Reason(.invalidStatus, field, "neither E nor I"))
    }
  }

  /// Alma would load the first person and refuse this one.
  func repeatedPerson(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let field = layout.primaryIdentifier
    guard let probe = probes.first, probe.field == field, let owner = probe.owner, owner.isPrimary else { return }
    reasons.append(
      Reason(
        .repeatedPerson, field, "the same person as in line \(owner.line)", otherLine: owner.line,
        otherIdentifier: owner.identifier))
  }

  /// Identifiers are unique across users and within one, without regard to case.
  func duplicateIdentifier(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let (probes, primary) = (probes, layout.primaryIdentifier)
    /// The same person earlier in the feed, who rightly has the same identifiers.
    let twin = probes.first { $0.field == primary && $0.owner?.isPrimary == true }?.owner
    for (position, probe) in probes.enumerated() {
      if let owner = probe.owner, owner.person != twin?.person {
        reasons.append(
          Reason(
            .duplicateIdentifier, probe.field,
            "the person in line \(owner.line), \(owner.identifier), has this identifier too", otherLine: owner.line,
            otherIdentifier: owner.identifier))
      } else if let other = probes[..<position].first(where: { $0.hash == probe.hash }) {
        reasons.append(
          Reason(.duplicateIdentifier, probe.field, "the same as \(layout.name(of: other.field)) of this person"))
      }
    }
  }

  /// The group that is sent must be in the list of Alma's groups, if there is one.
  func unknownGroup(_ person: borrowing Person, _ reasons: inout [Reason]) {
    guard let groups else { return }
    if layout.isLibraryStaff(person) {
      if !groups.contains(libraryGroup[...]) {
        reasons.append(Reason(.unknownGroup, layout.department, "Alma's list of groups lacks the library staff's own"))
      }
    } else if person[layout.group].isText, !groups.contains(layout.group, of: person) {
      reasons.append(Reason(.unknownGroup, layout.group, "not in the list of Alma's user groups"))
    }
  }

  /// The statistic category must be in the list of Alma's categories, if there is one.
  func unknownStatCategory(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let field = layout.statisticCategory
    guard let statCategories, person[field].isText else { return }
    if !statCategories.contains(field, of: person) {
      reasons.append(Reason(.unknownStatCategory, field, "not in the list of Alma's statistic categories"))
    }
  }
}

extension Unicode.Scalar {
  /// The code point as Unicode's tables name it: `U+200B`.
  fileprivate var codePoint: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
