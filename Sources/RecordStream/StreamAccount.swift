/// What a stage has learned from its input about the run as a whole.
public struct StreamAccount: Sendable {
  /// The feed line, where there was one.
  public private(set) var feed: FeedRecord?
  /// The summaries, in their order.
  public private(set) var summaries: [SummaryRecord] = []
  /// The last line so far is a summary, and a complete one: all that came before has arrived.
  public private(set) var endsComplete = false
  /// No line has come yet.
  public private(set) var isEmpty = true

  /// The file that it was read from; nil where nothing was read.
  public private(set) var path: String?

  /// - Parameter path: the file that it is read from.
  public init(path: String? = nil) { self.path = path }

  /// The account of a feed of which nothing but its failure is known.
  public init(status: String, failure: SummaryRecord) {
    feed = FeedRecord(status: status, since: nil, until: nil, source: nil, started: nil)
    summaries = [failure]
    isEmpty = false
  }

  /// Takes note of a person, or of a line that nothing is known about.
  public mutating func takeOther() {
    endsComplete = false
    isEmpty = false
  }

  /// Takes note of a record that the reader has just told the role of.
  public mutating func take(
    _ kind: RecordKind, _ records: borrowing RecordReader, in line: Span<UInt8>, place: LinePlace
  ) throws(StreamError) {
    takeOther()
    switch kind {
    case .feed:
      guard feed == nil else { throw StreamError.secondFeed(place: place.description) }
      feed = try records.feed(in: line, place: place)
    case .summary:
      let summary = records.summary(in: line)
      summaries.append(summary)
      endsComplete = summary.isComplete
    default: break
    }
  }

  /// Every stage so far finished, and the last line has arrived.
  public var isComplete: Bool { endsComplete && summaries.allSatisfy(\.isComplete) }
}
