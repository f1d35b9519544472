/// The numbers of the parts of a profile's users, made once.
///
/// A class, so that reading one of its lists does not retain the others.
final class UserParts: Sendable {
  /// The parts of an element that is a list of items, of which a user has some.
  struct List: Sendable {
    /// Each item as the user's first, with the start of the list before it.
    let first: [UInt16]
    /// Each item as it follows another.
    let following: [UInt16]
    /// The end of the list.
    let end: UInt16
  }

  let outline: UserOutline

  let dates, datesEndingToday: UInt16
  let active, inactive: UInt16
  let statistics: UInt16
  /// The group, the primary identifier and the names.
  let group, libraryGroup: UInt16
  let contactInfo, endOfContactInfo: UInt16
  /// The first address is the preferred one.
  let undergraduateAddresses, otherAddresses: List
  let emails: [UInt16]
  let identifiers: List

  /// - Parameter today: the expiry date of people whose privileges end now, as text.
  init(_ profile: Profile, _ layout: FieldLayout, today: String) {
    var outline = UserOutline()
    let external = (name: "segment_type", value: "External")

    let expiryDate = outline.add(Tag("expiry_date"))
    let purgeDate = AlmaUser.Step.text(tag: outline.add(Tag("purge_date")), layout.purgeDate)
    dates = outline.add([.text(tag: expiryDate, layout.expirationDate), purgeDate])
    datesEndingToday = outline.add([.constant(tag: outline.add(Tag("expiry_date", content: today))), purgeDate])
    active = outline.add([.constant(tag: outline.add(Tag("status", content: "ACTIVE")))])
    inactive = outline.add([.constant(tag: outline.add(Tag("status", content: "INACTIVE")))])
    statistics = outline.add(
      outline.element(
        Tag("user_statistics"),
        outline.element(
          Tag("user_statistic", [external]),
          [.describedText(tag: outline.add(Tag("statistic_category")), layout.statisticCategory)])))

    let groupTag = outline.add(Tag("user_group"))
    let library = outline.add(Tag("user_group", content: profile.libraryGroup))
    let names = [
      outline.text("primary_id", layout.primaryIdentifier), outline.text("first_name", layout.firstName),
      outline.text("last_name", layout.lastName), outline.text("middle_name", layout.middleName),
    ]
    group = outline.add([.text(tag: groupTag, layout.group)] + names)
    libraryGroup = outline.add([.constant(tag: library)] + names)

    let contact = outline.add(Tag("contact_info"))
    contactInfo = outline.add([.open(tag: contact)])
    endOfContactInfo = outline.add([.close(tag: contact)])
    func addresses(_ sources: [Profile.AddressSource], _ fields: [FieldLayout.AddressFields]) -> List {
      outline.addList(of: Tag("addresses"), zip(sources, fields)) { outline, address, isFirst in
        let preferred = (name: "preferred", value: isFirst ? "true" : "false")
        let content = outline.content(of: address.1, typed: address.0.type)
        return outline.element(Tag("address", [preferred, external]), content)
      }
    }
    undergraduateAddresses = addresses(profile.undergraduateAddresses, layout.undergraduateAddresses)
    otherAddresses = addresses(profile.otherAddresses, layout.otherAddresses)
    emails = zip(profile.emails, layout.emails).map { source, field in
      let text = outline.text("email_address", field)
      let type = outline.element(Tag("email_types"), [outline.constant("email_type", source.type)])
      let email = outline.element(Tag("email", [("preferred", "true"), external]), [text] + type)
      return outline.add(outline.element(Tag("emails"), email))
    }

    let identified = zip(profile.identifiers, layout.identifiers)
    identifiers = outline.addList(of: Tag("user_identifiers"), identified) { outline, identifier, _ in
      let status = AlmaUser.Step.constant(tag: outline.add(Tag("status", content: "ACTIVE")))
      let value = outline.text("value", identifier.1)
      let type = outline.constant("id_type", identifier.0.type)
      return outline.element(Tag("user_identifier", [external]), [value, type, status])
    }
    self.outline = outline
  }
}

extension UserOutline {
  fileprivate mutating func text(_ name: String, _ field: Field) -> AlmaUser.Step { .text(tag: add(Tag(name)), field) }

  /// An element with the same code of Alma for everyone.
  fileprivate mutating func constant(_ name: String, _ code: Profile.Code) -> AlmaUser.Step {
    .constant(tag: add(Tag(name, [("desc", code.description)], content: code.value)))
  }

  /// An element that contains others.
  fileprivate mutating func element(_ tag: Tag, _ content: [AlmaUser.Step]) -> [AlmaUser.Step] {
    let number = add(tag)
    return [.open(tag: number)] + content + [.close(tag: number)]
  }

  /// Adds the parts of a list with these items.
  fileprivate mutating func addList<Items: Sequence>(
    of tag: Tag, _ items: Items, _ steps: (inout UserOutline, Items.Element, _ isFirst: Bool) -> [AlmaUser.Step]
  ) -> UserParts.List {
    let number = add(tag)
    return UserParts.List(
      first: items.map { add([.open(tag: number)] + steps(&self, $0, true)) },
      following: items.map { add(steps(&self, $0, false)) }, end: add([.close(tag: number)]))
  }

  /// The content of an address.
  fileprivate mutating func content(
    of fields: FieldLayout.AddressFields, typed type: Profile.Code
  ) -> [AlmaUser.Step] {
    [
      text("line1", fields.line1), text("line2", fields.line2), text("line3", fields.line3),
      text("line4", fields.line4), text("city", fields.city), text("state_province", fields.state),
      text("postal_code", fields.postalCode), text("country", fields.country),
    ] + element(Tag("address_types"), [constant("address_type", type)])
  }
}
