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
      guard let field = circumstances.layout.email(of: person) else { return }
      let isSound = person.withText(of: field) { address in
        isEmail(address) && (!person.isBeyondASCII(field) || isVisible(address))
      }
      if !isSound { reasons.append(Reason(.invalidEmail, field, "not an e-mail address")) }
    }

    /// One `@` with text before it and a dotted name after it: the address alone, without a name, a scheme or a second address.
    private static func isEmail(_ address: Span<UInt8>) -> Bool {
      var sign = 0
      while sign < address.count {
        let byte = address[sign]
        // Most bytes are letters, and need no more looks.
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

    /// White space, a control character, or one of `()<>[],:;`, which stand around and between addresses.
    private static func isSeparator(_ byte: UInt8) -> Bool {
      switch byte {
      case 0...0x20, 0x7F, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: ";"):
        true
      default: false
      }
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
