/// How an institution's people become Alma users: the names of the fields in the feed, the lists, and the codes in Alma.
///
/// All differences between institutions are here, as data; no rule and no mapping names a field.
public struct Profile: Sendable, Equatable {
  /// A code in Alma, with its description.
  public struct Code: Sendable, Equatable {
    /// The code itself.
    public var value: String
    /// The description, written to the attribute `desc`.
    public var description: String

    /// Creates a code.
    public init(_ value: String, _ description: String) {
      self.value = value
      self.description = description
    }
  }

  /// The source of an address: its type in Alma, and the prefix of its fields, such as `CAMP` of `CAMP_CITY`.
  public struct AddressSource: Sendable, Equatable {
    /// The type in Alma.
    public var type: Code
    /// The prefix of the fields, without `_`.
    public var prefix: String
  }

  /// The source of a value that has a type in Alma: the type and the field.
  public struct TypedSource: Sendable, Equatable {
    /// The type in Alma.
    public var type: Code
    /// The name of the field.
    public var field: String
  }

  /// The field with `E` for eligible and `I` for ineligible.
  public var eligibility = "ELIGIBLE_INELIGIBLE"
  /// The field with the kind of person, such as `retiree`.
  public var currentStatus = "VCURSTATUS"
  /// The value of `currentStatus` of people who keep their privileges when they are no longer eligible.
  public var retiree = "RETR"
  /// The field with the day on which the account expires.
  public var expirationDate = "PATRON_EXPIRATION_DATE"
  /// The field with the day on which Alma may delete the account.
  public var purgeDate = "PATRON_PURGE_DATE"
  /// The field with the statistic category.
  public var statisticCategory = "PVSTATCATEGORY"
  /// The field with the code of the department.
  public var department = "DEPTID"
  /// The field with the user group.
  public var group = "PVPATRONGROUP"
  /// The codes of the library's own departments, whose staff get `libraryGroup`.
  public var libraryDepartments = ["41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"]
  /// The user group of the library's own staff.
  public var libraryGroup = "LIB"
  /// The field with the primary identifier.
  public var primaryIdentifier = "EMPLID"
  /// The field with the first name.
  public var firstName = "PRF_OR_PRI_FIRST_NAM"
  /// The field with the last name.
  public var lastName = "PRF_OR_PRI_LAST_NAME"
  /// The field with the middle name.
  public var middleName = "PRF_OR_PRI_MIDDLE_NAME"
  /// The groups that get `undergraduateAddresses`; all others get `otherAddresses`.
  public var undergraduateGroups = ["UGRD", "SENR"]
  /// In the order of preference: the first that is not blank is marked as preferred.
  public var undergraduateAddresses = [
    AddressSource(type: Code("school", "School"), prefix: "DORM"),
    AddressSource(type: Code("home", "Home"), prefix: "PERM"),
  ]
  /// In the order of preference, as `undergraduateAddresses`.
  public var otherAddresses = [
    AddressSource(type: Code("work", "Work"), prefix: "CAMP"),
    AddressSource(type: Code("home", "Home"), prefix: "HOME"),
  ]
  /// In the order of preference: only the first that is not blank is sent.
  public var emails = [
    TypedSource(type: Code("work", "Work"), field: "CAMP_EMAIL"),
    TypedSource(type: Code("personal", "Personal"), field: "HOME_EMAIL"),
  ]
  /// The identifiers beside the primary one.
  public var identifiers = [
    TypedSource(type: Code("BARCODE", "Barcode"), field: "PU_BARCODE"),
    TypedSource(type: Code("NET_ID", "NetID"), field: "CAMPUS_ID"),
  ]
  /// The identifier that is the `campus_id` of a reject.
  public var campusIdentifier = "CAMPUS_ID"

  private init() {}

  /// The profile of the institution that the toolkit was built for.
  public static let builtIn = Profile()
}
