import Digest
import Files
package import RecordStream
package import Report
package import Stage
package import StageErrors

/// Reads streams to their end, and sends a message about them if a feed needs attention: one to all, or one about
/// failures and one about people.
package struct NotifyStage: StreamStage, ~Copyable {
  /// What the messages show, and when they are sent.
  package struct Options: Sendable {
    /// The sender and recipients.
    package var header: MessageHeader
    /// The sender and recipients of a message of its own about failures; nil if the other message has them too.
    package var failureHeader: MessageHeader?
    /// Send a message even if there is nothing to report.
    package var sendsAlways = false
    /// The maximum number of people that are listed for each reason.
    package var listLimit: Int
    /// Attach the records of rejected people, which contain all their data.
    package var attachesRejects = false
    /// The path of the log of sent messages, so that none is sent twice; nil for no log.
    package var sentMail: String?
    /// Further feeds, which failed before they had a stream.
    package var failures: [Section] = []
    /// The streams to mark as reported after the messages are sent, or if there is nothing to report.
    package var marked: [String] = []

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
  private var rejectDigest: SHA256? = SHA256()
  /// Whether `finish` writes the mail records, so that `fail` adds none.
  private var hasRecords = false

  /// - Parameter sink: the way to send the messages.
  package init(_ options: Options, sink: any MessageSink, clock: Clock, diagnostics: Diagnostics) {
    self.options = options
    self.sink = sink
    self.clock = clock
    self.diagnostics = diagnostics
    section = Section(
      listLimit: options.listLimit, Novelty(options.sentMail.flatMap { PeopleFile(beside: $0).contents }))
    attachment = options.attachesRejects ? Attachment() : nil
  }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .feed, sections.count == Self.maxSections {
      throw DataError("\(record.place): more than \(Self.maxSections) feeds in one input; mail them in several runs")
    }
    try section.take(record)
    if record.kind == .reject || record.kind == .loadReject {
      attachment?.add(record.line.span)
      rejectDigest?.update(record.line.span)
    }
    try output.write(record)
  }
}

extension NotifyStage {
  package mutating func endSection(_ account: StreamAccount) {
    section.end(account, reported: account.path.flatMap(Self.reported))
    sections.append(section)
    section = Section(listLimit: options.listLimit, section.novelty)
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if !account.isEmpty || options.failures.isEmpty { endSection(account) }
    sections += options.failures
    let marks = Marks(options.marked)
    let posts = self.posts(marks)
    try marks.prepare(posts.map(\.topic))
    if posts.isEmpty {
      diagnostics.note("nothing to report, so no message is sent")
      try output.write(line: MailRecord(outcome: .nothingToReport, at: clock.now).encoded().span)
      return try marks.commitAll()
    }
    let seed = rejectDigest.take()!.finish()
    let sender = MessageSender(
      sink: sink, clock: clock, diagnostics: diagnostics, sent: try options.sentMail.map { try SentMail.open($0) })
    hasRecords = true
    var results: [MessageSender.Result] = []
    // If one message cannot be sent, the other is still sent.
    for post in posts {
      let result = try sender.send(post, seed: seed)
      if !result.isPending {
        if post.topic != .failures { sender.remember(section.novelty?.keys ?? []) }
        if post.topic != .everything { try marks.commit(post.topic) }
      }
      try output.write(line: result.record.encoded().span)
      results.append(result)
    }
    if !results.contains(where: \.isPending) { try marks.commitAll() }
    if let failure = results.lazy.compactMap(\.failure).first { throw failure }
  }

  /// What the script has written beside a stream of the first stage that failed.
  private static func reported(_ stream: String) -> ReportedFailure? {
    guard stream.hasSuffix(".ndjson") else { return nil }
    let bytes = try? FileContents.read("\(stream.dropLast(".ndjson".count)).failure", limit: 64 << 10)
    return bytes.flatMap { ReportedFailure(String(decoding: $0, as: UTF8.self)) }
  }

  /// The messages that are needed, failures first.
  private func posts(_ marks: Marks) -> [OutgoingMessage] {
    let topics: [(Topic, MessageHeader)] =
      options.failureHeader.map { [(.failures, $0), (.people, options.header)] } ?? [(.everything, options.header)]
    return topics.compactMap { topic, header in
      // A killed run may have sent one of the two messages.
      let sections = sections.filter { section in section.path.map { !marks.exists(topic, $0) } ?? true }
      let isAlways = options.sendsAlways && topic != .failures
      guard isAlways || sections.contains(where: { $0.needsAttention(topic) }) else { return nil }
      return OutgoingMessage(
        topic: topic, header: header, sections: sections, closing: closing(topic),
        attachment: topic == .failures ? nil : attachment)
    }
  }

  /// The last lines of a message: the attachment, and the program that sent it.
  private func closing(_ topic: Topic) -> [String] {
    let sender = "Sent by notify-mail of alma-people \(Version.current)."
    guard topic != .failures, let attachment else { return [sender] }
    let rest = attachment.omitted > 0 ? "; \(Phrase.number(attachment.omitted)) more did not fit" : ""
    let records = Phrase.counted(attachment.lines, "record", "records")
    return [
      "Attached: \(records) of rejected people, with all their data\(rest). Treat the file as confidential.", sender,
    ]
  }

  package mutating func fail(
    _ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter
  ) throws {
    if hasRecords { return }
    let record = MailRecord(outcome: .failed, at: clock.now, error: error.description)
    try output.write(line: record.encoded().span)
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
