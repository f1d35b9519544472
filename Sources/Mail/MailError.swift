public import StageSupport

/// Why a message cannot be made or sent.
public struct MailError: StageError, Equatable {
  public let description: String
  public let exitStatus: ExitStatus

  init(_ description: String, _ exitStatus: ExitStatus) {
    self.description = description
    self.exitStatus = exitStatus
  }

  /// A setting of the message that cannot be used.
  static func setting(_ description: String) -> MailError { MailError(description, .usage) }
}
