package import RecordStream
package import StageErrors

/// One filter. `StageRunner` does what all filters have in common.
package protocol StreamStage: ~Copyable {
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

  /// Whether the stage has failed and must run again with the same stream. Then the file of `--stream-to` is not
  /// created.
  var needsAnotherRun: Bool { get }

  /// Whether the stream is complete, if the stage has not failed. The default: if the last line of the input is a
  /// complete summary.
  func isComplete(_ account: StreamAccount) -> Bool

  /// An error that the stage ends with although its stream is complete.
  var failure: (any StageError)? { get }

  /// Does the work that has to wait until the stream is written and its file renamed.
  mutating func conclude() throws

  /// The counts of the summary, in their order.
  var counts: [(RecordField, Int)] { get }

  /// The profile given to the stage, for its summary.
  var profile: SummaryRecord.Profile? { get }
}

extension StreamStage where Self: ~Copyable {
  package static var readsSeveralFeeds: Bool { false }

  package mutating func takePerson(
    _ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter
  ) throws -> Bool { false }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    try output.write(record)
  }

  package mutating func endSection(_ account: StreamAccount) {}

  package var needsAnotherRun: Bool { false }

  package func isComplete(_ account: StreamAccount) -> Bool { account.endsComplete }

  package var failure: (any StageError)? { nil }

  package mutating func conclude() throws {}

  package var profile: SummaryRecord.Profile? { nil }

  package mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {}
}
