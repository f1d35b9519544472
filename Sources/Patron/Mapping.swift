public import Calendar

/// Maps people to Alma users, by a profile.
public struct Mapping: Sendable {
  private let layout: FieldLayout
  private let parts: UserParts

  /// Creates the mapping of a profile.
  /// - Parameter today: the expiry date of people who are no longer eligible and have no expiration date.
  public init(_ profile: Profile, today: Day) {
    layout = FieldLayout(profile)
    parts = UserParts(profile, layout, today: today.description)
  }

  /// The parts that users consist of.
  public var outline: UserOutline { parts.outline }

  /// Lists the parts of a person's user, in the order of the elements in patron-to-xml(1).
  public func map(_ person: borrowing Person, into user: inout AlmaUser) {
    user.parts.removeAll(keepingCapacity: true)
    mapDatesAndStatus(person, into: &user.parts)
    user.parts.append(layout.isLibraryStaff(person) ? parts.libraryGroup : parts.group)
    mapContactInfo(person, into: &user.parts)
    mapIdentifiers(person, into: &user.parts)
  }

  private func mapDatesAndStatus(_ person: borrowing Person, into user: inout [UInt16]) {
    let isEligible = layout.isEligible(person)
    let endsToday = person.isBlank(layout.expirationDate) && !isEligible && !layout.isRetiree(person)
    user.append(endsToday ? parts.datesEndingToday : parts.dates)
    if !person.isBlank(layout.eligibility) { user.append(isEligible ? parts.active : parts.inactive) }
    if !person.isBlank(layout.statisticCategory) { user.append(parts.statistics) }
  }

  private func mapContactInfo(_ person: borrowing Person, into user: inout [UInt16]) {
    let start = user.count
    user.append(parts.contactInfo)
    if layout.isUndergraduate(person) {
      mapAddresses(layout.undergraduateAddresses, parts.undergraduateAddresses, person, into: &user)
    } else {
      mapAddresses(layout.otherAddresses, parts.otherAddresses, person, into: &user)
    }
    if let email = layout.emails.firstIndex(where: { !person.isBlank($0) }) { user.append(parts.emails[email]) }
    // An empty container is not written.
    if user.count == start + 1 { user.removeLast() } else { user.append(parts.endOfContactInfo) }
  }

  private func mapAddresses(
    _ addresses: [FieldLayout.AddressFields], _ list: UserParts.List, _ person: borrowing Person,
    into user: inout [UInt16]
  ) {
    let start = user.count
    for index in addresses.indices where !person.isBlank(addresses[index].line1) {
      user.append(user.count == start ? list.first[index] : list.following[index])
    }
    if user.count > start { user.append(list.end) }
  }

  private func mapIdentifiers(_ person: borrowing Person, into user: inout [UInt16]) {
    let start = user.count
    for index in layout.identifiers.indices where !person.isBlank(layout.identifiers[index]) {
      user.append(user.count == start ? parts.identifiers.first[index] : parts.identifiers.following[index])
    }
    if user.count > start { user.append(parts.identifiers.end) }
  }
}
