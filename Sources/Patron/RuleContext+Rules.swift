import JSONText

/// The rules: one function each, which adds a reason for each field that breaks the rule.
extension RuleContext {
  /// A value that is not text was put there by mistake, and its meaning is unknown.
  mutating func wrongType(_ person: borrowing Person) {
    guard let reading = person.reading else { return }
    for field in plan.fieldNames.indices where reading.hasRead(field) && person[Slot(index: field)].isWrongType {
      add(.wrongType, Slot(index: field), "neither a text nor an integer")
    }
  }

  /// For a user without an identifier, Alma generates one from the name.
  @inline(__always)
  mutating func missingIdentifier(_ person: inout Person) {
    if person.isBlank(plan.primary) {
      add(.missingIdentifier, plan.base.rules.primaryField, "the identifier is missing")
    }
  }

  /// Alma's dates are `xs:date`.
  @inline(__always)
  mutating func invalidDate(_ slot: Slot, _ person: inout Person) {
    let value = person.value(slot, plan)
    if value.isText, !person.isDay(value) {
      add(.invalidDate, person.field(of: slot, plan), "not a day of the calendar written YYYY-MM-DD")
    }
  }

  /// A text that a filter cannot make would be missing without notice.
  mutating func fault(_ person: inout Person) {
    for fault in person.reading?.faults ?? [] {
      let field = fault.slot.flatMap { person.field(of: $0, plan) } ?? fault.field
      let message =
        switch fault.rule {
        case .invalidDate: "not a day in a form that the profile expects"
        case .tooLong: "a filter of the profile makes a text of more than 1 MiB"
        default: "the profile has no text for this value, or a required element is blank"
        }
      add(fault.rule, field, message)
    }
  }

  /// An account with an invisible character in an identifier cannot be found again.
  mutating func invisibleCharacter(_ person: inout Person) {
    for place in index.probes.indices {
      let slot = index.probes[place].slot
      guard let scalar = person.scalar(in: slot, where: InvisibleCharacter.matches) else { continue }
      add(
        .illegalCharacter, person.field(of: slot, plan),
        "\(scalar.codePoint), a control or format character, which is invisible in an identifier")
    }
  }

  /// A character that XML forbids aborts Alma's whole job.
  mutating func characterForbiddenByXML(_ person: borrowing Person) {
    guard let reading = person.reading else { return }
    for field in person.findings.illegalFields
    where field.index < plan.fieldNames.count
      && (reading.hasReadPlainly(field.index) || reading.keptIllegal.contains(field))
    {
      // The reader replaced a lone surrogate, so its number is not known here.
      let scalar = person.scalar(in: field, where: IllegalCharacter.matches)
      let message = scalar.map { "\($0.codePoint), a character that XML forbids" }
      add(.illegalCharacter, field, message ?? "half of a surrogate pair, which is not a character")
    }
  }

  /// The maximum length of a field that is only read by conditions, in characters.
  static let maxLength = 255

  /// Alma's fields have limits, except the first line of an address.
  mutating func tooLong(_ person: inout Person, _ user: borrowing AlmaUser) {
    for element in person.elements(of: user, plan) {
      guard let slot = element.slot, let maxLength = element.step.maxLength, person[slot].count > maxLength else {
        continue
      }
      check(slot, person.field(of: slot, plan), maxLength, person)
    }
    guard let reading = person.reading else { return }
    for field in plan.fieldNames.indices where reading.isOnlyTested(field) {
      check(Slot(index: field), Slot(index: field), Self.maxLength, person)
    }
  }

  private mutating func check(_ slot: Slot, _ field: Slot?, _ maxLength: Int, _ person: borrowing Person) {
    guard person[slot].isText else { return }
    let count = person.scalarCount(slot)
    if count > maxLength { add(.tooLong, field, "\(count) characters; \(maxLength) is the limit") }
  }

  /// Alma would load the first person and reject this one.
  mutating func repeatedPerson(_ person: inout Person) {
    let slot = plan.primary
    guard index.probes.count > 0, index.probes[0].slot == slot, let owner = index.owner(of: index.probes[0]),
      owner.isPrimary
    else { return }
    add(
      .repeatedPerson, person.field(of: slot, plan), "the same person as in line \(owner.line)",
      otherLine: owner.line, otherIdentifier: owner.identifier)
  }

  /// Identifiers are unique across users and within one, without regard to case.
  mutating func duplicateIdentifier(_ person: inout Person) {
    let probes = index.probes.indices.map { index.probes[$0] }
    /// The same person earlier in the feed, who has the same identifiers for that reason.
    var twin: IdentifierIndex.Owner?
    if let first = probes.first, first.slot == plan.primary, let owner = index.owner(of: first), owner.isPrimary {
      twin = owner
    }
    for (position, probe) in probes.enumerated() {
      if let owner = index.owner(of: probe), owner.person != twin?.person {
        add(
          .duplicateIdentifier, person.field(of: probe.slot, plan),
          "the person in line \(owner.line), \(owner.identifier), has this identifier too", otherLine: owner.line,
          otherIdentifier: owner.identifier)
      } else if let other = probes[..<position].first(where: { $0.hash == probe.hash }) {
        let name = person.field(of: other.slot, plan).map(plan.name) ?? "another identifier"
        add(.duplicateIdentifier, person.field(of: probe.slot, plan), "the same as \(name) of this person")
      }
    }
  }

  /// The group that is sent must be in the list of Alma's groups, if there is one.
  mutating func unknownGroup(_ person: inout Person) {
    guard let groups, let slot = plan.group, person.value(slot, plan).isText else { return }
    if !groups.contains(slot, of: person) {
      add(.unknownGroup, person.field(of: slot, plan), "its user group is not in the list of Alma's user groups")
    }
  }

  /// A statistic category that is sent must be in the list of Alma's categories, if there is one.
  mutating func unknownStatCategory(_ slot: Slot, _ person: inout Person) {
    guard let statCategories, person.value(slot, plan).isText else { return }
    if !statCategories.contains(slot, of: person) {
      add(.unknownStatCategory, person.field(of: slot, plan), "not in the list of Alma's statistic categories")
    }
  }

  /// The purge date must not be before the expiration date, unless one of them is worked out from the day of the feed.
  @inline(__always)
  mutating func purgeBeforeExpiry(_ person: inout Person) {
    guard let purgeSlot = plan.purge, let expirySlot = plan.expiry else { return }
    let (purge, expiry) = (person.value(purgeSlot, plan), person.value(expirySlot, plan))
    guard purge.isText, expiry.isText, !purge.claims.union(expiry.claims).contains(.isMadeOfToday) else { return }
    // Other rules reject values that are not days. Days written YYYY-MM-DD sort as text, and most differ in the year.
    let (first, second) = (person.firstWord(purge), person.firstWord(expiry))
    if first > second { return }
    if first < second || person.bytes(purgeSlot).lexicographicallyPrecedes(person.bytes(expirySlot)) {
      let field = person.field(of: purgeSlot, plan) ?? person.field(of: expirySlot, plan)
      add(.purgeBeforeExpiry, field, "the purge date is before the expiration date")
    }
  }

  /// An e-mail address that is sent must be valid.
  mutating func invalidEmail(_ slot: Slot, _ person: inout Person) {
    guard person.value(slot, plan).isText else { return }
    let isValid = person.withText(of: slot) { address in
      Email.isValid(address) && (!person.isBeyondASCII(slot) || Email.isVisible(address))
    }
    if !isValid { add(.invalidEmail, person.field(of: slot, plan), "not an e-mail address") }
  }

  /// An address that is sent must have a city.
  @inline(__always)
  mutating func incompleteAddress(_ slot: Slot, _ field: Slot?, _ person: inout Person) {
    if person.value(slot, plan).isBlank { add(.incompleteAddress, field, "an address without a city") }
  }

  /// A user group must be sent.
  @inline(__always)
  mutating func missingGroup(_ person: inout Person) {
    if let slot = plan.group, !person.value(slot, plan).isBlank { return }
    add(.missingGroup, plan.base.rules.groupField, "no user group")
  }

  /// The last name must not be blank.
  @inline(__always)
  mutating func missingName(_ person: inout Person) {
    if let slot = plan.lastName, !person.value(slot, plan).isBlank { return }
    add(.missingName, plan.base.rules.lastNameField, "the last name is missing")
  }
}

extension Unicode.Scalar {
  /// The code point as Unicode's tables name it: `U+200B`.
  fileprivate var codePoint: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
