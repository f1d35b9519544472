import Digest
public import RecordStream
public import StageSupport

/// Reads streams to their end, and has one message made of them where the stakeholders must know something.
public struct NotifyStage: StreamStage, ~Copyable {
  /// What the message shows, and when there is one.
  public struct Options: Sendable {
    public var letterhead: Letterhead
    /// Send a message also where there is nothing to report.
    public var isAlways: Bool
    /// How many people are listed for each reason; the others are counted.
    public var listLimit: Int
    public var attachesRejects: Bool
    /// The file that remembers what was sent, so that the same is not sent twice.
    public var memory: String?
    /// Feeds of which nothing but their failure is known.
    public var failures: [Failure] = []
    /// Files that are made when the message is out, or there was nothing to say.
    public var marks: [String] = []

    /// A feed that has no stream.
    public struct Failure: Sendable {
      public var status: String
      /// The program that failed, and its message.
      public var stage: String
      public var error: String

      public init(status: String, stage: String, error: String) {
        self.status = status
        self.stage = stage
        self.error = error
      }
    }

    public init(letterhead: Letterhead, isAlways: Bool, listLimit: Int, attachesRejects: Bool, memory: String?) {
      self.letterhead = letterhead
      self.isAlways = isAlways
      self.listLimit = listLimit
      self.attachesRejects = attachesRejects
      self.memory = memory
    }
  }

  public static var readsSeveralFeeds: Bool { true }
  /// A night has two, and a message may be about all nights in which mail could not be sent.
  private static let mostSections = 1000

  private let options: Options
  private let clock: Clock
  private let diagnostics: Diagnostics
  private let sink: any MessageSink
  private var sections: [Section] = []
  private var current = Section()
  private var attachment: Attachment?
  private var rejects: SHA256? = SHA256()
  private var message: Message?
  private var dispatch: Dispatch?

  public init(_ options: Options, sink: any MessageSink, clock: Clock, diagnostics: Diagnostics) {
    self.options = options
    self.sink = sink
    self.clock = clock
    self.diagnostics = diagnostics
    attachment = options.attachesRejects ? Attachment() : nil
  }

  public mutating func takeRecord(
    _ kind: RecordKind, _ records: borrowing RecordReader, _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter
  ) throws {
    switch kind {
    case .reject:
      if let reject = try records.reject(in: line, place: place) { current.take(reject, limit: options.listLimit) }
      attachment?.add(line)
      rejects?.update(line)
    case .delivery: if let delivery = try records.delivery(in: line, place: place) { current.take(delivery) }
    case .feed where sections.count == Self.mostSections:
      throw DataError("\(place): more than \(Self.mostSections) feeds in one input; mail them in several runs")
    default: break
    }
    try output.write(line: line)
  }
}

extension NotifyStage {
  public mutating func endSection(_ account: StreamAccount) {
    current.end(account)
    sections.append(current)
    current = Section()
  }

  public mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if !account.isEmpty || options.failures.isEmpty { endSection(account) }
    sections += options.failures.map { failure in
      Section(
        status: failure.status,
        failure: SummaryRecord(
          stage: failure.stage, isComplete: false, counts: [], duration: nil,
          failure: SummaryRecord.Failure(error: failure.error, exitStatus: 0)))
    }
    guard options.isAlways || sections.contains(where: \.isDue) else {
      diagnostics.note("nothing to report, so no message is sent")
      try output.write(line: MailRecord(outcome: .nothingToReport, at: clock.now).encoded().span)
      return try mark()
    }
    let report = Report(sections, attachment: attachment)
    let seed = rejects.take()!.finish()
    let message = Message(report, options.letterhead, attachment: attachment, seed: seed, date: clock.now)
    self.message = message
    guard let memory = options.memory else {
      dispatch = try sink.send(message, to: message.recipients)
      return try conclude(&output)
    }
    let sent = try SentMail.open(memory)
    try sent.reserve(for: message)
    guard let earlier = sent.entry(of: message) else {
      return try send(message, to: message.recipients, times: 1, sent, &output)
    }
    // A run that broke off before its feed line says the same each night; the same run is told once.
    if sections.allSatisfy({ $0.feed?.started == nil }), earlier.isDueAgain(at: clock.now) {
      let again = Message(
        report.since(earlier.first, at: clock.now), options.letterhead, attachment: attachment, seed: seed,
        date: clock.now, digest: message.digest)
      self.message = again
      return try send(again, to: again.recipients, times: earlier.times + 1, sent, &output)
    }
    let open = message.recipients.filter { !sent.has($0, of: message) }
    if !open.isEmpty { return try send(message, to: open, times: earlier.times, sent, &output) }
    diagnostics.note("the same message was sent before, so it is not sent again")
    let record = MailRecord(outcome: .sent, recipients: message.recipients, messageID: earlier.id, at: earlier.last)
    try output.write(line: record.encoded().span)
    try mark()
  }

  private mutating func send(
    _ message: Message, to recipients: [String], times: Int, _ sent: borrowing SentMail, _ output: inout LineWriter
  ) throws {
    let dispatch = try sink.send(message, to: recipients)
    self.dispatch = dispatch
    try sent.add(message, dispatch.accepted, at: clock.now, times: times)
    if dispatch.problem?.exitStatus != .temporary { try mark() }
    try conclude(&output)
  }

  /// Makes the files which say that nothing is left to be told, and puts them on the disk.
  private func mark() throws {
    for path in options.marks { try PendingFile(path).commit() }
  }

  private func conclude(_ output: inout LineWriter) throws {
    if let problem = dispatch?.problem { throw problem }
    try output.write(line: record(.sent, dispatch?.accepted ?? []).encoded().span)
  }

  public mutating func fail(
    _ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter
  ) throws {
    // Where the others have been refused for good, nothing is left to be done for this message.
    let accepted = dispatch?.accepted ?? []
    let isDone = !accepted.isEmpty && error.exitStatus != .temporary
    var record = record(isDone ? .sent : .failed, accepted)
    record.error = error.description
    try output.write(line: record.encoded().span)
  }

  private func record(_ outcome: MailRecord.Outcome, _ recipients: [String]) -> MailRecord {
    MailRecord(outcome: outcome, recipients: recipients, messageID: message?.id, at: clock.now)
  }

  /// Of people by verdict, over all sections, and of deliveries that failed.
  public var counts: [(SummaryRecord.Count, Int)] {
    var counts = (rejected: 0, excluded: 0, warned: 0, failed: 0)
    for section in sections + [current] {
      counts.rejected += section.rejected.people
      counts.excluded += section.excluded.people
      counts.warned += section.warned.people
      counts.failed += section.deliveries.failed
    }
    return [
      (.rejected, counts.rejected), (.excluded, counts.excluded), (.warned, counts.warned), (.failed, counts.failed),
    ]
  }
}
