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
    mapDatesAndStatus(person, into: &user)
    mapGroupAndNames(person, into: &user)
    mapContactInfo(person, into: &user)
    mapIdentifiers(person, into: &user)
  }

  private func mapDatesAndStatus(_ person: borrowing Person, into user: inout AlmaUser) {
    let isEligible = layout.isEligible(person)
    if !person.isBlank(layout.expirationDate) {
      user.append(.text(tag: numbers.expiryDate, layout.expirationDate))
    } else if !isEligible, !layout.isRetiree(person) {
      user.append(.constant(tag: numbers.expiresToday))
    }
    user.appendText(layout.purgeDate, tag: numbers.purgeDate, of: person)
    if !person.isBlank(layout.eligibility) {
      user.append(.constant(tag: isEligible ? numbers.active : numbers.inactive))
    }
    if !person.isBlank(layout.statisticCategory) {
      user.append(.open(tag: numbers.statistics))
      user.append(.open(tag: numbers.statistic))
      user.append(.describedText(tag: numbers.category, layout.statisticCategory))
      user.append(.close(tag: numbers.statistic))
      user.append(.close(tag: numbers.statistics))
    }
  }

  private func mapGroupAndNames(_ person: borrowing Person, into user: inout AlmaUser) {
    if layout.isLibraryStaff(person) {
      user.append(.constant(tag: numbers.libraryGroup))
    } else {
      user.appendText(layout.group, tag: numbers.group, of: person)
    }
    user.appendText(layout.primaryIdentifier, tag: numbers.primaryIdentifier, of: person)
    user.appendText(layout.firstName, tag: numbers.firstName, of: person)
    user.appendText(layout.lastName, tag: numbers.lastName, of: person)
    user.appendText(layout.middleName, tag: numbers.middleName, of: person)
  }

  private func mapContactInfo(_ person: borrowing Person, into user: inout AlmaUser) {
    let (addresses, tags) =
      layout.isUndergraduate(person)
      ? (layout.undergraduateAddresses, numbers.undergraduateAddresses)
      : (layout.otherAddresses, numbers.otherAddresses)
    let firstAddress = addresses.firstIndex { !person.isBlank($0.line1) }
    let firstEmail = layout.emails.firstIndex { !person.isBlank($0) }
    guard firstAddress != nil || firstEmail != nil else { return }
    user.append(.open(tag: numbers.contactInfo))
    if let firstAddress {
      user.append(.open(tag: numbers.addresses))
      for index in firstAddress..<addresses.count where !person.isBlank(addresses[index].line1) {
        mapAddress(addresses[index], tags[index], isPreferred: index == firstAddress, person, into: &user)
      }
      user.append(.close(tag: numbers.addresses))
    }
    if let firstEmail {
      user.append(.open(tag: numbers.emailsList))
      user.append(.open(tag: numbers.email))
      user.append(.text(tag: numbers.emailAddress, layout.emails[firstEmail]))
      user.append(.open(tag: numbers.emails[firstEmail].types))
      user.append(.constant(tag: numbers.emails[firstEmail].type))
      user.append(.close(tag: numbers.emails[firstEmail].types))
      user.append(.close(tag: numbers.email))
      user.append(.close(tag: numbers.emailsList))
    }
    user.append(.close(tag: numbers.contactInfo))
  }

  private func mapAddress(
    _ fields: FieldLayout.AddressFields, _ tags: UserTags.Address, isPreferred: Bool, _ person: borrowing Person,
    into user: inout AlmaUser
  ) {
    let address = isPreferred ? tags.preferred : tags.other
    user.append(.open(tag: address))
    user.append(.text(tag: numbers.line1, fields.line1))
    user.appendText(fields.line2, tag: numbers.line2, of: person)
    user.appendText(fields.line3, tag: numbers.line3, of: person)
    user.appendText(fields.line4, tag: numbers.line4, of: person)
    user.appendText(fields.city, tag: numbers.city, of: person)
    user.appendText(fields.state, tag: numbers.state, of: person)
    user.appendText(fields.postalCode, tag: numbers.postalCode, of: person)
    user.appendText(fields.country, tag: numbers.country, of: person)
    user.append(.open(tag: tags.types))
    user.append(.constant(tag: tags.type))
    user.append(.close(tag: tags.types))
    user.append(.close(tag: address))
  }

  private func mapIdentifiers(_ person: borrowing Person, into user: inout AlmaUser) {
    guard layout.identifiers.contains(where: { !person.isBlank($0) }) else { return }
    user.append(.open(tag: numbers.identifiersList))
    for (field, tags) in zip(layout.identifiers, numbers.identifiers) where !person.isBlank(field) {
      user.append(.open(tag: numbers.identifier))
      user.append(.text(tag: numbers.value, field))
      user.append(.constant(tag: tags.type))
      user.append(.constant(tag: numbers.identifierActive))
      user.append(.close(tag: numbers.identifier))
    }
    user.append(.close(tag: numbers.identifiersList))
  }
}
