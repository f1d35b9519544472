/// Takes a message to where it is read.
public protocol MessageSink {
  /// - Parameter recipients: those of its recipients who have not got it yet.
  /// - Returns: who has it now, where anybody has.
  func send(_ message: Message, to recipients: [String]) throws -> Dispatch

  /// Tries all that can be tried without sending anything.
  func check() throws
}

/// Who has got a message.
public struct Dispatch: Sendable {
  public var accepted: [String]
  /// Why others have not.
  public var problem: MailError?

  init(accepted: [String], problem: MailError? = nil) {
    self.accepted = accepted
    self.problem = problem
  }
}
