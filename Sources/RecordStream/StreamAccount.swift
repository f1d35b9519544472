/// The feed line and the summaries of a stage's input.
public struct StreamAccount: Sendable {
  /// The feed line; nil if there was none.
  public private(set) var feed: FeedRecord?
  /// The summaries, in the order of the stream.
  public private(set) var summaries: [SummaryRecord] = []
  /// Whether the last line is a complete summary, so that the input was not cut off.
  public private(set) var endsComplete = false
  /// Whether no line was read.
  public private(set) var isEmpty = true
  /// The file that it was read from; nil if none was.
  public private(set) var path: String?

  public init(path: String? = nil) { self.path = path }

  /// The account of a feed that failed before its feed line.
  public init(status: String, failure: SummaryRecord) {
    feed = FeedRecord(status: status, since: nil, until: nil, source: nil, started: nil)
    summaries = [failure]
    isEmpty = false
  }

  /// Notes that a line was read that is not a complete summary.
  public mutating func noteLine() {
    endsComplete = false
    isEmpty = false
  }

  /// Takes a record.
  public mutating func take(_ record: Record) throws(StreamError) {
    noteLine()
    switch record.kind {
    case .feed:
      guard feed == nil else { throw StreamError.secondFeed(place: record.place.description) }
      feed = try FeedRecord(record)
    case .summary:
      let summary = SummaryRecord(record)
      summaries.append(summary)
      endsComplete = summary.isComplete
    default: break
    }
  }

  /// Whether all stages finished and the input was not cut off.
  public var isComplete: Bool { endsComplete && summaries.allSatisfy(\.isComplete) }
}
