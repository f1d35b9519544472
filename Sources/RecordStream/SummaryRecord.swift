import JSONText

/// The last line of every stage: whether it did all its work, and how much that was.
public struct SummaryRecord: Equatable, Sendable {
  /// A number of things that a stage counts.
  public enum Count: String, CaseIterable, Sendable {
    case people, accepted, rejected, excluded, warned, users, files, zips, bytes, delivered
    case alreadyThere = "already_there"
    case empty, failed
  }

  /// The stage's name, as its executable's.
  public var stage: String
  /// The stage finished, and so did all before it.
  public var isComplete: Bool
  public var counts: [(Count, Int)]
  /// How long the stage ran.
  public var duration: Duration?
  /// Why the stage failed, in one line, and the exit status it failed with; nil where it did not.
  public var failure: Failure?

  public struct Failure: Equatable, Sendable {
    public var error: String
    public var exitStatus: Int

    public init(error: String, exitStatus: Int) {
      self.error = error
      self.exitStatus = exitStatus
    }
  }

  public init(stage: String, isComplete: Bool, counts: [(Count, Int)], duration: Duration?, failure: Failure? = nil) {
    self.stage = stage
    self.isComplete = isComplete
    self.counts = counts
    self.duration = duration
    self.failure = failure
  }

  /// The number given for a count, or nil.
  public subscript(count: Count) -> Int? { counts.first { $0.0 == count }?.1 }

  public static func == (left: SummaryRecord, right: SummaryRecord) -> Bool { left.encoded() == right.encoded() }

  public func encoded() -> [UInt8] {
    record(.summary) { writer in
      writer.string(stage, "stage")
      writer.boolean(isComplete, "complete")
      for (count, number) in counts { writer.integer(number, count.rawValue) }
      if let duration { writer.literal(Self.spelling(duration), "seconds") }
      writer.string(failure?.error, "error")
      writer.integer(failure?.exitStatus, "exit_status")
    }
  }

  /// Seconds to the thousandth, without zeros at the end.
  private static func spelling(_ duration: Duration) -> String {
    let thousandths =
      Int(duration.components.seconds) * 1000 + Int(duration.components.attoseconds / 1_000_000_000_000_000)
    guard thousandths % 1000 != 0 else { return String(thousandths / 1000) }
    var digits = String(1000 + thousandths % 1000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(thousandths / 1000).\(digits)"
  }
}

extension RecordReader {
  /// The summary that `role(of:)` has met in this line. One that says nothing of being complete is not.
  public func summary(in line: Span<UInt8>) -> SummaryRecord {
    SummaryRecord(
      stage: string(.stage, in: line) ?? "",
      isComplete: isTrue(.complete, in: line),
      counts: SummaryRecord.Count.allCases.compactMap { count in
        Field(rawValue: count.rawValue).flatMap { integer($0, in: line) }.map { (count, $0) }
      },
      duration: nil,
      failure: string(.error, in: line).map {
        SummaryRecord.Failure(error: $0, exitStatus: integer(.exitStatus, in: line) ?? 70)
      })
  }
}
