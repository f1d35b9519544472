/// The parts of a profile's users by their numbers, made once.
struct UserParts: Sendable {
  struct Address: Sendable {
    /// As the preferred address, and as another.
    let preferred, other: UInt16
  }

  let outline: UserOutline

  let dates, datesEndingToday: UInt16
  let active, inactive: UInt16
  let statistics: UInt16
  /// The group, the primary identifier and the names.
  let group, libraryGroup: UInt16
  let contactInfo, endOfContactInfo: UInt16
  let addresses, endOfAddresses: UInt16
  let undergraduateAddresses, otherAddresses: [Address]
  let emails: [UInt16]
  let identifiersList, endOfIdentifiersList: UInt16
  let identifiers: [UInt16]

  /// - Parameter today: the text of the expiry date of those whose privileges end now.
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

    (contactInfo, endOfContactInfo) = outline.addEnds(of: Tag("contact_info"))
    (addresses, endOfAddresses) = outline.addEnds(of: Tag("addresses"))
    let address = { (source: Profile.AddressSource, fields: FieldLayout.AddressFields) in
      let content = outline.content(of: fields, typed: source.type)
      let (preferred, other) = (("preferred", "true"), ("preferred", "false"))
      return Address(
        preferred: outline.add(outline.element(Tag("address", [preferred, external]), content)),
        other: outline.add(outline.element(Tag("address", [other, external]), content)))
    }
    undergraduateAddresses = zip(profile.undergraduateAddresses, layout.undergraduateAddresses).map(address)
    otherAddresses = zip(profile.otherAddresses, layout.otherAddresses).map(address)
    emails = zip(profile.emails, layout.emails).map { source, field in
      let text = outline.text("email_address", field)
      let type = outline.element(Tag("email_types"), [outline.constant("email_type", source.type)])
      let email = outline.element(Tag("email", [("preferred", "true"), external]), [text] + type)
      return outline.add(outline.element(Tag("emails"), email))
    }

    (identifiersList, endOfIdentifiersList) = outline.addEnds(of: Tag("user_identifiers"))
    identifiers = zip(profile.identifiers, layout.identifiers).map { source, field in
      let status = AlmaUser.Step.constant(tag: outline.add(Tag("status", content: "ACTIVE")))
      return outline.add(
        outline.element(
          Tag("user_identifier", [external]),
          [outline.text("value", field), outline.constant("id_type", source.type), status]))
    }
    self.outline = outline
  }
}

extension UserOutline {
  fileprivate mutating func text(_ name: String, _ field: Field) -> AlmaUser.Step { .text(tag: add(Tag(name)), field) }

  /// An element with the same code of Alma's for everybody.
  fileprivate mutating func constant(_ name: String, _ code: Profile.Code) -> AlmaUser.Step {
    .constant(tag: add(Tag(name, [("desc", code.description)], content: code.value)))
  }

  /// An element with others in it.
  fileprivate mutating func element(_ tag: Tag, _ content: [AlmaUser.Step]) -> [AlmaUser.Step] {
    let number = add(tag)
    return [.open(tag: number)] + content + [.close(tag: number)]
  }

  /// Two parts: the beginning of an element and its end.
  fileprivate mutating func addEnds(of tag: Tag) -> (UInt16, UInt16) {
    let number = add(tag)
    return (add([.open(tag: number)]), add([.close(tag: number)]))
  }

  /// What is inside an address.
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
