import Files
package import RecordStream
package import Stage
package import StageErrors

/// Delivers the zips of a stream after the end of the stream, and writes a delivery record for each.
package struct PushStage: StreamStage {
  /// What is delivered, and how.
  package struct Options: Sendable {
    package var delivery = DeliveryOptions()
    /// Deliver an incomplete stream too.
    package var allowsPartial = false
    /// The file to which the delivery records are appended.
    package var ledger: String?
    /// The stream is from an earlier run, which may have delivered it. If the ledger has a feed that was fetched later,
    /// nothing is written, and only files that are in the drop directory count as delivered. If the drop directory
    /// cannot be searched, the stage needs another run.
    package var yieldsToLater = false
    /// The number in the names of zips that are delivered again; nil if they are not.
    var again: Int?
    /// The digests of all zips that are delivered again in this run. Their earlier deliveries do not count as later
    /// feeds.
    var alongside: Set<String> = []
    package var progress = ProgressMode.auto

    package init() {}
  }

  private let location: DropLocation
  private let open: () throws -> DropTarget
  private let options: Options
  private let clock: Clock
  private let diagnostics: Diagnostics
  private var zips: [FileRecord] = []
  /// The records of the feed's fields, with which patron-validate compares later feeds.
  private var fields: [[UInt8]] = []
  /// The records of the zips so far.
  private(set) var outcomes: [DeliveryRecord] = []
  private var isPartial = false
  private var feed: FeedRecord?
  /// The zips that have not been delivered yet.
  private var waiting: ArraySlice<ReadyZip> = []
  /// The zip that is being delivered.
  private var current: ReadyZip?
  /// Whether `current` may have its final name. Only the drop directory shows whether an earlier run has delivered it.
  private var mayBeThere: Bool
  private var hasRequestedRename = false
  package private(set) var needsAnotherRun = false

  /// - Parameter open: reads the secrets. It is called only if there is something to deliver, and its error gets a
  ///   delivery record.
  package init(
    to location: DropLocation, _ options: Options, clock: Clock, diagnostics: Diagnostics,
    open: @escaping () throws -> DropTarget
  ) {
    self.location = location
    self.open = open
    self.options = options
    mayBeThere = options.yieldsToLater
    self.clock = clock
    self.diagnostics = diagnostics
  }

  package var counts: [(RecordField, Int)] { Self.counts(of: outcomes) }

  static func counts(of outcomes: [DeliveryRecord]) -> [(RecordField, Int)] {
    [(.delivered, .delivered), (.alreadyThere, .alreadyThere), (.empty, .empty), (.failed, .failed)].map {
      (count: RecordField, outcome: DeliveryRecord.Outcome) in
      (count, outcomes.count { $0.outcome == outcome })
    }
  }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .file, let file = try FileRecord(record) { take(file) }
    if record.kind == .fields { fields.append(record.line) }
    try output.write(record)
  }

  /// Takes a file of the stream, to deliver it if it is a zip.
  mutating func take(_ file: FileRecord) { if file.format == .zip { zips.append(file) } }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if let objection = DeliveryCheck(account: account, zips: zips).objection {
      guard options.allowsPartial else { throw TransferError.other("\(objection); nothing was delivered", .badData) }
      guard !zips.isEmpty else {
        throw TransferError.other("\(objection); and the stream has no zip to deliver", .badData)
      }
      diagnostics.note("\(objection); delivered because of --allow-partial")
      isPartial = true
    }
    feed = account.feed
    if let path = options.ledger {
      // The ledger has the fields of a feed that is delivered again.
      let fields = options.again == nil ? fields : []
      let ledger = try Ledger(path: path)
      let log = try AppendLog(path)
      try log.reserve(max(1, zips.count) * Self.maxRecordLength + fields.reduce(0) { $0 + $1.count + 1 })
      try deliver(knowing: ledger)
      // A run that was killed after it wrote to the ledger has its records there.
      let news = options.yieldsToLater ? outcomes.filter { !ledger.contains($0) } : outcomes
      let lines = news.map { $0.encoded() } + (news.isEmpty || isPartial ? [] : fields)
      do { try log.append(lines) } catch {
        try write(outcomes, &output)
        needsAnotherRun = true
        throw TransferError.ledgerNotWritten(error)
      }
    } else {
      try deliver(knowing: nil)
    }
    try write(outcomes, &output)
  }

  /// The space for a delivery record, in bytes. Only its URL can be long.
  private static let maxRecordLength = 4096

  /// Writes a record of the failure. If all zips were delivered and only the ledger failed, `finish` has written the
  /// records.
  package mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {
    if case .ledgerNotWritten = error as? TransferError { return }
    feed = account.feed
    outcomes.append(record(.failed, of: current, error: error.description))
    try write(outcomes, &output)
  }

  private mutating func deliver(knowing ledger: Ledger?) throws {
    guard !zips.isEmpty else { return outcomes.append(record(.empty)) }
    // If the ledger has all zips, no session is needed.
    if zips.allSatisfy({ isDelivered($0.sha256, $0.path, in: ledger) }) {
      outcomes += try readZips().map { record(.alreadyThere, of: $0) }
      return
    }
    var delivery = options.delivery
    if options.yieldsToLater, let started = feed?.started,
      ledger?.hasDelivery(fetchedAfter: started, excluding: options.alongside) == true
    {
      delivery.mayWrite = false
    }
    let target: DropTarget
    do { target = try open() } catch {
      _ = try readZips()
      needsAnotherRun = mayBeThere
      throw error
    }
    do {
      // All zips are compared with their records before the first is sent.
      try target.withDirectory(meanwhile: { try compareZips() }) {
        try deliverWaiting(in: $0, delivery, knowing: ledger)
      }
    } catch let error as any StageError where mayBeThere {
      if waiting.isEmpty { try compareZips() }
      guard hasRequestedRename, error.exitStatus == .temporary else {
        needsAnotherRun = true
        throw error
      }
      // The reply to the rename was lost. One more session shows whether the file has its final name.
      delivery.mayWrite = false
      do { try target.withDirectory { try deliverWaiting(in: $0, delivery, knowing: ledger) } } catch let second {
        if case .laterDelivered = second as? TransferError { throw error }
        needsAnotherRun = true
        throw error
      }
    }
    current = nil
  }

  private mutating func compareZips() throws { waiting = try readZips()[...] }

  /// Reads the zips, and compares them with their records.
  func readZips() throws -> [ReadyZip] { try zips.map { try ReadyZip($0, again: options.again) } }

  /// Delivers the zips that are left. After a lost connection, the next call continues with the zip that was not
  /// finished.
  private mutating func deliverWaiting(
    in directory: any DropDirectory, _ delivery: DeliveryOptions, knowing ledger: Ledger?
  ) throws {
    while let zip = waiting.first {
      current = zip
      if isDelivered(zip.sha256, zip.path, in: ledger) {
        outcomes.append(record(.alreadyThere, of: zip))
      } else {
        var work = Delivery(
          zip: zip, options: delivery, location: location, diagnostics: diagnostics, clock: clock,
          progress: Progress(program: diagnostics.program, mode: options.progress),
          mayBeThere: options.yieldsToLater || hasRequestedRename)
        defer { (mayBeThere, hasRequestedRename) = (work.mayBeThere, work.hasRequestedRename) }
        outcomes.append(record(try work.run(in: directory), of: zip))
      }
      waiting.removeFirst()
    }
  }

  /// Whether the ledger has a delivery of these bytes under this name.
  private func isDelivered(_ sha256: String?, _ path: String, in ledger: Ledger?) -> Bool {
    guard let ledger, !options.delivery.replaces, let name = ReadyZip.name(of: path, again: options.again) else {
      return false
    }
    return ledger.hasDelivered(sha256: sha256?.lowercased(), to: location.url(of: name))
  }

  private func record(
    _ outcome: DeliveryRecord.Outcome, of zip: ReadyZip? = nil, error: String? = nil
  ) -> DeliveryRecord {
    let remote = zip.map { location.url(of: $0.name) } ?? (outcome == .empty ? nil : location.description)
    return DeliveryRecord(
      outcome: outcome, status: feed?.status, since: feed?.since, until: feed?.until, started: feed?.started,
      users: outcome == .empty ? 0 : zip?.users, remote: remote, bytes: zip?.bytes, sha256: zip?.sha256, at: clock.now,
      isPartial: isPartial, error: error)
  }

  private func write(_ records: [DeliveryRecord], _ output: inout LineWriter) throws {
    for record in records { try output.write(line: record.encoded().span) }
  }
}
