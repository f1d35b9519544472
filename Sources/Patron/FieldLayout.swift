import JSONText

/// A field of a person that the mapping reads: its index among them.
public struct Field: Hashable, Sendable {
  @usableFromInline let number: UInt16

  init(index: Int) { number = UInt16(index) }

  @usableFromInline var index: Int { Int(number) }
}

/// The fields that a profile reads, each with its index, in the order of the mapping.
///
/// A class, so that reading one of its lists does not retain the others.
public final class FieldLayout: Sendable {
  /// The fields of an address.
  struct AddressFields: Sendable {
    let line1, line2, line3, line4, city, state, postalCode, country: Field

    /// All of them, in the order of the mapping.
    var all: [Field] { [line1, line2, line3, line4, city, state, postalCode, country] }
  }

  let names: [String]
  let expirationDate, eligibility, currentStatus, purgeDate, statisticCategory, department, group: Field
  let primaryIdentifier, firstName, lastName, middleName: Field
  let undergraduateAddresses, otherAddresses: [AddressFields]
  let emails: [Field]
  /// The identifiers beside the primary one.
  let identifiers: [Field]
  /// All identifiers, the primary one first.
  let allIdentifiers: [Field]
  let campusIdentifier: Field
  let dates: [Field]
  /// The fields before the addresses, which are read of every person.
  private let head: [Field]
  private let firstLines: Set<Field>
  private let retiree: [UInt8]
  private let libraryDepartments, undergraduateGroups: CodeList

  /// Lists the fields of a profile.
  public init(_ profile: Profile) {
    var names: [String] = []
    func field(_ name: String) -> Field {
      if let index = names.firstIndex(of: name) { return Field(index: index) }
      names.append(name)
      return Field(index: names.count - 1)
    }
    func address(_ source: Profile.AddressSource) -> AddressFields {
      let part = { (name: String) in field("\(source.prefix)_\(name)") }
      return AddressFields(
        line1: part("ADDRESS1"), line2: part("ADDRESS2"), line3: part("ADDRESS3"), line4: part("ADDRESS4"),
        city: part("CITY"), state: part("STATE"), postalCode: part("POSTAL"), country: part("COUNTRY"))
    }
    expirationDate = field(profile.expirationDate)
    eligibility = field(profile.eligibility)
    currentStatus = field(profile.currentStatus)
    purgeDate = field(profile.purgeDate)
    statisticCategory = field(profile.statisticCategory)
    department = field(profile.department)
    group = field(profile.group)
    primaryIdentifier = field(profile.primaryIdentifier)
    firstName = field(profile.firstName)
    lastName = field(profile.lastName)
    middleName = field(profile.middleName)
    head = names.indices.map(Field.init)
    undergraduateAddresses = profile.undergraduateAddresses.map(address)
    otherAddresses = profile.otherAddresses.map(address)
    emails = profile.emails.map { field($0.field) }
    identifiers = profile.identifiers.map { field($0.field) }
    allIdentifiers = [primaryIdentifier] + identifiers
    campusIdentifier = field(profile.campusIdentifier)
    dates = [expirationDate, purgeDate]
    firstLines = Set((undergraduateAddresses + otherAddresses).map(\.line1))
    self.names = names
    retiree = Array(profile.retiree.utf8)
    libraryDepartments = CodeList(profile.libraryDepartments)
    undergraduateGroups = CodeList(profile.undergraduateGroups)
  }

  /// A person for a reader to fill.
  public var emptyPerson: Person { Person(valueCount: PersonReader.valueCount(self)) }
}

extension FieldLayout {
  static let eligible: [UInt8] = [UInt8(ascii: "E")]
  static let ineligible: [UInt8] = [UInt8(ascii: "I")]

  /// Whether a person has privileges.
  func isEligible(_ person: borrowing Person) -> Bool { person.equals(eligibility, Self.eligible) }

  /// Whether a person is a retiree, who keeps their privileges when they are no longer eligible.
  func isRetiree(_ person: borrowing Person) -> Bool { person.equals(currentStatus, retiree) }

  func isUndergraduate(_ person: borrowing Person) -> Bool { undergraduateGroups.contains(group, of: person) }

  /// Whether a person works in one of the library's own departments.
  func isLibraryStaff(_ person: borrowing Person) -> Bool { libraryDepartments.contains(department, of: person) }

  /// Whether a field is the first line of an address.
  func isFirstLine(_ field: Field) -> Bool { firstLines.contains(field) }

  /// The field's name in the feed.
  public func name(of field: Field) -> String { names[field.index] }

  /// The identifiers by which staff look for a person: the primary one, and the campus identifier.
  public func identifiers(of person: borrowing Person) -> (primary: String?, campus: String?) {
    (person.string(primaryIdentifier), person.string(campusIdentifier))
  }

  /// The addresses that are read of this person, the preferred one first.
  func addresses(of person: borrowing Person) -> [AddressFields] {
    isUndergraduate(person) ? undergraduateAddresses : otherAddresses
  }

  /// The e-mail address to be sent: the first that is not blank.
  func email(of person: borrowing Person) -> Field? { emails.first { !person.isBlank($0) } }

  /// The fields that the mapping reads for this person, in its order. For rare cases only, because it allocates.
  ///
  /// Of an address the first line is read, and the rest only if that is not blank; of the e-mail addresses those up to
  /// the first that is not blank.
  func fieldsRead(of person: borrowing Person) -> [Field] {
    var fields = head
    for address in addresses(of: person) {
      fields += person.isBlank(address.line1) ? [address.line1] : address.all
    }
    for email in emails {
      fields.append(email)
      if !person.isBlank(email) { break }
    }
    return fields + identifiers
  }
}

/// A set of codes, compared exactly.
struct CodeList: Sendable {
  /// The codes of up to seven bytes, each as one word with its length in the last byte. A short list is searched faster
  /// this way than by hash.
  private let short: [UInt64]
  private let all: Set<[UInt8]>
  private static let maxSearched = 16

  init(_ codes: [String]) {
    all = Set(codes.map { Array($0.utf8) })
    short = all.filter { $0.count < 8 }.map { code in
      code.span.word(at: 0, upTo: code.count) | UInt64(code.count) << 56
    }
  }

  func contains(_ code: ArraySlice<UInt8>) -> Bool { all.contains(Array(code)) }

  /// Whether the text of a person's field is one of the codes.
  func contains(_ field: Field, of person: borrowing Person) -> Bool {
    guard let code = person.shortCode(field), short.count <= Self.maxSearched else {
      return person[field].isText && contains(person.bytes(field))
    }
    let short = short.span
    for index in short.indices where short[index] == code { return true }
    return false
  }
}
