/// Why a person is set aside, or worth a warning.
public struct Reason: Sendable, Equatable {
  /// The rule that was broken.
  public let code: Rule.Code
  /// The field that it was found in; nil where it is the line as a whole.
  public let field: Field?
  /// What is wrong, for people. It quotes no name, address or e-mail.
  public let message: String
  /// The line of the other person who has the same identifier, from 1; nil if there is none.
  public let otherLine: Int?
  /// The first 32 bytes of that person's primary identifier; nil if there is none.
  public let otherIdentifier: String?

  public init(
    _ code: Rule.Code, _ field: Field?, _ message: String, otherLine: Int? = nil, otherIdentifier: String? = nil
  ) {
    self.code = code
    self.field = field
    self.message = message
    self.otherLine = otherLine
    self.otherIdentifier = otherIdentifier
  }
}
