public import RecordStream

/// Runs a stage over its input: copies what nobody owns, keeps the account, and ends with a summary whatever happens.
public struct StageRunner {
  public let diagnostics: Diagnostics
  public let clock: Clock
  private let name: String
  private var progress: Progress

  public init(_ name: String, _ options: StageOptions) throws {
    self.name = name
    clock = try Clock()
    diagnostics = Diagnostics(program: name, isVerbose: options.verbose)
    progress = Progress(program: name, mode: options.progress)
  }

  /// Runs a filter over files, or standard input where there are none.
  /// - Parameters:
  ///   - writesStream: false where the stage needs standard output for something else.
  ///   - opening: opens what the stage needs besides its input. Where that fails, the stream still ends with a summary.
  public mutating func run<Stage: StreamStage & ~Copyable>(
    _ stage: inout Stage, files: [String], writesStream: Bool = true,
    opening: (inout Stage) throws -> Void = { _ in }
  ) throws {
    var output = writesStream ? LineWriter() : LineWriter.discarding
    var account = StreamAccount()
    var input = LineReader(files)
    var isOpen = false
    do {
      try opening(&stage)
      isOpen = true
      try passLines(of: &input, through: &stage, &account, &output)
      try stage.finish(account, &output)
      try conclude(stage.counts, isComplete: account.endsComplete, &output)
    } catch {
      let error = Self.stageError(error)
      progress.clear()
      diagnostics.report(error)
      // What can still be said is said; if that fails too, the first error is the one to tell.
      try? stage.fail(error, account, &output)
      if !isOpen || !(error is StreamError) { try? Self.passRecords(of: &input, isBegun: isOpen, &output) }
      try? conclude(stage.counts, isComplete: false, &output)
      throw StageFailure(exitStatus: error.exitStatus)
    }
  }

  /// Copies what is left of the account of the run behind a failure: rejects and summaries, for the mail. Of a second feed nothing is
  /// copied, and files and people that were to be used up here are no longer of use to anybody.
  /// - Parameter isBegun: something has been read before the failure, so that a feed line is a second one.
  private static func passRecords(of input: inout LineReader, isBegun: Bool, _ output: inout LineWriter) throws {
    var records = RecordReader()
    var isBegun = isBegun
    while try input.advance(beforeWaiting: { () throws(StreamError) in try output.flush() }) {
      let isCut = input.place.isCut
      let isLast = try input.withLine { line in
        guard !isCut, case .record(let kind) = records.role(of: line) else { return false }
        if kind == .feed ? !isBegun : kind != .file { try output.write(line: line) }
        defer { isBegun = true }
        return kind == .feed && isBegun
      }
      if isLast { return }
    }
  }

  /// Runs a source, which has no input: `body` writes the stream and tells whether it was whole.
  public mutating func run(
    counts: () -> [(SummaryRecord.Count, Int)], _ body: (inout LineWriter, inout Progress) throws -> Void
  ) throws {
    var output = LineWriter()
    do {
      try body(&output, &progress)
      try conclude(counts(), isComplete: true, &output)
    } catch {
      let error = Self.stageError(error)
      progress.clear()
      diagnostics.report(error)
      try? conclude(counts(), isComplete: false, &output)
      throw StageFailure(exitStatus: error.exitStatus)
    }
  }

  private mutating func passLines<Stage: StreamStage & ~Copyable>(
    of input: inout LineReader, through stage: inout Stage, _ account: inout StreamAccount,
    _ output: inout LineWriter
  ) throws {
    var records = RecordReader()
    while try input.advance(beforeWaiting: { () throws(StreamError) in try output.flush() }) {
      let place = input.place
      let isTaken = try input.withLine { line in
        if try stage.takePerson(line, at: place, &output) {
          account.takeOther()
          return true
        }
        if place.isCut {
          account.takeOther()
          try output.write(line)
          return false
        }
        try Self.pass(line, at: place, to: &stage, &records, &account, &output)
        return true
      }
      if !isTaken {
        // Too long to be looked at, and not the stage's own: copied, however long it is.
        try input.passRest { (rest) throws(StreamError) in try output.write(rest) }
        try output.endLine()
      }
      progress.update { stage.counts.first.map { ($0.1, $0.0.rawValue) } ?? (place.number, "lines") }
    }
    progress.clear()
  }

  private static func pass<Stage: StreamStage & ~Copyable>(
    _ line: Span<UInt8>, at place: LinePlace, to stage: inout Stage, _ records: inout RecordReader,
    _ account: inout StreamAccount, _ output: inout LineWriter
  ) throws {
    switch records.role(of: line) {
    case .person:
      account.takeOther()
      try output.write(line: line)
    case .record(let kind):
      if kind == .feed, Stage.readsSeveralFeeds, !account.isEmpty {
        stage.endSection(account)
        account = StreamAccount()
      }
      try account.take(kind, records, in: line, place: place)
      try stage.takeRecord(kind, records, line, at: place, &output)
    }
  }

  /// Writes the summary, the last line of every stage.
  private func conclude(
    _ counts: [(SummaryRecord.Count, Int)], isComplete: Bool, _ output: inout LineWriter
  ) throws {
    let summary = SummaryRecord(stage: name, isComplete: isComplete, counts: counts, duration: clock.elapsed)
    try output.write(line: summary.encoded().span)
    try output.flush()
  }

  private static func stageError(_ error: any Error) -> any StageError {
    error as? any StageError ?? InternalError(error)
  }
}

/// An error that nobody foresaw.
struct InternalError: StageError {
  let description: String
  var exitStatus: ExitStatus { .internalFault }

  init(_ error: any Error) { description = "internal error: \(error); please report it" }
}
