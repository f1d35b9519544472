/// Why a person is set aside, or worth a warning.
public struct Reason: Sendable, Equatable {
  /// The rule that was broken.
  public let code: Rule.Code
  /// The field that it was found in; nil where it is the line as a whole.
  public let field: Field?
  /// What is wrong, for people. It quotes no name, address or e-mail.
  public let message: String

  public init(_ code: Rule.Code, _ field: Field?, _ message: String) {
    self.code = code
    self.field = field
    self.message = message
  }
}
