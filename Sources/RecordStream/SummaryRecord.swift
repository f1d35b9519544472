import JSONText

/// The last record of every stage: whether the stage is complete, and its counts.
public struct SummaryRecord: Equatable, Sendable {
  /// The members that are counts, in the order in which they are read.
  static let countFields: [RecordField] = [
    .people, .accepted, .rejected, .excluded, .warned, .users, .files, .zips, .bytes, .delivered, .alreadyThere, .empty,
    .failed, .loaded, .waiting,
  ]

  /// The stage's name, as its executable's.
  public var stage: String
  /// Whether the stage and all stages before it finished their work.
  public var isComplete: Bool
  public var counts: [(RecordField, Int)]
  /// How long the stage ran; nil in a summary that was read from a stream.
  public var duration: Duration?
  /// The error of the stage, as one line, and its exit status; nil if it did not fail.
  public var failure: Failure?

  /// The profile given to the stage; nil where it used the built-in one.
  public var profile: Profile?

  /// A profile by which people are checked or mapped.
  public struct Profile: Equatable, Sendable {
    /// Its member `name`, if it has one.
    public var name: String?
    /// The digest of its document, in hexadecimal digits.
    public var sha256: String

    public init(name: String?, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  public struct Failure: Equatable, Sendable {
    public var error: String
    public var exitStatus: Int
    /// The flag of the limit that the feed has passed; nil if that is not why the stage failed.
    public var limit: String?

    public init(error: String, exitStatus: Int, limit: String? = nil) {
      self.error = error
      self.exitStatus = exitStatus
      self.limit = limit
    }
  }

  public init(
    stage: String, isComplete: Bool, counts: [(RecordField, Int)], duration: Duration?, profile: Profile? = nil,
    failure: Failure? = nil
  ) {
    self.stage = stage
    self.isComplete = isComplete
    self.counts = counts
    self.duration = duration
    self.profile = profile
    self.failure = failure
  }

  /// The number given for a count, or nil.
  public subscript(count: RecordField) -> Int? { counts.first { $0.0 == count }?.1 }

  public static func == (left: SummaryRecord, right: SummaryRecord) -> Bool { left.encoded() == right.encoded() }

  public func encoded() -> [UInt8] {
    Record.encoded(.summary) { writer in
      writer.string(stage, .stage)
      writer.boolean(isComplete, .complete)
      for (count, number) in counts { writer.integer(number, count) }
      if let duration { writer.literal(Self.spelling(duration), RecordField.seconds.rawValue) }
      writer.string(profile?.name, .profile)
      writer.string(profile?.sha256, .profileSHA256)
      writer.string(failure?.error, .error)
      writer.integer(failure?.exitStatus, .exitStatus)
      writer.string(failure?.limit, .limit)
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

  /// Reads a summary. One that does not say that it is complete is not.
  public init(_ record: Record) {
    self.init(
      stage: record.string(.stage) ?? "", isComplete: record.isTrue(.complete),
      counts: Self.countFields.compactMap { field in record.integer(field).map { (field, $0) } }, duration: nil,
      profile: record.string(.profileSHA256).map { Profile(name: record.string(.profile), sha256: $0) },
      failure: record.string(.error).map {
        Failure(error: $0, exitStatus: record.integer(.exitStatus) ?? 70, limit: record.string(.limit))
      })
  }
}
