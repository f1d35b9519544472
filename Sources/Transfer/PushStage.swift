import Files
package import RecordStream
package import Stage
package import StageErrors
import SystemPackage

/// Delivers the zips of a stream after the end of the stream, and writes a delivery record for each.
package struct PushStage: StreamStage {
  /// What is delivered, and how.
  package struct Options: Sendable {
    package var delivery = DeliveryOptions()
    /// Delivers an incomplete stream too.
    package var allowsPartial = false
    /// The file to which the delivery records are appended.
    package var ledger: String?
    /// The stream is of an earlier run, which may have delivered it. If the ledger has a feed that was fetched later, only files that are in
    /// the drop directory already count as delivered. If the drop directory cannot be searched, the stage is not accounted for.
    package var yieldsToLater = false
    package var progress = ProgressMode.auto

    package init() {}
  }

  private let location: DropLocation
  private let open: () throws -> DropTarget
  private let options: Options
  private let clock: Clock
  private let diagnostics: Diagnostics
  private var zips: [FileRecord] = []
  /// The records of the zips so far.
  private var outcomes: [DeliveryRecord] = []
  private var isPartial = false
  /// The zip that is being delivered.
  private var current: ReadyZip?
  package private(set) var isAccountedFor = true

  /// - Parameter open: reads the secrets. It is called only if there is something to deliver, and its error gets a delivery record.
  package init(
    to location: DropLocation, _ options: Options, clock: Clock, diagnostics: Diagnostics,
    open: @escaping () throws -> DropTarget
  ) {
    self.location = location
    self.open = open
    self.options = options
    self.clock = clock
    self.diagnostics = diagnostics
  }

  package var counts: [(RecordField, Int)] {
    [(.delivered, .delivered), (.alreadyThere, .alreadyThere), (.empty, .empty), (.failed, .failed)].map {
      (count: RecordField, outcome: DeliveryRecord.Outcome) in
      (count, outcomes.count { $0.outcome == outcome })
    }
  }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .file, let file = try FileRecord(record), file.format == .zip { zips.append(file) }
    try output.write(record)
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if let objection = DeliveryCheck(account: account, zips: zips).objection {
      guard options.allowsPartial else { throw TransferError.incompleteStream(objection) }
      guard !zips.isEmpty else { throw TransferError.nothingToDeliver(objection) }
      diagnostics.note("\(objection); delivered because of --allow-partial")
      isPartial = true
    }
    if let path = options.ledger {
      let ledger = try Ledger(path: path)
      let log = try AppendLog(path)
      try log.reserve(max(1, zips.count) * Self.maxRecordLength)
      try deliver(account.feed, knowing: ledger)
      // A run that was killed after it wrote to the ledger has its records there.
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

  /// The space for a delivery record, in bytes. Only its URL can be long.
  private static let maxRecordLength = 4096

  /// Writes a record of the failure. If all zips were delivered and only the ledger failed, `finish` has written the records.
  package mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {
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
    // If the ledger has all zips, no session is needed.
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
    // Only the drop directory shows whether an earlier run has delivered the file.
    var mayBeThere = options.yieldsToLater
    do { target = try open() } catch {
      _ = try zips.map(ReadyZip.init)
      isAccountedFor = !mayBeThere
      throw error
    }
    // All zips are compared with their records before the first is sent.
    let compareAll = { [zips] in waiting = try zips.map(ReadyZip.init)[...] }
    var hasAskedForName = false
    // After a lost connection, the next call continues with the zip that was not finished.
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
    do { try target.withDirectory(meanwhile: compareAll, pass) } catch let error as any StageError where mayBeThere {
      if waiting.isEmpty { try compareAll() }
      if hasAskedForName, error.exitStatus == .temporary {
        // The reply to the rename was lost. One more session shows whether the file has its final name.
        delivery.mayWrite = false
        do {
          try target.withDirectory(pass)
          current = nil
          return
        } catch TransferError.laterDelivered { throw error } catch _ {}
      }
      // A later run has to search for the file.
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
