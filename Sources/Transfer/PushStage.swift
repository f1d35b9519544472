import Files
public import RecordStream
public import Stage
public import StageErrors
import SystemPackage

/// Delivers the zips of a stream, once all of it has arrived, and says in the stream what became of them.
public struct PushStage: StreamStage {
  public struct Options: Sendable {
    public var delivery = DeliveryOptions()
    /// Delivers also what is incomplete.
    public var allowsPartial = false
    /// The file in which what was delivered is remembered.
    public var ledger: String?
    /// The stream is an earlier run's, which may have delivered it. Where the ledger has a feed that was fetched later, nothing new is
    /// delivered; where the drop directory could not be looked at, the stage is not accounted for.
    public var yieldsToLater = false
    public var progress = ProgressMode.auto

    public init() {}
  }

  private let location: DropLocation
  private let open: () throws -> DropTarget
  private let options: Options
  private let clock: Clock
  private let diagnostics: Diagnostics
  private var zips: [FileRecord] = []
  /// What became of the zips so far.
  private var outcomes: [DeliveryRecord] = []
  private var isPartial = false
  /// The zip that is being delivered.
  private var current: ReadyZip?
  public private(set) var isAccountedFor = true

  /// - Parameter open: reads what it takes to log in, once there is something to deliver; what fails then is told in the stream.
  public init(
    to location: DropLocation, _ options: Options, clock: Clock, diagnostics: Diagnostics,
    open: @escaping () throws -> DropTarget
  ) {
    self.location = location
    self.open = open
    self.options = options
    self.clock = clock
    self.diagnostics = diagnostics
  }

  public var counts: [(RecordField, Int)] {
    [(.delivered, .delivered), (.alreadyThere, .alreadyThere), (.empty, .empty), (.failed, .failed)].map {
      (count: RecordField, outcome: DeliveryRecord.Outcome) in
      (count, outcomes.count { $0.outcome == outcome })
    }
  }

  public mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .file, let file = try FileRecord(record), file.format == .zip { zips.append(file) }
    try output.write(record)
  }

  public mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if let objection = DeliveryCheck(account: account, zips: zips).objection {
      guard options.allowsPartial else { throw TransferError.incompleteStream(objection) }
      guard !zips.isEmpty else { throw TransferError.nothingToDeliver(objection) }
      diagnostics.note("\(objection); delivered all the same, as --allow-partial demands")
      isPartial = true
    }
    if let path = options.ledger {
      let ledger = try Ledger(path: path)
      let log = try AppendLog(path)
      try log.reserve(max(1, zips.count) * Self.longestRecord)
      try deliver(account.feed, knowing: ledger)
      // A feed that was cut off between the ledger and its account is in the ledger already.
      let news = options.yieldsToLater ? outcomes.filter { !ledger.says($0) } : outcomes
      do { try log.append(news.map { $0.encoded() }) } catch {
        try write(outcomes, &output)
        isAccountedFor = false
        throw TransferError.ledgerNotWritten(error)
      }
    } else {
      try deliver(account.feed, knowing: nil)
    }
    try write(outcomes, &output)
  }

  /// A delivery record in bytes: its URL is the only text in it that can be long.
  private static let longestRecord = 4096

  /// Says that nothing, or not all, was delivered. Where all was, only the ledger has failed, or the reader of the stream.
  public mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {
    if case .ledgerNotWritten = error as? TransferError { return }
    outcomes.append(record(.failed, of: current, account.feed, error: error.description))
    try write(outcomes, &output)
  }

  private mutating func deliver(_ feed: FeedRecord?, knowing ledger: Ledger?) throws {
    guard !zips.isEmpty else {
      outcomes.append(record(.empty, of: nil, feed))
      return
    }
    let isKnown = { [options, location] (sha256: String?, path: String) in
      guard let ledger, !options.delivery.replaces, let name = FilePath(path).lastComponent?.string else {
        return false
      }
      return ledger.hasDelivered(sha256: sha256?.lowercased(), to: location.url(of: name))
    }
    // What the ledger knows needs no session.
    if zips.allSatisfy({ isKnown($0.sha256, $0.path) }) {
      outcomes += try zips.map(ReadyZip.init).map { record(.alreadyThere, of: $0, feed) }
      return
    }
    var delivery = options.delivery
    if options.yieldsToLater, let started = feed?.started, ledger?.hasDelivery(fetchedAfter: started) == true {
      delivery.mayWrite = false
    }
    var waiting: ArraySlice<ReadyZip> = []
    let target: DropTarget
    // Of an earlier run's file, only a look at the directory tells whether it got its name.
    var mayBeThere = options.yieldsToLater
    do { target = try open() } catch {
      _ = try zips.map(ReadyZip.init)
      isAccountedFor = !mayBeThere
      throw error
    }
    // All are looked at before the first one leaves.
    let lookAtAll = { [zips] in waiting = try zips.map(ReadyZip.init)[...] }
    var hasAskedForName = false
    // After a lost connection it goes on with the zip that was not finished.
    func pass(_ directory: any DropDirectory) throws {
      while let zip = waiting.first {
        current = zip
        if isKnown(zip.sha256, zip.path) {
          outcomes.append(record(.alreadyThere, of: zip, feed))
        } else {
          var work = Delivery(
            zip: zip, options: delivery, location: location, diagnostics: diagnostics, clock: clock,
            progress: Progress(program: diagnostics.program, mode: options.progress),
            mayBeThere: options.yieldsToLater || hasAskedForName)
          defer { (mayBeThere, hasAskedForName) = (work.mayBeThere, work.hasAskedForName) }
          outcomes.append(record(try work.run(in: directory), of: zip, feed))
        }
        waiting.removeFirst()
      }
    }
    do { try target.withDirectory(meanwhile: lookAtAll, pass) } catch let error as any StageError where mayBeThere {
      if waiting.isEmpty { try lookAtAll() }
      if hasAskedForName, error.exitStatus == .temporary {
        // The answer to the rename was lost. One more session looks whether the file has got its name.
        delivery.mayWrite = false
        do {
          try target.withDirectory(pass)
          current = nil
          return
        } catch TransferError.laterDelivered { throw error } catch _ {}
      }
      // A later run has to look.
      isAccountedFor = false
      throw error
    }
    current = nil
  }

  private func record(
    _ outcome: DeliveryRecord.Outcome, of zip: ReadyZip?, _ feed: FeedRecord?, error: String? = nil
  ) -> DeliveryRecord {
    DeliveryRecord(
      outcome: outcome, status: feed?.status, since: feed?.since, until: feed?.until,
      started: feed?.started, users: outcome == .empty ? 0 : zip?.users, remote: remote(outcome, zip),
      bytes: zip?.bytes, sha256: zip?.sha256,
      at: clock.now, isPartial: isPartial, error: error)
  }

  private func remote(_ outcome: DeliveryRecord.Outcome, _ zip: ReadyZip?) -> String? {
    if let zip { return location.url(of: zip.name) }
    return outcome == .empty ? nil : location.description
  }

  private func write(_ records: [DeliveryRecord], _ output: inout LineWriter) throws {
    for record in records { try output.write(line: record.encoded().span) }
  }
}
