/// A rule that a person or a line must satisfy, by its code in reject records and in patron-validate(1).
///
/// The cases are in the order of the manual, in which reasons are reported.
package enum Rule: String, BitwiseCopyable, CaseIterable, Sendable {
  case malformedJSON = "malformed_json"
  case ineligibleRetiree = "ineligible_retiree"
  case wrongType = "wrong_type"
  case missingIdentifier = "missing_identifier"
  case noExpirationDate = "no_expiration_date"
  case invalidDate = "invalid_date"
  case illegalCharacter = "illegal_character"
  case tooLong = "too_long"
  case invalidStatus = "invalid_status"
  case unmappedValue = "unmapped_value"
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
  package enum Verdict: String, BitwiseCopyable, Sendable {
    /// Not sent; a reject record names every rejecting rule that is broken.
    case rejected
    /// Not sent, by policy.
    case excluded
    /// Sent; a reject record names the rule.
    case warned
    /// Sent as if there were no such rule.
    case ignored
  }

  /// Where the verdict of a rule comes from.
  private enum Origin {
    /// It is always the same.
    case fixed
    /// A profile can give another.
    case changeable
    /// The rule is a check of the built-in profile. Other profiles can use its code for a check of their own.
    case builtInProfile
  }

  private var row: (verdict: Verdict, origin: Origin) {
    switch self {
    case .malformedJSON: (.rejected, .fixed)
    case .ineligibleRetiree: (.excluded, .builtInProfile)
    case .wrongType: (.rejected, .fixed)
    case .missingIdentifier: (.rejected, .fixed)
    case .noExpirationDate: (.rejected, .builtInProfile)
    case .invalidDate: (.rejected, .fixed)
    case .illegalCharacter: (.rejected, .fixed)
    case .tooLong: (.rejected, .fixed)
    case .invalidStatus: (.rejected, .builtInProfile)
    case .unmappedValue: (.rejected, .fixed)
    case .repeatedPerson: (.rejected, .changeable)
    case .duplicateIdentifier: (.rejected, .changeable)
    case .unknownGroup: (.rejected, .changeable)
    case .unknownStatCategory: (.rejected, .changeable)
    case .purgeBeforeExpiry: (.warned, .changeable)
    case .invalidEmail: (.warned, .changeable)
    case .incompleteAddress: (.warned, .changeable)
    case .missingGroup: (.warned, .changeable)
    case .missingName: (.warned, .changeable)
    }
  }

  /// What happens to a person who breaks this rule, if the profile does not say otherwise.
  package var verdict: Verdict { row.verdict }

  /// Whether the rule is a check of the built-in profile, whose code other profiles can use too.
  var isCheckOfProfile: Bool { row.origin == .builtInProfile }

  /// Whether a profile can give the rule another verdict.
  var isChangeable: Bool { row.origin == .changeable }
}

/// A rule or check that a person breaks, and where.
package struct Reason: Sendable, Equatable {
  /// The code of the rule or of the profile's check.
  package let code: String
  /// The field that breaks it; nil if no field of the person can be named.
  package let field: Slot?
  /// What is wrong, for people. It quotes no name, address or e-mail.
  package let message: String
  /// The line of the other person who has the same identifier, from 1; nil if there is none.
  package let otherLine: Int?
  /// The first 32 bytes of that person's primary identifier; nil if there is none.
  package let otherIdentifier: String?
  let verdict: Rule.Verdict
  /// The place of the rule in the order of reasons.
  let rank: Int

  init(
    _ rule: Rule, _ verdict: Rule.Verdict, _ field: Slot?, _ message: String, otherLine: Int? = nil,
    otherIdentifier: String? = nil
  ) {
    code = rule.rawValue
    self.verdict = verdict
    rank = Rule.allCases.firstIndex(of: rule) ?? 0
    self.field = field
    self.message = message
    self.otherLine = otherLine
    self.otherIdentifier = otherIdentifier
  }

  /// - Parameter number: the check's number in its profile. Checks come after all rules, except those of the built-in
  ///   profile.
  init(check code: String, _ verdict: Rule.Verdict, number: Int, _ field: Slot?, _ message: String) {
    self.code = code
    self.verdict = verdict
    rank = Rule(rawValue: code).flatMap { Rule.allCases.firstIndex(of: $0) } ?? Rule.allCases.count + number
    self.field = field
    self.message = message
    otherLine = nil
    otherIdentifier = nil
  }
}
