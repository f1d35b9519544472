public import RecordStream
public import StageErrors

/// One filter. `StageRunner` does what all filters have in common.
public protocol StreamStage: ~Copyable {
  /// Whether the input may have several feeds. Each feed line and each file begins a section.
  static var readsSeveralFeeds: Bool { get }

  /// Takes a line if it is a person, and writes its output. The default takes no line, so people are copied.
  /// - Returns: false if the line is a record, or is to be copied.
  mutating func takePerson(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws -> Bool

  /// Takes a record, and writes it or its replacement. The default writes it.
  mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws

  /// Ends a section that is not the last; `finish` ends that.
  mutating func endSection(_ account: StreamAccount)

  /// Does the rest of the work after the end of the input.
  mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws

  /// Writes the records that report a failure of the stage, if there are any.
  mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws

  /// Whether the stage has failed and must run again with the same stream. Then the file of `--stream-to` is not made.
  var needsAnotherRun: Bool { get }

  /// Whether the stream is complete, if the stage has not failed. The default: if the last line of the input is a complete summary.
  func isComplete(_ account: StreamAccount) -> Bool

  /// An error that the stage ends with although its stream is complete.
  var failure: (any StageError)? { get }

  /// Does what may be done only after the stream is written, and has its name.
  mutating func conclude() throws

  /// The counts of the summary, in their order.
  var counts: [(RecordField, Int)] { get }

  /// The profile given to the stage, for its summary.
  var profile: SummaryRecord.Profile? { get }
}

extension StreamStage where Self: ~Copyable {
  public static var readsSeveralFeeds: Bool { false }

  public mutating func takePerson(
    _ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter
  ) throws -> Bool { false }

  public mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    try output.write(record)
  }

  public mutating func endSection(_ account: StreamAccount) {}

  public var needsAnotherRun: Bool { false }

  public func isComplete(_ account: StreamAccount) -> Bool { account.endsComplete }

  public var failure: (any StageError)? { nil }

  public mutating func conclude() throws {}

  public var profile: SummaryRecord.Profile? { nil }

  public mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {}
}
