/// The tags of the user schema that a profile's users are made of, each with its number.
struct UserTags: Sendable {
  struct Address: Sendable {
    let preferred, other: UInt16
    let types, type: UInt16
  }

  struct Email: Sendable {
    let types, type: UInt16
  }

  struct Identifier: Sendable {
    let type: UInt16
  }

  private(set) var all: [Tag] = []

  let expiryDate, expiresToday, purgeDate, active, inactive: UInt16
  let statistics, statistic, category: UInt16
  let group, libraryGroup, primaryIdentifier, firstName, lastName, middleName: UInt16
  let contactInfo, addresses: UInt16
  let line1, line2, line3, line4, city, state, postalCode, country: UInt16
  let undergraduateAddresses, otherAddresses: [Address]
  let emailsList, email, emailAddress: UInt16
  let emails: [Email]
  let identifiersList, identifier, value, identifierActive: UInt16
  let identifiers: [Identifier]

  /// - Parameter today: the text of the expiry date of those whose privileges end now.
  init(_ profile: Profile, today: String) {
    var all: [Tag] = []
    func tag(_ name: String, _ attributes: [(name: String, value: String)] = [], content: String? = nil) -> UInt16 {
      all.append(Tag(name, attributes, content: content))
      return UInt16(all.count - 1)
    }
    let external = (name: "segment_type", value: "External")
    func type(_ name: String, _ code: Profile.Code) -> UInt16 {
      tag(name, [("desc", code.description)], content: code.value)
    }
    expiryDate = tag("expiry_date")
    expiresToday = tag("expiry_date", content: today)
    purgeDate = tag("purge_date")
    active = tag("status", content: "ACTIVE")
    inactive = tag("status", content: "INACTIVE")
    statistics = tag("user_statistics")
    statistic = tag("user_statistic", [external])
    category = tag("statistic_category")
    group = tag("user_group")
    libraryGroup = tag("user_group", content: profile.libraryGroup)
    primaryIdentifier = tag("primary_id")
    firstName = tag("first_name")
    lastName = tag("last_name")
    middleName = tag("middle_name")
    contactInfo = tag("contact_info")
    addresses = tag("addresses")
    line1 = tag("line1")
    line2 = tag("line2")
    line3 = tag("line3")
    line4 = tag("line4")
    city = tag("city")
    state = tag("state_province")
    postalCode = tag("postal_code")
    country = tag("country")
    let preferred = tag("address", [("preferred", "true"), external])
    let other = tag("address", [("preferred", "false"), external])
    let addressTypes = tag("address_types")
    func address(_ source: Profile.AddressSource) -> Address {
      Address(preferred: preferred, other: other, types: addressTypes, type: type("address_type", source.type))
    }
    undergraduateAddresses = profile.undergraduateAddresses.map(address)
    otherAddresses = profile.otherAddresses.map(address)
    emailsList = tag("emails")
    email = tag("email", [("preferred", "true"), external])
    emailAddress = tag("email_address")
    let emailTypes = tag("email_types")
    emails = profile.emails.map { Email(types: emailTypes, type: type("email_type", $0.type)) }
    identifiersList = tag("user_identifiers")
    identifier = tag("user_identifier", [external])
    value = tag("value")
    identifierActive = tag("status", content: "ACTIVE")
    identifiers = profile.identifiers.map { Identifier(type: type("id_type", $0.type)) }
    self.all = all
  }
}
