/// How an institution's people become Alma users: the fields they are read from, the lists, and the codes they get in Alma.
///
/// All that differs from one institution to the next is here, as data; the rules and the mapping know no field by its name.
public struct Profile: Sendable, Equatable {
  /// A code of Alma's with its description.
  public struct Code: Sendable, Equatable {
    public var value: String
    public var description: String

    public init(_ value: String, _ description: String) {
      self.value = value
      self.description = description
    }
  }

  /// An address: `work` from the fields whose names begin with `CAMP`.
  public struct AddressSource: Sendable, Equatable {
    public var type: Code
    public var prefix: String

    public init(_ type: Code, prefix: String) {
      self.type = type
      self.prefix = prefix
    }
  }

  /// A value with a type of Alma's, from one field.
  public struct TypedSource: Sendable, Equatable {
    public var type: Code
    public var field: String

    public init(_ type: Code, field: String) {
      self.type = type
      self.field = field
    }
  }

  /// `E` for eligible, `I` for ineligible.
  public var eligibility = "ELIGIBLE_INELIGIBLE"
  public var currentStatus = "VCURSTATUS"
  /// The value of `currentStatus` of those whose privileges outlast their eligibility.
  public var retiree = "RETR"
  public var expirationDate = "PATRON_EXPIRATION_DATE"
  public var purgeDate = "PATRON_PURGE_DATE"
  public var statisticCategory = "PVSTATCATEGORY"
  public var department = "DEPTID"
  public var group = "PVPATRONGROUP"
  /// The library's own departments; their staff get `libraryGroup`.
  public var libraryDepartments = ["41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"]
  public var libraryGroup = "LIB"
  public var primaryIdentifier = "EMPLID"
  public var firstName = "PRF_OR_PRI_FIRST_NAM"
  public var lastName = "PRF_OR_PRI_LAST_NAME"
  public var middleName = "PRF_OR_PRI_MIDDLE_NAME"
  /// The groups that have `undergraduateAddresses`; all others have `otherAddresses`.
  public var undergraduateGroups = ["UGRD", "SENR"]
  /// In the order of preference: the first that is written is the preferred one.
  public var undergraduateAddresses = [
    AddressSource(Code("school", "School"), prefix: "DORM"), AddressSource(Code("home", "Home"), prefix: "PERM"),
  ]
  public var otherAddresses = [
    AddressSource(Code("work", "Work"), prefix: "CAMP"), AddressSource(Code("home", "Home"), prefix: "HOME"),
  ]
  /// In the order of preference: the first that is not blank is the one sent.
  public var emails = [
    TypedSource(Code("work", "Work"), field: "CAMP_EMAIL"),
    TypedSource(Code("personal", "Personal"), field: "HOME_EMAIL"),
  ]
  /// Identifiers beside the primary one.
  public var identifiers = [
    TypedSource(Code("BARCODE", "Barcode"), field: "PU_BARCODE"),
    TypedSource(Code("NET_ID", "NetID"), field: "CAMPUS_ID"),
  ]
  /// The identifier by which people know each other: `campus_id` of a reject.
  public var campusIdentifier = "CAMPUS_ID"

  private init() {}

  /// The institution that the toolkit was built for.
  public static let builtIn = Profile()
}
