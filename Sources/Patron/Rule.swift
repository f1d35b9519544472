/// A rule that a person or a line must satisfy, by its code in reject records and in patron-validate(1).
///
/// The cases are in the order of the manual, in which reasons are reported.
public enum Rule: String, CaseIterable, Sendable {
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

  /// What happens to a person who breaks a rule.
  public enum Verdict: String, Sendable {
    /// Not sent; a reject record names every rejecting rule that is broken.
    case rejected
    /// Not sent, by policy.
    case excluded
    /// Sent; a reject record names the rule.
    case warned
  }

  /// What happens to a person who breaks this rule.
  public var verdict: Verdict {
    switch self {
    case .ineligibleRetiree: .excluded
    case .malformedJSON, .wrongType, .missingIdentifier, .noExpirationDate, .invalidDate, .illegalCharacter, .tooLong,
      .invalidStatus, .repeatedPerson, .duplicateIdentifier, .unknownGroup, .unknownStatCategory:
      .rejected
    case .purgeBeforeExpiry, .invalidEmail, .incompleteAddress, .missingGroup, .missingName: .warned
    }
  }
}

/// A rule that a person breaks, and where.
public struct Reason: Sendable, Equatable {
  /// The broken rule.
  public let rule: Rule
  /// The field that breaks it.
  public let field: Field
  /// What is wrong, for people. It quotes no name, address or e-mail.
  public let message: String
  /// The line of the other person who has the same identifier, from 1; nil if there is none.
  public let otherLine: Int?
  /// The first 32 bytes of that person's primary identifier; nil if there is none.
  public let otherIdentifier: String?

  init(_ rule: Rule, _ field: Field, _ message: String, otherLine: Int? = nil, otherIdentifier: String? = nil) {
    self.rule = rule
    self.field = field
    self.message = message
    self.otherLine = otherLine
    self.otherIdentifier = otherIdentifier
  }
}
