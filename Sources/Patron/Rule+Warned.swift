/// The rules whose breach is worth a word, and holds nobody back.
extension Rule {
  /// In the order in which their reasons are given.
  static let warning: [Rule] = [.purgeBeforeExpiry, .invalidEmail, .incompleteAddress, .missingGroup, .missingName]

  static let purgeBeforeExpiry = Rule(.purgeBeforeExpiry) { person, circumstances, reasons in
    let layout = circumstances.layout
    if let purge = person.day(layout.purgeDate), let expiry = person.day(layout.expirationDate), purge < expiry {
      reasons.append(Reason(.purgeBeforeExpiry, layout.purgeDate, "the record is to be purged before it expires"))
    }
  }

  /// Notices to such an address come back.
  static let invalidEmail = Rule(.invalidEmail) { person, circumstances, reasons in
    guard let field = circumstances.layout.email(of: person), !isEmail(person.bytes(field)) else { return }
    reasons.append(Reason(.invalidEmail, field, "not an e-mail address"))
  }

  static let incompleteAddress = Rule(.incompleteAddress) { person, circumstances, reasons in
    for address in circumstances.layout.addresses(of: person)
    where !person.isBlank(address.line1) && person.isBlank(address.city) {
      reasons.append(Reason(.incompleteAddress, address.city, "an address without a city"))
    }
  }

  static let missingGroup = Rule(.missingGroup) { person, circumstances, reasons in
    let layout = circumstances.layout
    if person.isBlank(layout.group), !layout.isLibraryStaff(person) {
      reasons.append(Reason(.missingGroup, layout.group, "no user group"))
    }
  }

  static let missingName = Rule(.missingName) { person, circumstances, reasons in
    let field = circumstances.layout.lastName
    if person.isBlank(field) { reasons.append(Reason(.missingName, field, "the last name is missing")) }
  }

  /// One `@` with text before it and a dotted name after it.
  private static func isEmail(_ address: ArraySlice<UInt8>) -> Bool {
    guard let sign = address.firstIndex(of: UInt8(ascii: "@")), sign > address.startIndex, sign + 1 < address.endIndex
    else { return false }
    var dots = 0
    var previous = UInt8(ascii: ".")
    for byte in address[(sign + 1)...] {
      if byte == UInt8(ascii: "@") || byte == UInt8(ascii: " ") { return false }
      if byte == UInt8(ascii: ".") {
        if previous == UInt8(ascii: ".") { return false }
        dots += 1
      }
      previous = byte
    }
    return dots > 0 && previous != UInt8(ascii: ".")
  }
}
