public import RecordStream
public import StageErrors

/// What one filter does with its stream; all that filters have in common is the `StageRunner`'s.
public protocol StreamStage: ~Copyable {
  /// The feed line may come more than once. It begins a section each time, as each file does.
  static var readsSeveralFeeds: Bool { get }

  /// Takes a line if it is a person, and writes what comes in its place.
  ///
  /// Only stages that own people have this; to the others a person is a line to be copied.
  /// - Returns: false where the line is a record after all, or none of the stage's business.
  mutating func takePerson(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws -> Bool

  /// Takes a record, and writes it or what comes in its place.
  mutating func takeRecord(
    _ kind: RecordKind, _ records: borrowing RecordReader, _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter) throws

  /// Takes note that a further feed line begins the next section; the last one ends with `finish`.
  mutating func endSection(_ account: StreamAccount)

  /// Does what is left to do when the whole input has been taken.
  mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws

  /// Says in the stream that the stage has failed, where the stream has a record for that.
  mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws

  /// False after a failure that leaves work which the same stream, given again, lets the stage do. Then the file of `--stream-to` is not
  /// made, so that its absence says that the work is still to be done.
  var isAccountedFor: Bool { get }

  /// What the summary counts, in its order.
  var counts: [(SummaryRecord.Count, Int)] { get }
}

extension StreamStage where Self: ~Copyable {
  public static var readsSeveralFeeds: Bool { false }

  public mutating func takePerson(
    _ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter
  ) throws -> Bool { false }

  public mutating func takeRecord(
    _ kind: RecordKind, _ records: borrowing RecordReader, _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter
  ) throws {
    try output.write(line: line)
  }

  public mutating func endSection(_ account: StreamAccount) {}

  public var isAccountedFor: Bool { true }

  public mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {}
}
