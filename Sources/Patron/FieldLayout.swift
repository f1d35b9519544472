/// A field of a person that the mapping reads: its position among them.
public struct Field: Hashable, Sendable {
  @usableFromInline let number: UInt16

  init(index: Int) { number = UInt16(index) }

  @usableFromInline var index: Int { Int(number) }
}

/// The fields that a profile reads, each with its place, in the order of the mapping.
///
/// A class, so that nobody copies its lists on the way to one of them.
public final class FieldLayout: Sendable {
  /// The fields of an address.
  struct AddressFields: Sendable {
    let line1, line2, line3, line4, city, state, postalCode, country: Field

    /// In the order of the mapping.
    var all: [Field] { [line1, line2, line3, line4, city, state, postalCode, country] }
  }

  let names: [String]
  let expirationDate, eligibility, currentStatus, purgeDate, statisticCategory, department, group: Field
  let primaryIdentifier, firstName, lastName, middleName: Field
  let undergraduateAddresses, otherAddresses: [AddressFields]
  let emails: [Field]
  /// Identifiers beside the primary one.
  let identifiers: [Field]
  /// All of them, the primary one first.
  let allIdentifiers: [Field]
  let campusIdentifier: Field
  let dates: [Field]
  private let readingLists: ReadingLists
  private let firstLines: Set<Field>
  private let retiree: [UInt8]
  private let libraryDepartments, undergraduateGroups: CodeList

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
    let head = names.indices.map(Field.init)
    undergraduateAddresses = profile.undergraduateAddresses.map(address)
    otherAddresses = profile.otherAddresses.map(address)
    emails = profile.emails.map { field($0.field) }
    identifiers = profile.identifiers.map { field($0.field) }
    allIdentifiers = [primaryIdentifier] + identifiers
    campusIdentifier = field(profile.campusIdentifier)
    dates = [expirationDate, purgeDate]
    firstLines = Set((undergraduateAddresses + otherAddresses).map(\.line1))
    readingLists = ReadingLists(
      head: head, addresses: [otherAddresses, undergraduateAddresses], emails: emails, tail: identifiers)
    self.names = names
    retiree = Array(profile.retiree.utf8)
    libraryDepartments = CodeList(profile.libraryDepartments)
    undergraduateGroups = CodeList(profile.undergraduateGroups)
  }

  /// A person to be filled by a reader.
  public var emptyPerson: Person { Person(valueCount: PersonReader.valueCount(self)) }
}

extension FieldLayout {
  static let eligible: [UInt8] = [UInt8(ascii: "E")]
  static let ineligible: [UInt8] = [UInt8(ascii: "I")]

  /// The privileges hold.
  func isEligible(_ person: borrowing Person) -> Bool { person.equals(eligibility, Self.eligible) }

  /// Retirees keep their privileges, whatever becomes of their eligibility.
  func isRetiree(_ person: borrowing Person) -> Bool { person.equals(currentStatus, retiree) }

  func isUndergraduate(_ person: borrowing Person) -> Bool {
    undergraduateGroups.contains(group, of: person)
  }

  /// Staff of the library's own departments.
  func isLibraryStaff(_ person: borrowing Person) -> Bool {
    libraryDepartments.contains(department, of: person)
  }

  /// The first line of an address.
  func isFirstLine(_ field: Field) -> Bool { firstLines.contains(field) }

  /// The field's name in the feed.
  public func name(of field: Field) -> String { names[field.index] }

  /// The identifiers under which people look for a person: the primary one, and the campus's.
  public func identifiers(of person: borrowing Person) -> (primary: String?, campus: String?) {
    (person.string(primaryIdentifier), person.string(campusIdentifier))
  }

  /// The addresses that are read of this person, the preferred one first.
  func addresses(of person: borrowing Person) -> [AddressFields] {
    isUndergraduate(person) ? undergraduateAddresses : otherAddresses
  }

  /// The e-mail address to be sent: the first that is not blank.
  func email(of person: borrowing Person) -> Field? { emails.first { !person.isBlank($0) } }

  /// The fields that the mapping reads for this person, in its order.
  func fieldsRead(of person: borrowing Person) -> [Field] {
    readingLists.list(for: person, group: isUndergraduate(person) ? 1 : 0)
  }
}
