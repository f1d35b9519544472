package import Calendar
package import RecordStream
import SystemPackage

/// The history of an installation: a file of `run`, `look` and `load` records that is only appended to and has no data
/// of people.
package struct History: Sendable {
  /// The feeds of all runs, oldest first.
  package private(set) var runs: [RunRecord] = []
  /// The listings of the drop directory, oldest first.
  package private(set) var looks: [LookRecord] = []
  /// An index: the looks that name a file, oldest first. A monitoring system can cause many looks.
  private var mentions: [String: [(look: Int, isTaken: Bool)]] = [:]
  /// The answers of Alma, oldest first.
  package private(set) var loads: [LoadRecord] = []

  /// Reads a history. A missing file is an empty history. Lines that are not records are skipped: a killed writer
  /// leaves them.
  package init(path: String) throws(StreamError) {
    do throws(StreamError) {
      try RecordReader.forEachRecord(in: path) { (record) throws(StreamError) in
        switch record.kind {
        case .run: if let run = try RunRecord(record) { runs.append(run) }
        case .look: if let look = LookRecord(record) { add(look) }
        case .load: if let load = try LoadRecord(record) { loads.append(load) }
        default: break
        }
      }
    } catch {
      guard case .input(_, .noSuchFileOrDirectory) = error else { throw error }
    }
  }

  /// The runs of a status, oldest first.
  func runs(of status: String?) -> [RunRecord] { runs.filter { $0.status == status } }

  /// Adds a look that is not in the file yet.
  package mutating func add(_ look: LookRecord) {
    for name in look.taken { mentions[name, default: []].append((looks.count, true)) }
    for name in look.waiting { mentions[name, default: []].append((looks.count, false)) }
    looks.append(look)
  }

  /// What the looks say of a file: whether Alma had taken it, and when it was last seen waiting.
  /// - Parameter delivered: looks before this time do not count, because a file of the same name may have been
  ///   delivered before.
  package func pickUp(of file: String, deliveredAt delivered: Instant?) -> PickUp? {
    var seen: Int?
    for mention in mentions[file] ?? [] where delivered.map({ looks[mention.look].at >= $0 }) ?? true {
      if mention.isTaken {
        return .taken(after: seen.map { looks[$0].at } ?? delivered, before: looks[mention.look].at)
      }
      seen = mention.look
    }
    guard let seen else { return nil }
    let next = seen + 1
    return next < looks.count ? .gone(after: looks[seen].at, before: looks[next].at) : .waiting(looks[seen].at)
  }

  /// The last look that names a file: whether it was taken by then, and when that was; nil if no look names it.
  func lastMention(of file: String) -> (isTaken: Bool, at: Instant)? {
    mentions[file]?.last.map { ($0.isTaken, looks[$0.look].at) }
  }

  /// The last answer of Alma about a delivery; nil if Alma was not asked about it.
  func load(of delivery: DeliveryRecord) -> LoadRecord? {
    loads.last { $0.deliveries.contains { $0.isAbout(delivery) } }
  }

  /// The last answer of Alma about the feed of a run, as it was delivered first.
  func load(of run: RunRecord) -> LoadRecord? {
    loads.last { load in
      load.deliveries.contains {
        $0.status == run.status && $0.since == run.since && $0.until == run.until && $0.again == nil
      }
        && (run.at.map { at in load.at.map { $0 >= at } ?? true } ?? true)
    }
  }
}

/// What the looks at the drop directory say of a file.
package enum PickUp: Equatable, Sendable {
  /// It waited at this time.
  case waiting(Instant)
  /// Alma took the file between two times: the delivery, or the last look that saw it waiting, and the first that saw
  /// it taken. The first is nil if it is not known.
  case taken(after: Instant?, before: Instant)
  /// The file was removed or renamed between two looks, and Alma's suffix was not seen.
  case gone(after: Instant, before: Instant)

  /// `taken between 01:10 and 01:30`. Times on another day than that of the delivery have their day.
  func text(of day: Day?) -> String {
    switch self {
    case .waiting(let at): "waiting at \(Phrase.clock(at, on: day))"
    case .taken(let after, let before): "taken \(Self.between(after, before, day))"
    case .gone(let after, let before): "not there any more, removed \(Self.between(after, before, day))"
    }
  }

  /// The same for a table: `01:10 to 01:30`.
  func cell(of day: Day?) -> String {
    switch self {
    case .waiting: "waiting"
    case .taken(let after, let before):
      (after.map { "\(Phrase.clock($0, on: day)) to " } ?? "before ") + Phrase.clock(before, on: day)
    case .gone: "gone"
    }
  }

  private static func between(_ after: Instant?, _ before: Instant, _ day: Day?) -> String {
    guard let after, after < before else { return "before \(Phrase.clock(before, on: day))" }
    return "between \(Phrase.clock(after, on: day)) and \(Phrase.clock(before, on: day))"
  }
}
