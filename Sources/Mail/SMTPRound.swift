import StageSupport

/// The tries of one message: who has got it, who was refused, and who is still to be tried.
struct SMTPRound {
  private(set) var open: [String]
  private(set) var reasonToTryAgain: MailError?
  private var accepted: [String] = []
  private var refusals: [String] = []
  private var end: MailError?

  init(open: [String]) { self.open = open }

  /// Takes note of what came of one connection.
  /// - Parameter failure: why the message was not handed over, where it was not.
  mutating func take(_ dialogue: SMTPDialogue, _ failure: MailError?) {
    reasonToTryAgain = nil
    var stillOpen: [String] = []
    var postponed: [String] = []
    var hasTaker = false
    for (index, recipient) in dialogue.recipients.enumerated() {
      let reply = dialogue.replies[index]
      switch (reply?.code ?? 0) / 100 {
      case 5: refusals.append("<\(recipient)>: \(reply?.words ?? "")")
      case 4:
        stillOpen.append(recipient)
        postponed.append("<\(recipient)>: \(reply?.words ?? "")")
      case 2 where dialogue.isQueued: accepted.append(recipient)
      case 2:
        hasTaker = true
        stillOpen.append(recipient)
      default:
        hasTaker = true
        stillOpen.append(recipient)
      }
    }
    open = stillOpen
    guard !open.isEmpty else { return }
    // Where the server has judged every recipient, that is all there is to say; else the connection itself has failed.
    if hasTaker, let failure, failure.exitStatus != .temporary {
      end = failure
      return
    }
    reasonToTryAgain =
      hasTaker && failure != nil
      ? failure : MailError("put off by the server: \(Self.list(postponed))", .temporary)
  }

  /// Ends the tries; those who are open stay without the message.
  mutating func giveUp(_ reason: String) {
    end = MailError(reason, .temporary)
  }

  /// What came of it all.
  func dispatch(at place: String) throws(MailError) -> Dispatch {
    var problems: [String] = []
    if !refusals.isEmpty { problems.append("refused by the server: \(Self.list(refusals))") }
    if let end {
      let waiting = accepted.isEmpty && refusals.isEmpty ? "" : " (not sent to \(open.joined(separator: ", ")))"
      problems.append(Self.without(place, end.description) + waiting)
    }
    guard !problems.isEmpty else { return Dispatch(accepted: accepted) }
    let problem = MailError("\(place): \(problems.joined(separator: "; "))", end?.exitStatus ?? .refused)
    guard !accepted.isEmpty else { throw problem }
    return Dispatch(accepted: accepted, problem: problem)
  }

  private static func without(_ place: String, _ text: String) -> String {
    text.hasPrefix(place + ": ") ? String(text.dropFirst(place.count + 2)) : text
  }

  /// The first of them; a mailing list of refusals would make no better line.
  private static func list(_ items: [String]) -> String {
    items.prefix(5).joined(separator: ", ") + (items.count > 5 ? " and \(items.count - 5) more" : "")
  }
}
