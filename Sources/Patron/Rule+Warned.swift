/// The rules whose breach is worth a word, and holds nobody back.
extension Rule {
  /// In the order in which their reasons are given.
  static let warning: [any Judging.Type] = [
    PurgeBeforeExpiry.self, InvalidEmail.self, IncompleteAddress.self, MissingGroup.self, MissingName.self,
  ]

  enum PurgeBeforeExpiry: Judging {
    static let code = Code.purgeBeforeExpiry

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let layout = circumstances.layout
      if person.isBlank(layout.purgeDate) || person.isBlank(layout.expirationDate) { return }
      // Both are days: others would have been rejected. Written like this they are in order as texts, too.
      if person.bytes(layout.purgeDate).lexicographicallyPrecedes(person.bytes(layout.expirationDate)) {
        reasons.append(Reason(.purgeBeforeExpiry, layout.purgeDate, "the record is to be purged before it expires"))
      }
    }
  }

  /// Notices to such an address come back.
  enum InvalidEmail: Judging {
    static let code = Code.invalidEmail

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      guard let field = circumstances.layout.email(of: person), !person.withText(of: field, isEmail) else { return }
      reasons.append(Reason(.invalidEmail, field, "not an e-mail address"))
    }

    /// One `@` with text before it and a dotted name after it: the address alone, without a name, a scheme or a second address.
    private static func isEmail(_ address: Span<UInt8>) -> Bool {
      var bits: UInt8 = 0
      var sign = 0
      while sign < address.count, address[sign] != UInt8(ascii: "@") {
        if isSeparator(address[sign]) { return false }
        bits |= address[sign]
        sign &+= 1
      }
      guard sign > 0, sign + 1 < address.count else { return false }
      var dots = 0
      var previous = UInt8(ascii: ".")
      for index in sign + 1..<address.count {
        let byte = address[index]
        if byte == UInt8(ascii: "@") || isSeparator(byte) { return false }
        if byte == UInt8(ascii: ".") {
          if previous == UInt8(ascii: ".") { return false }
          dots &+= 1
        }
        bits |= byte
        previous = byte
      }
      guard dots > 0, previous != UInt8(ascii: ".") else { return false }
      return bits < 0x80 || isVisible(address)
    }

    /// White space, a control character, or one of `()<>[],:;`, which stand around and between addresses.
    @inline(__always)
    private static func isSeparator(_ byte: UInt8) -> Bool {
      // A bit for each byte of ASCII, in two words: up to the space, ( ) , : ; < > and behind these [ ] and U+007F.
      let separators: UInt64 = byte < 64 ? 0x5C00_1301_FFFF_FFFF : 0x8000_0000_2800_0000
      return byte < 0x80 && separators &>> UInt64(byte) & 1 == 1
    }

    /// No white space and no invisible character stands among those beyond ASCII.
    @inline(never)
    private static func isVisible(_ address: Span<UInt8>) -> Bool {
      let text = unsafe address.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
      return text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && !InvisibleCharacter.matches($0) }
    }
  }

  enum IncompleteAddress: Judging {
    static let code = Code.incompleteAddress

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      for address in circumstances.layout.addresses(of: person)
      where !person.isBlank(address.line1) && person.isBlank(address.city) {
        reasons.append(Reason(.incompleteAddress, address.city, "an address without a city"))
      }
    }
  }

  enum MissingGroup: Judging {
    static let code = Code.missingGroup

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let layout = circumstances.layout
      if person.isBlank(layout.group), !layout.isLibraryStaff(person) {
        reasons.append(Reason(.missingGroup, layout.group, "no user group"))
      }
    }
  }

  enum MissingName: Judging {
    static let code = Code.missingName

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let field = circumstances.layout.lastName
      if person.isBlank(field) { reasons.append(Reason(.missingName, field, "the last name is missing")) }
    }
  }
}
