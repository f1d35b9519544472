import StageErrors

/// The attempts to send one message, and the recipients that were accepted, were refused, or are pending.
struct SMTPAttempts {
  /// The recipients for whom the next attempt is made.
  private(set) var pending: [String]
  /// Why to make another attempt; nil after the last one.
  private(set) var retryReason: MailError?
  private var accepted: [String] = []
  private var refusals: [String] = []
  private var finalFailure: MailError?

  init(_ recipients: [String]) { pending = recipients }

  /// Adds the outcome of one connection.
  /// - Parameter failure: why the connection failed; nil if it did not.
  mutating func add(_ dialogue: SMTPDialogue, failure: MailError?) {
    retryReason = nil
    pending = []
    var deferrals: [String] = []
    var isUndecided = false
    for (index, recipient) in dialogue.recipients.enumerated() {
      let reply = dialogue.replies[index]
      switch (reply?.code ?? 0) / 100 {
      case 5: refusals.append("<\(recipient)>: \(reply?.text ?? "")")
      case 4:
        pending.append(recipient)
        deferrals.append("<\(recipient)>: \(reply?.text ?? "")")
      case 2 where dialogue.isQueued: accepted.append(recipient)
      default:
        isUndecided = true
        pending.append(recipient)
      }
    }
    guard !pending.isEmpty else { return }
    // If the server has refused or deferred every recipient, its replies are more specific than libcurl's error.
    if isUndecided, let failure, failure.exitStatus != .temporary {
      finalFailure = failure
      return
    }
    retryReason =
      isUndecided && failure != nil
      ? failure : MailError("deferred by the server: \(Self.list(deferrals))", .temporary)
  }

  /// Ends the attempts. The message is not sent to the pending recipients.
  mutating func giveUp(_ reason: String) { finalFailure = MailError(reason, .temporary) }

  /// The outcome of all attempts. Throws if the message was sent to none.
  func result(at place: String) throws(MailError) -> SendResult {
    var problems: [String] = []
    if !refusals.isEmpty { problems.append("refused by the server: \(Self.list(refusals))") }
    if let finalFailure {
      let unsent = accepted.isEmpty && refusals.isEmpty ? "" : " (not sent to \(pending.joined(separator: ", ")))"
      problems.append(Self.removing(place, finalFailure.description) + unsent)
    }
    guard !problems.isEmpty else { return SendResult(accepted: accepted) }
    let problem = MailError("\(place): \(problems.joined(separator: "; "))", finalFailure?.exitStatus ?? .refused)
    guard !accepted.isEmpty else { throw problem }
    return SendResult(accepted: accepted, problem: problem)
  }

  private static func removing(_ place: String, _ text: String) -> String {
    text.hasPrefix(place + ": ") ? String(text.dropFirst(place.count + 2)) : text
  }

  /// The first five, and the number of the others.
  private static func list(_ items: [String]) -> String {
    items.prefix(5).joined(separator: ", ") + (items.count > 5 ? " and \(items.count - 5) more" : "")
  }
}
