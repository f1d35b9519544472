/// Something that must be true of a person before the library loads them.
public struct Rule: Sendable {
  /// The code in reject records and in patron-validate(1).
  public enum Code: String, CaseIterable, Sendable {
    case malformedJSON = "malformed_json"
    case ineligibleRetiree = "ineligible_retiree"
    case wrongType = "wrong_type"
    case missingIdentifier = "missing_identifier"
    case noExpirationDate = "no_expiration_date"
    case invalidDate = "invalid_date"
    case illegalCharacter = "illegal_character"
    case tooLong = "too_long"
    case invalidStatus = "invalid_status"
    case repeatedPerson = "repeated_person"
    case duplicateIdentifier = "duplicate_identifier"
    case unknownGroup = "unknown_group"
    case unknownStatCategory = "unknown_stat_category"
    case purgeBeforeExpiry = "purge_before_expiry"
    case invalidEmail = "invalid_email"
    case incompleteAddress = "incomplete_address"
    case missingGroup = "missing_group"
    case missingName = "missing_name"
  }

  public let code: Code
  /// Adds a reason for each field that breaks the rule, in the order of the mapping.
  let judge: @Sendable (borrowing Person, borrowing Circumstances, inout [Reason]) -> Void

  init(
    _ code: Code, judge: @escaping @Sendable (borrowing Person, borrowing Circumstances, inout [Reason]) -> Void
  ) {
    self.code = code
    self.judge = judge
  }
}

/// What rules know beside the person: the profile's fields, the codes that Alma knows, and who was accepted before.
struct Circumstances {
  let layout: FieldLayout
  /// The user groups and statistic categories that Alma knows; nil where they were not given.
  let groups, statCategories: CodeList?
  let libraryGroup: [UInt8]
  /// The identifiers of the person at hand, with their earlier owners.
  var probes: [IdentifierIndex.Probe] = []
}
