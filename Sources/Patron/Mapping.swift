public import Calendar

/// Turns people into Alma users, by a profile.
public struct Mapping: Sendable {
  private let layout: FieldLayout
  private let numbers: UserTags

  /// - Parameter today: the day on which the privileges end of those who are no longer eligible and have no date of their own.
  public init(_ profile: Profile, today: Day) {
    layout = FieldLayout(profile)
    numbers = UserTags(profile, today: today.description)
  }

  /// The tags that the steps of a user name by number.
  public var tags: [Tag] { numbers.all }

  /// Writes the steps of a person's user, in the order of the elements in the manual.
  public func map(_ person: borrowing Person, into user: inout AlmaUser) {
    user.steps.removeAll(keepingCapacity: true)
    mapDatesAndStatus(person, into: &user.steps)
    mapGroupAndNames(person, into: &user.steps)
    mapContactInfo(person, into: &user.steps)
    mapIdentifiers(person, into: &user.steps)
  }

  private func mapDatesAndStatus(_ person: borrowing Person, into steps: inout [AlmaUser.Step]) {
    let isEligible = layout.isEligible(person)
    if !person.isBlank(layout.expirationDate) {
      steps.append(.text(tag: numbers.expiryDate, layout.expirationDate))
    } else if !isEligible, !layout.isRetiree(person) {
      steps.append(.constant(tag: numbers.expiresToday))
    }
    append(.text(tag: numbers.purgeDate, layout.purgeDate), unlessBlank: layout.purgeDate, of: person, to: &steps)
    if !person.isBlank(layout.eligibility) {
      steps.append(.constant(tag: isEligible ? numbers.active : numbers.inactive))
    }
    if !person.isBlank(layout.statisticCategory) {
      steps.append(.open(tag: numbers.statistics))
      steps.append(.open(tag: numbers.statistic))
      steps.append(.describedText(tag: numbers.category, layout.statisticCategory))
      steps.append(.close(tag: numbers.statistic))
      steps.append(.close(tag: numbers.statistics))
    }
  }

  private func mapGroupAndNames(_ person: borrowing Person, into steps: inout [AlmaUser.Step]) {
    if layout.isLibraryStaff(person) {
      steps.append(.constant(tag: numbers.libraryGroup))
    } else {
      append(.text(tag: numbers.group, layout.group), unlessBlank: layout.group, of: person, to: &steps)
    }
    append(
      .text(tag: numbers.primaryIdentifier, layout.primaryIdentifier), unlessBlank: layout.primaryIdentifier,
      of: person, to: &steps)
    append(.text(tag: numbers.firstName, layout.firstName), unlessBlank: layout.firstName, of: person, to: &steps)
    append(.text(tag: numbers.lastName, layout.lastName), unlessBlank: layout.lastName, of: person, to: &steps)
    append(.text(tag: numbers.middleName, layout.middleName), unlessBlank: layout.middleName, of: person, to: &steps)
  }

  private func mapContactInfo(_ person: borrowing Person, into steps: inout [AlmaUser.Step]) {
    let (addresses, tags) =
      layout.isUndergraduate(person)
      ? (layout.undergraduateAddresses, numbers.undergraduateAddresses)
      : (layout.otherAddresses, numbers.otherAddresses)
    let firstAddress = addresses.firstIndex { !person.isBlank($0.firstLine) }
    let firstEmail = layout.emails.firstIndex { !person.isBlank($0) }
    guard firstAddress != nil || firstEmail != nil else { return }
    steps.append(.open(tag: numbers.contactInfo))
    if let firstAddress {
      steps.append(.open(tag: numbers.addresses))
      for index in firstAddress..<addresses.count where !person.isBlank(addresses[index].firstLine) {
        mapAddress(addresses[index], tags[index], isPreferred: index == firstAddress, person, into: &steps)
      }
      steps.append(.close(tag: numbers.addresses))
    }
    if let firstEmail {
      steps.append(.open(tag: numbers.emailsList))
      steps.append(.open(tag: numbers.email))
      steps.append(.text(tag: numbers.emailAddress, layout.emails[firstEmail]))
      steps.append(.open(tag: numbers.emails[firstEmail].types))
      steps.append(.constant(tag: numbers.emails[firstEmail].type))
      steps.append(.close(tag: numbers.emails[firstEmail].types))
      steps.append(.close(tag: numbers.email))
      steps.append(.close(tag: numbers.emailsList))
    }
    steps.append(.close(tag: numbers.contactInfo))
  }

  private func mapAddress(
    _ fields: FieldLayout.AddressFields, _ tags: UserTags.Address, isPreferred: Bool, _ person: borrowing Person,
    into steps: inout [AlmaUser.Step]
  ) {
    let address = isPreferred ? tags.preferred : tags.other
    steps.append(.open(tag: address))
    steps.append(.text(tag: numbers.line1, fields.lines[0]))
    append(.text(tag: numbers.line2, fields.lines[1]), unlessBlank: fields.lines[1], of: person, to: &steps)
    append(.text(tag: numbers.line3, fields.lines[2]), unlessBlank: fields.lines[2], of: person, to: &steps)
    append(.text(tag: numbers.line4, fields.lines[3]), unlessBlank: fields.lines[3], of: person, to: &steps)
    append(.text(tag: numbers.city, fields.city), unlessBlank: fields.city, of: person, to: &steps)
    append(.text(tag: numbers.state, fields.state), unlessBlank: fields.state, of: person, to: &steps)
    append(.text(tag: numbers.postalCode, fields.postalCode), unlessBlank: fields.postalCode, of: person, to: &steps)
    append(.text(tag: numbers.country, fields.country), unlessBlank: fields.country, of: person, to: &steps)
    steps.append(.open(tag: tags.types))
    steps.append(.constant(tag: tags.type))
    steps.append(.close(tag: tags.types))
    steps.append(.close(tag: address))
  }

  private func mapIdentifiers(_ person: borrowing Person, into steps: inout [AlmaUser.Step]) {
    guard layout.identifiers.contains(where: { !person.isBlank($0) }) else { return }
    steps.append(.open(tag: numbers.identifiersList))
    for (field, tags) in zip(layout.identifiers, numbers.identifiers) where !person.isBlank(field) {
      steps.append(.open(tag: numbers.identifier))
      steps.append(.text(tag: numbers.value, field))
      steps.append(.constant(tag: tags.type))
      steps.append(.constant(tag: numbers.identifierActive))
      steps.append(.close(tag: numbers.identifier))
    }
    steps.append(.close(tag: numbers.identifiersList))
  }

  @inline(__always)
  private func append(
    _ step: AlmaUser.Step, unlessBlank field: Field, of person: borrowing Person, to steps: inout [AlmaUser.Step]
  ) {
    if !person.isBlank(field) { steps.append(step) }
  }
}
