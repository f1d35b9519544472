import Calendar
import Files
import RecordStream
import Report
import Stage
import StageErrors

/// A message to be sent: what it is about, and to whom.
struct OutgoingMessage {
  let topic: Topic
  let header: MessageHeader
  let sections: [Section]
  let closing: [String]
  let attachment: Attachment?
}

/// Sends messages, and keeps the log of them.
struct MessageSender {
  /// What became of a message.
  struct Result {
    var record: MailRecord
    var failure: (any StageError)?
    /// Whether a later run has to send it to somebody.
    var isPending: Bool
  }

  let sink: any MessageSink
  let clock: Clock
  let diagnostics: Diagnostics
  /// Nil without a log.
  let sent: SentMail?

  /// Sends a message to all recipients that do not have it.
  /// - Parameter seed: a digest of the records that the report does not show in full.
  func send(_ post: OutgoingMessage, seed: String) throws -> Result {
    let report = Report(post.sections, about: post.topic, closing: post.closing)
    // People are marked as new only once, so the digest is that of the report without these marks.
    let plain = Report(post.sections, about: post.topic, marksNew: false, closing: post.closing)
    let digest = Message.digest(plain, post.header, attachment: post.attachment, seed: seed)
    let message = Message(report, post.header, attachment: post.attachment, digest: digest, date: clock.now)
    var result = Result(
      record: MailRecord(outcome: .failed, messageID: message.id, at: clock.now), failure: nil, isPending: true)
    do {
      try deliver(post, report, message, &result)
    } catch let failure as any StageError {
      result.failure = result.failure ?? failure
      result.record.error = result.record.error ?? failure.description
    }
    return result
  }

  private func deliver(_ post: OutgoingMessage, _ report: Report, _ message: Message, _ result: inout Result) throws {
    try sent?.reserve(for: message)
    guard let earlier = sent?.entry(of: message) else {
      return try transmit(message, to: message.recipients, times: 1, &result)
    }
    // A run that fails before its feed line gives the same report each time. With a feed line, the same report is about
    // the same run.
    if post.sections.allSatisfy({ $0.feed?.started == nil }), earlier.isDueAgain(at: clock.now) {
      let repetition = Message(
        report.repeated(since: earlier.first, at: clock.now), post.header, attachment: post.attachment,
        digest: message.digest, date: clock.now)
      return try transmit(repetition, to: repetition.recipients, times: earlier.times + 1, &result)
    }
    let pending = message.recipients.filter { !earlier.recipients.contains($0.lowercased()) }
    if !pending.isEmpty { return try transmit(message, to: pending, times: earlier.times, &result) }
    diagnostics.note("the same message was sent before, so it is not sent again")
    result.record = MailRecord(
      outcome: .sent, recipients: message.recipients, messageID: earlier.id, at: earlier.last)
    result.isPending = false
  }

  private func transmit(_ message: Message, to recipients: [String], times: Int, _ result: inout Result) throws {
    result.record.messageID = message.id
    let outcome = try sink.send(message, to: recipients)
    result.record.recipients = outcome.accepted
    result.failure = outcome.problem
    result.record.error = outcome.problem?.description
    // If the server has permanently refused the other recipients, a retry of this message is useless.
    let isPending = outcome.problem?.exitStatus == .temporary
    result.record.outcome = isPending || (outcome.problem != nil && outcome.accepted.isEmpty) ? .failed : .sent
    try sent?.add(message, outcome.accepted, at: clock.now, times: times)
    result.isPending = isPending
  }

  /// Remembers who was in the messages, so that the next one does not call them new. If that fails, it calls them new
  /// again.
  func remember(_ keys: Set<UInt64>) {
    do { try sent?.people.add(keys, on: clock.now.day) } catch {
      diagnostics.note("cannot remember who was reported: \(error)")
    }
  }
}
