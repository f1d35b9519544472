import Digest
import Files
package import RecordStream
package import Report
package import Stage
package import StageErrors

/// Reads streams to their end, and sends one message about them if a feed needs attention.
package struct NotifyStage: StreamStage, ~Copyable {
  /// What the message shows, and when it is sent.
  package struct Options: Sendable {
    /// The sender and recipients.
    package var header: MessageHeader
    /// Send a message even if there is nothing to report.
    package var sendsAlways = false
    /// The maximum number of people that are listed for each reason.
    package var listLimit: Int
    /// Attach the reject records, which contain all data of the people.
    package var attachesRejects = false
    /// The path of the log of sent messages, so that none is sent twice; nil for no log.
    package var sentMail: String?
    /// Further feeds, which failed before they had a stream.
    package var failures: [Section] = []
    /// The paths of files to create after the message is sent, or if there is nothing to report.
    package var marks: [String] = []

    package init(_ header: MessageHeader, listLimit: Int) {
      self.header = header
      self.listLimit = listLimit
    }
  }

  package static var readsSeveralFeeds: Bool { true }
  /// A run has two feeds, and a message may be about all runs since the last message.
  private static let maxSections = 1000

  private let options: Options
  private let clock: Clock
  private let diagnostics: Diagnostics
  private let sink: any MessageSink
  private var sections: [Section] = []
  private var section: Section
  private var attachment: Attachment?
  private var rejects: SHA256? = SHA256()
  private var message: Message?
  private var result: SendResult?
  private var marks: [Mark] = []

  /// - Parameter sink: the way to send the message.
  package init(_ options: Options, sink: any MessageSink, clock: Clock, diagnostics: Diagnostics) {
    self.options = options
    self.sink = sink
    self.clock = clock
    self.diagnostics = diagnostics
    section = Section(listLimit: options.listLimit)
    attachment = options.attachesRejects ? Attachment() : nil
  }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .feed, sections.count == Self.maxSections {
      throw DataError("\(record.place): more than \(Self.maxSections) feeds in one input; mail them in several runs")
    }
    try section.take(record)
    if record.kind == .reject {
      attachment?.add(record.line.span)
      rejects?.update(record.line.span)
    }
    try output.write(record)
  }
}

extension NotifyStage {
  package mutating func endSection(_ account: StreamAccount) {
    section.end(account)
    sections.append(section)
    section = Section(listLimit: options.listLimit)
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if !account.isEmpty || options.failures.isEmpty { endSection(account) }
    sections += options.failures
    marks = try options.marks.map { try Mark($0) }
    guard options.sendsAlways || sections.contains(where: \.needsAttention) else {
      diagnostics.note("nothing to report, so no message is sent")
      try output.write(line: MailRecord(outcome: .nothingToReport, at: clock.now).encoded().span)
      return try createMarks()
    }
    let report = Report(sections, closing: closing)
    let seed = rejects.take()!.finish()
    let message = Message(report, options.header, attachment: attachment, seed: seed, date: clock.now)
    self.message = message
    guard let path = options.sentMail else {
      result = try sink.send(message, to: message.recipients)
      return try writeResult(&output)
    }
    let sent = try SentMail.open(path)
    try sent.reserve(for: message)
    guard let earlier = sent.entry(of: message) else {
      return try send(message, to: message.recipients, times: 1, sent, &output)
    }
    // A run that fails before its feed line gives the same report each time. With a feed line, the same report is about the same run.
    if sections.allSatisfy({ $0.feed?.started == nil }), earlier.isDueAgain(at: clock.now) {
      let repetition = Message(
        report.repeated(since: earlier.first, at: clock.now), options.header, attachment: attachment, seed: seed,
        date: clock.now, digest: message.digest)
      self.message = repetition
      return try send(repetition, to: repetition.recipients, times: earlier.times + 1, sent, &output)
    }
    let pending = message.recipients.filter { !earlier.recipients.contains($0.lowercased()) }
    if !pending.isEmpty { return try send(message, to: pending, times: earlier.times, sent, &output) }
    diagnostics.note("the same message was sent before, so it is not sent again")
    let record = MailRecord(outcome: .sent, recipients: message.recipients, messageID: earlier.id, at: earlier.last)
    try output.write(line: record.encoded().span)
    try createMarks()
  }

  /// The last lines of the message: the attachment, and the program that sent it.
  private var closing: [String] {
    let attached = attachment.map { attachment in
      let rest = attachment.omitted > 0 ? "; \(Phrase.number(attachment.omitted)) more did not fit" : ""
      return
        "Attached: \(Phrase.counted(attachment.lines, "reject record", "reject records")) with all data of the people"
        + "\(rest). Treat the file as confidential."
    }
    return [attached, "Sent by notify-mail of alma-people \(Version.current). People are named as NetID (EMPLID)."]
      .compactMap(\.self)
  }

  private mutating func send(
    _ message: Message, to recipients: [String], times: Int, _ sent: borrowing SentMail, _ output: inout LineWriter
  ) throws {
    let result = try sink.send(message, to: recipients)
    self.result = result
    try sent.add(message, result.accepted, at: clock.now, times: times)
    if result.problem?.exitStatus != .temporary { try createMarks() }
    try writeResult(&output)
  }

  /// Gives the files that mark the streams as reported their names, and syncs them.
  private func createMarks() throws {
    for mark in marks { try mark.commit() }
  }

  private func writeResult(_ output: inout LineWriter) throws {
    if let problem = result?.problem { throw problem }
    try output.write(line: record(.sent, result?.accepted ?? []).encoded().span)
  }

  package mutating func fail(
    _ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter
  ) throws {
    // If the server has permanently refused the other recipients, a retry of this message is useless.
    let accepted = result?.accepted ?? []
    let isDone = !accepted.isEmpty && error.exitStatus != .temporary
    var record = record(isDone ? .sent : .failed, accepted)
    record.error = error.description
    try output.write(line: record.encoded().span)
  }

  private func record(_ outcome: MailRecord.Outcome, _ recipients: [String]) -> MailRecord {
    MailRecord(outcome: outcome, recipients: recipients, messageID: message?.id, at: clock.now)
  }

  /// People by verdict, and deliveries that failed, over all feeds.
  package var counts: [(RecordField, Int)] {
    let sections = sections + [section]
    let sum = { (count: (Section) -> Int) in sections.reduce(0) { $0 + count($1) } }
    return [
      (.rejected, sum(\.rejected.people)), (.excluded, sum(\.excluded.people)), (.warned, sum(\.warned.people)),
      (.failed, sum(\.deliveries.failed)),
    ]
  }
}

/// A file that marks a stream as reported. It is made before the message is sent, so that a full disk cannot cause the same people to be
/// reported again in the next message.
private final class Mark {
  private var file: PendingFile?

  init(_ path: String) throws(FileError) { file = try PendingFile(path) }

  func commit() throws(FileError) { try file.take()?.commit() }
}
