/// The rules that only warn of a person: one function each, which adds a reason for each field that breaks the rule.
extension RuleContext {
  /// Checks all of them, in the order of the manual.
  func checkWarning(_ person: borrowing Person, _ reasons: inout [Reason]) {
    purgeBeforeExpiry(person, &reasons)
    invalidEmail(person, &reasons)
    incompleteAddress(person, &reasons)
    missingGroup(person, &reasons)
    missingName(person, &reasons)
  }

  /// The purge date must not be before the expiration date.
  func purgeBeforeExpiry(_ person: borrowing Person, _ reasons: inout [Reason]) {
    if person.isBlank(layout.purgeDate) || person.isBlank(layout.expirationDate) { return }
    // Other rules reject values that are not days. Days written YYYY-MM-DD sort as text.
    if person.bytes(layout.purgeDate).lexicographicallyPrecedes(person.bytes(layout.expirationDate)) {
      reasons.append(Reason(.purgeBeforeExpiry, layout.purgeDate, "the record is to be purged before it expires"))
    }
  }

  /// The e-mail address that is sent must be valid.
  func invalidEmail(_ person: borrowing Person, _ reasons: inout [Reason]) {
    guard let field = layout.email(of: person) else { return }
    let isValid = person.withText(of: field) { address in
      Email.isValid(address) && (!person.isBeyondASCII(field) || Email.isVisible(address))
    }
    if !isValid { reasons.append(Reason(.invalidEmail, field, "not an e-mail address")) }
  }

  /// An address that is sent must have a city.
  func incompleteAddress(_ person: borrowing Person, _ reasons: inout [Reason]) {
    for address in layout.addresses(of: person) where !person.isBlank(address.line1) && person.isBlank(address.city) {
      reasons.append(Reason(.incompleteAddress, address.city, "an address without a city"))
    }
  }

  /// A user group must be sent.
  func missingGroup(_ person: borrowing Person, _ reasons: inout [Reason]) {
    if person.isBlank(layout.group), !layout.isLibraryStaff(person) {
      reasons.append(Reason(.missingGroup, layout.group, "no user group"))
    }
  }

  /// The last name must not be blank.
  func missingName(_ person: borrowing Person, _ reasons: inout [Reason]) {
    let field = layout.lastName
    if person.isBlank(field) { reasons.append(Reason(.missingName, field, "the last name is missing")) }
  }
}

/// The form of an e-mail address.
private enum Email {
  /// Whether a text is one address: one `@` with text before it and a dotted name after it, without a display name, a
  /// scheme or a second address.
  static func isValid(_ address: Span<UInt8>) -> Bool {
    var sign = 0
    while sign < address.count {
      let byte = address[sign]
      // Most bytes are letters, and need no further checks.
      if !isLetter(byte) {
        if byte == UInt8(ascii: "@") { break }
        if isSeparator(byte) { return false }
      }
      sign &+= 1
    }
    guard sign > 0, sign + 1 < address.count else { return false }
    var dots = 0
    var previous = UInt8(ascii: ".")
    for index in sign + 1..<address.count {
      let byte = address[index]
      if !isLetter(byte) {
        if byte == UInt8(ascii: "@") || isSeparator(byte) { return false }
        if byte == UInt8(ascii: ".") {
          if previous == UInt8(ascii: ".") { return false }
          dots &+= 1
        }
      }
      previous = byte
    }
    return dots > 0 && previous != UInt8(ascii: ".")
  }

  @inline(__always)
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  /// White space, a control character, or one of `()<>[],:;`, which enclose or separate addresses.
  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: ";"):
      true
    default: false
    }
  }

  /// Whether a text beyond ASCII has no white space and no invisible character.
  @inline(never)
  static func isVisible(_ address: Span<UInt8>) -> Bool {
    let text = unsafe address.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    return text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && !InvisibleCharacter.matches($0) }
  }
}
