/// Something that must be true of a person before the library loads them.
public enum Rule {
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
}

/// A rule as it is judged by. A type, not a closure: nobody counts references to it on the way, for each person and rule.
protocol Judging: SendableMetatype {
  static var code: Rule.Code { get }

  /// Adds a reason for each field that breaks the rule, in the order of the mapping.
  static func judge(_ person: borrowing Person, _ circumstances: borrowing Circumstances, _ reasons: inout [Reason])
}

/// What rules know beside the person: the profile's fields, the codes that Alma knows, and who was accepted before.
struct Circumstances {
  let layout: FieldLayout
  /// The user groups and statistic categories that Alma knows; nil where they were not given.
  let groups, statCategories: CodeList?
  let libraryGroup: [UInt8]
  /// The identifiers of the person at hand, with their earlier owners.
  var probes: [IdentifierIndex.Probe] = []
  /// One of these identifiers may have a control or format character, and has to be looked at.
  var hasSuspectIdentifier = false
}
