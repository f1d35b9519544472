/// The rules whose breach keeps a person out of the feed, each as the manual has it.
extension Rule {
  /// In the order in which their reasons are given.
  static let rejecting: [any Judging.Type] = [
    WrongType.self, MissingIdentifier.self, NoExpirationDate.self, InvalidDate.self, IllegalCharacter.self,
    TooLong.self, InvalidStatus.self, RepeatedPerson.self, DuplicateIdentifier.self, UnknownGroup.self,
    UnknownStatCategory.self,
  ]

  /// Those that no document can do without: they would break it, or make a user that nobody asked for.
  static let fatalToXML: [any Judging.Type] = [
    WrongType.self, MissingIdentifier.self, CharacterForbiddenByXML.self,
  ]

  /// A value that is no text was put there by mistake, and nobody knows what it means.
  enum WrongType: Judging {
    static let code = Code.wrongType

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      guard person.findings.hasWrongType else { return }
      for field in circumstances.layout.fieldsRead(of: person) where person[field].isWrongType {
        reasons.append(Reason(.wrongType, field, "text is meant here, and something else is given"))
      }
    }
  }

  /// Without one Alma would invent an identifier from the name.
  enum MissingIdentifier: Judging {
    static let code = Code.missingIdentifier

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let field = circumstances.layout.primaryIdentifier
      if person.isBlank(field) { reasons.append(Reason(.missingIdentifier, field, "the identifier is missing")) }
    }
  }

  /// An account without one would have no day on which it ends.
  enum NoExpirationDate: Judging {
    static let code = Code.noExpirationDate

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let layout = circumstances.layout
      if layout.isEligible(person), person.isBlank(layout.expirationDate) {
        reasons.append(Reason(.noExpirationDate, layout.expirationDate, "the expiration date is missing"))
      }
    }
  }

  /// Alma's dates are `xs:date`.
  enum InvalidDate: Judging {
    static let code = Code.invalidDate

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let layout = circumstances.layout
      for field in layout.dates {
        guard person[field].isText, person.day(field) == nil else { continue }
        reasons.append(Reason(.invalidDate, field, "not a day of the calendar written YYYY-MM-DD"))
      }
    }
  }

  /// One that XML forbids aborts Alma's whole job; with an invisible one in an identifier nobody finds the account again.
  enum IllegalCharacter: Judging {
    static let code = Code.illegalCharacter

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      if person.findings.illegalFields.isEmpty, !circumstances.hasSuspectIdentifier { return }
      let identifiers = circumstances.layout.allIdentifiers
      for field in circumstances.layout.fieldsRead(of: person) {
        if person.findings.illegalFields.contains(field) {
          reasons.append(CharacterForbiddenByXML.reason(field, of: person))
        } else if identifiers.contains(field),
          let scalar = person.scalar(in: field, where: InvisibleCharacter.matches)
        {
          let message = "\(scalar.codePoint), a control or format character, which nobody sees in an identifier"
          reasons.append(Reason(.illegalCharacter, field, message))
        }
      }
    }
  }

  /// The part of that rule without which a document would not be XML.
  enum CharacterForbiddenByXML: Judging {
    static let code = Code.illegalCharacter

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let illegal = person.findings.illegalFields
      if illegal.isEmpty { return }
      for field in circumstances.layout.fieldsRead(of: person) where illegal.contains(field) {
        reasons.append(reason(field, of: person))
      }
    }

    fileprivate static func reason(_ field: Field, of person: borrowing Person) -> Reason {
      // A lone surrogate has been replaced by the reader, and leaves no number to name.
      let scalar = person.scalar(in: field, where: Patron.IllegalCharacter.matches)
      let message = scalar.map { "\($0.codePoint), a character that XML forbids" }
      return Reason(.illegalCharacter, field, message ?? "half of a surrogate pair, which is no character")
    }
  }

  /// Alma's fields take 255 characters, but for the first line of an address.
  enum TooLong: Judging {
    static let code = Code.tooLong
    private static let mostCharacters = 255

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      guard person.lengthBits > mostCharacters else { return }
      for field in circumstances.layout.fieldsRead(of: person)
      where person.range(of: field).count > mostCharacters && person[field].isText
        && !circumstances.layout.isFirstLine(field)
      {
        let count = person.scalarCount(field)
        if count > mostCharacters {
          reasons.append(Reason(.tooLong, field, "\(count) characters; \(mostCharacters) is the limit"))
        }
      }
    }
  }

  /// Whoever is neither eligible nor ineligible has a status that Alma cannot be told.
  enum InvalidStatus: Judging {
    static let code = Code.invalidStatus

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let field = circumstances.layout.eligibility
      if person[field].isText, !person.equals(field, FieldLayout.eligible),
        !person.equals(field, FieldLayout.ineligible)
      {
        reasons.append(Reason(.invalidStatus, field, "neither E nor I"))
      }
    }
  }

  /// Alma would load the first of them and refuse this one.
  enum RepeatedPerson: Judging {
    static let code = Code.repeatedPerson

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let field = circumstances.layout.primaryIdentifier
      guard let probe = circumstances.probes.first, probe.field == field, let owner = probe.owner, owner.isPrimary
      else { return }
      reasons.append(
        Reason(
          .repeatedPerson, field, "the same person as in line \(owner.line)", otherLine: owner.line,
          otherIdentifier: owner.identifier))
    }
  }

  /// Identifiers are unique across users and within one, without regard to case.
  enum DuplicateIdentifier: Judging {
    static let code = Code.duplicateIdentifier

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let probes = circumstances.probes
      /// The same person earlier in the feed, who has the same identifiers by right.
      let twin = probes.first { $0.field == circumstances.layout.primaryIdentifier && $0.owner?.isPrimary == true }?
        .owner
      for (position, probe) in probes.enumerated() {
        if let owner = probe.owner, !owner.isSamePerson(as: twin) {
          let message = "the person in line \(owner.line), \(owner.identifier), has this identifier too"
          reasons.append(
            Reason(
              .duplicateIdentifier, probe.field, message, otherLine: owner.line, otherIdentifier: owner.identifier))
        } else if let other = probes[..<position].first(where: { $0.isSameIdentifier(as: probe) }) {
          let name = circumstances.layout.name(of: other.field)
          reasons.append(Reason(.duplicateIdentifier, probe.field, "the same as \(name) of this person"))
        }
      }
    }
  }

  enum UnknownGroup: Judging {
    static let code = Code.unknownGroup

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      guard let groups = circumstances.groups else { return }
      let layout = circumstances.layout
      if layout.isLibraryStaff(person) {
        if !groups.contains(circumstances.libraryGroup[...]) {
          reasons.append(
            Reason(.unknownGroup, layout.department, "Alma's list of groups lacks the library staff's own"))
        }
      } else if person[layout.group].isText, !groups.contains(layout.group, of: person) {
        reasons.append(Reason(.unknownGroup, layout.group, "not in the list of Alma's user groups"))
      }
    }
  }

  enum UnknownStatCategory: Judging {
    static let code = Code.unknownStatCategory

    static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason]) {
      let field = circumstances.layout.statisticCategory
      guard let categories = circumstances.statCategories, person[field].isText else { return }
      if !categories.contains(field, of: person) {
        reasons.append(Reason(.unknownStatCategory, field, "not in the list of Alma's statistic categories"))
      }
    }
  }
}

extension Unicode.Scalar {
  /// The code point as Unicode's tables name it: `U+200B`.
  fileprivate var codePoint: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
