import Files
package import RecordStream
package import StageErrors

/// Runs a stage: reads the input, gives the stage its lines, copies the other lines, and writes a summary last, even
/// after an error.
package struct StageRunner {
  package let diagnostics: Diagnostics
  package let clock: Clock
  private let name: String
  private let streamTo: String?
  private var progress: Progress

  /// - Parameters:
  ///   - name: the executable's name.
  ///   - streamTo: the file that the stream is written to; nil for standard output.
  /// - Throws: if SOURCE_DATE_EPOCH cannot be read.
  package init(_ name: String, streamTo: String?, isVerbose: Bool, progress: ProgressMode) throws(SettingError) {
    self.name = name
    self.streamTo = streamTo
    clock = try Clock()
    diagnostics = Diagnostics(program: name, isVerbose: isVerbose)
    self.progress = Progress(program: name, mode: progress)
  }

  /// Runs a filter over files, or over standard input if there are none.
  /// - Parameters:
  ///   - writesStream: false if the stage uses standard output for something else.
  ///   - opening: opens the stage's other files. If that fails, the stream still ends with a summary.
  package mutating func run<Stage: StreamStage & ~Copyable>(
    _ stage: inout Stage, files: [String], writesStream: Bool = true,
    opening: (inout Stage) throws -> Void = { _ in }
  ) throws {
    if files.isEmpty || files == ["-"], Diagnostics.isInteractive {
      diagnostics.report("reading standard input; press Ctrl-D to end it")
    }
    var output = try StreamOutput(streamTo, writesStream: writesStream)
    var account = StreamAccount()
    var input = LineReader(files)
    var isOpen = false
    do {
      try opening(&stage)
      isOpen = true
      try passLines(of: &input, through: &stage, &account, &output.lines)
      try stage.finish(account, &output.lines)
      try writeSummary(
        stage.counts, isComplete: stage.isComplete(account), stage.profile, after: stage.failure, &output.lines)
      try output.commit()
    } catch {
      let error = Self.stageError(error)
      progress.clear()
      diagnostics.report(error)
      // Later errors are ignored: the first one is reported.
      try? stage.fail(error, account, &output.lines)
      if !isOpen || !(error is StreamError) { try? Self.passRecords(of: &input, isBegun: isOpen, &output.lines) }
      try? writeSummary(stage.counts, isComplete: false, stage.profile, after: error, &output.lines)
      if !stage.needsAnotherRun { try? output.commit() }
      throw StageFailure(exitStatus: error.exitStatus)
    }
    var failure = stage.failure
    do { try stage.conclude() } catch { failure = failure ?? Self.stageError(error) }
    guard let failure else { return }
    diagnostics.report(failure)
    throw StageFailure(exitStatus: failure.exitStatus)
  }

  /// Copies rejects and summaries after a failure, for the mail. People and files are discarded, and so is a second
  /// feed.
  /// - Parameter isBegun: whether a line was read before the failure, so that a feed line is a second one.
  private static func passRecords(of input: inout LineReader, isBegun: Bool, _ output: inout LineWriter) throws {
    var records = RecordReader()
    var isBegun = isBegun
    while try input.advance(beforeWaiting: { () throws(StreamError) in try output.flush() }) {
      let place = input.place
      let isLast = try input.withLine { line in
        guard !place.isCut, let record = records.record(in: line, at: place) else { return false }
        if record.kind == .feed ? !isBegun : record.kind != .file { try output.write(record) }
        defer { isBegun = true }
        return record.kind == .feed && isBegun
      }
      if isLast { return }
    }
  }

  /// Runs a stage without input.
  /// - Parameter body: writes the stream. If it returns an error, the stream is complete, and the stage fails with the
  ///   error.
  package mutating func run(
    counts: () -> [(RecordField, Int)], _ body: (inout LineWriter, inout Progress) throws -> (any StageError)?
  ) throws {
    var output = try StreamOutput(streamTo, writesStream: true)
    var failure: (any StageError)?
    do {
      failure = try body(&output.lines, &progress)
      try writeSummary(counts(), isComplete: true, after: failure, &output.lines)
      try output.commit()
    } catch {
      failure = Self.stageError(error)
      try? writeSummary(counts(), isComplete: false, after: failure, &output.lines)
      try? output.commit()
    }
    guard let failure else { return }
    progress.clear()
    diagnostics.report(failure)
    throw StageFailure(exitStatus: failure.exitStatus)
  }

  private mutating func passLines<Stage: StreamStage & ~Copyable>(
    of input: inout LineReader, through stage: inout Stage, _ account: inout StreamAccount,
    _ output: inout LineWriter
  ) throws {
    var records = RecordReader()
    while try input.advance(beforeWaiting: { () throws(StreamError) in try output.flush() }) {
      let place = input.place
      if Stage.readsSeveralFeeds, account.path != place.path {
        if !account.isEmpty { stage.endSection(account) }
        account = StreamAccount(path: place.path)
      }
      let isTaken = try input.withLine { line in
        if try stage.takePerson(line, at: place, &output) {
          account.noteLine()
          return true
        }
        if place.isCut {
          account.noteLine()
          try output.write(line)
          return false
        }
        try Self.pass(line, at: place, to: &stage, &records, &account, &output)
        return true
      }
      if !isTaken {
        // A line that is too long to be read is copied.
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
    guard let record = records.record(in: line, at: place) else {
      account.noteLine()
      return try output.write(line: line)
    }
    if record.kind == .feed, Stage.readsSeveralFeeds, !account.isEmpty {
      stage.endSection(account)
      account = StreamAccount(path: place.path)
    }
    try account.take(record)
    try stage.takeRecord(record, &output)
  }

  /// Writes the summary, the last line of every stage.
  private func writeSummary(
    _ counts: [(RecordField, Int)], isComplete: Bool, _ profile: SummaryRecord.Profile? = nil,
    after error: (any StageError)? = nil, _ output: inout LineWriter
  ) throws {
    let summary = SummaryRecord(
      stage: name, isComplete: isComplete, counts: counts, duration: clock.elapsed, profile: profile,
      failure: error.map {
        SummaryRecord.Failure(
          error: Diagnostics.escaped($0.reason), exitStatus: Int($0.exitStatus.rawValue), limit: $0.limit)
      })
    try output.write(line: summary.encoded().span)
    try output.flush()
  }

  private static func stageError(_ error: any Error) -> any StageError {
    error as? any StageError ?? InternalError(error)
  }
}

/// An error that is not a `StageError`. Exit status 70.
struct InternalError: StageError {
  let description: String
  var exitStatus: ExitStatus { .internalFault }

  init(_ error: any Error) { description = "internal error: \(error); please report it" }
}

/// The output of a stage: standard output, or a file that gets its name when it is complete.
private struct StreamOutput: ~Copyable {
  var lines: LineWriter
  private var file: PendingFile?

  init(_ path: String?, writesStream: Bool) throws(FileError) {
    guard let path else {
      file = nil
      lines = writesStream ? LineWriter() : LineWriter.discarding
      return
    }
    let file = try PendingFile(path)
    lines = LineWriter(file.file, name: path)
    self.file = consume file
  }

  /// Gives the file its name.
  mutating func commit() throws(FileError) {
    guard let file = file.take() else { return }
    // After a failed write the file is incomplete. It is removed when it is released.
    if lines.hasFailed { return }
    do { try file.commit() } catch {
      // The file is closed and removed: what is written after the error must not reach its descriptor.
      lines = .discarding
      throw error
    }
  }
}

/// The stage has failed and has written its message; the process ends with this exit status.
package struct StageFailure: Error {
  package let exitStatus: ExitStatus

  package init(exitStatus: ExitStatus) { self.exitStatus = exitStatus }
}
