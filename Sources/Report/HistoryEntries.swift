package import Calendar
import Encodings
package import RecordStream
import SystemPackage

extension History {
  /// The runs that are in their directories and not yet in the history.
  ///
  /// A feed that was interrupted before it had an account has only its window in the ledger; a full feed has none.
  /// - Parameters:
  ///   - directories: the directories of runs, oldest first.
  ///   - ledger: the ledger of the same installation. No run is active.
  ///   - failures: why feeds of the last run left no account, by status.
  ///   - full: the status of full feeds, if the installation delivers them.
  package func missing(
    from directories: [RunDirectory], _ ledger: Ledger, failures: [String: String] = [:], full: String? = nil
  ) throws -> [RunRecord] {
    let known = Set(runs.map(\.feed))
    var missing = try directories.flatMap { directory in
      try directory.accounts.map { try RunRecord(account: $0, of: directory.name) }
    }.filter { !known.contains($0.feed) }
    // The windows from before the history begins are not of interest.
    guard let begin = (runs.isEmpty ? missing : runs).compactMap(\.started).min() else { return missing }
    let waiting = try directories.flatMap(\.streams).compactMap { try Self.feedStart(ofStream: $0) }
    let begun = Set((runs + missing).compactMap(\.feedStart) + waiting)
    for case .window(let window) in ledger.entries where !window.isWaived && window.at >= begin {
      if begun.contains(window.feedStart) { continue }
      var run = RunRecord(run: window.at.directoryName, status: window.status, outcome: .failed)
      (run.since, run.until, run.started) = (window.since, window.until, window.at)
      run.fail(failures[window.status ?? "any"])
      missing.append(run)
    }
    guard let full else { return missing }
    let recorded = Set((runs + missing).map(\.run))
    for directory in directories where directory.accounts.isEmpty && directory.streams.isEmpty {
      guard !recorded.contains(directory.name), let time = Instant(directoryName: directory.name), time >= begin else {
        continue
      }
      var run = RunRecord(run: directory.name, status: full == "any" ? nil : full, outcome: .failed)
      run.started = time
      run.fail(directory.name == directories.last?.name ? failures[full] : nil)
      missing.append(run)
    }
    return missing
  }

  /// The feed of a stream that has no account yet, because the next run delivers it.
  private static func feedStart(ofStream path: String) throws(StreamError) -> String? {
    var start: String?
    try RecordReader.forEachRecord(in: path) { (record) throws(StreamError) in
      guard record.kind == .feed, start == nil else { return }
      let feed = try FeedRecord(record)
      start = feed.started.map { "\($0) \(feed.status ?? "any")" }
    }
    return start
  }

  /// The answers of Alma that say something that the history does not have yet.
  /// - Parameter loads: all answers that are kept, oldest first.
  package func missing(from loads: [LoadRecord]) -> [LoadRecord] {
    var known = self.loads
    var missing: [LoadRecord] = []
    for load in loads {
      if let last = known.last(where: { $0.deliveries == load.deliveries }) {
        let isOlder = (load.at?.seconds ?? 0) < (last.at?.seconds ?? 0)
        if isOlder || last.saysTheSame(as: load) || known.contains(load) { continue }
      }
      known.append(load)
      missing.append(load)
    }
    return missing
  }

  /// The look for a listing of the drop directory.
  ///
  /// Alma leaves the files that it has taken. Each is named in one look only, so that the history does not grow with
  /// their number.
  /// - Parameter ledger: the ledger of the same installation. Files of others are left out, unless they wait.
  package func look(at now: Instant, waiting: [String], taken: [String], _ ledger: Ledger) -> LookRecord {
    let delivered = Set(ledger.deliveries.compactMap(\.fileName))
    let news = Set(taken).subtracting(waiting).filter { name in
      guard let last = lastMention(of: name) else { return delivered.contains(name) }
      return !last.isTaken || isDeliveredAgain(name, after: last.at, ledger)
    }
    return LookRecord(at: now, waiting: waiting.sorted(), taken: news.sorted())
  }

  private func isDeliveredAgain(_ name: String, after time: Instant, _ ledger: Ledger) -> Bool {
    ledger.deliveries.contains { $0.fileName == name && $0.outcome == .delivered && $0.at.map { $0 > time } ?? false }
  }
}

extension LoadRecord {
  /// The same, except when it was asked.
  fileprivate func saysTheSame(as other: LoadRecord) -> Bool {
    var other = other
    other.at = at
    return self == other
  }
}

extension RunRecord {
  /// What identifies the feed of a run.
  fileprivate var feed: String { "\(run) \(status ?? "any")" }

  /// Sets why the feed left no account, and the exit status that the message ends with.
  fileprivate mutating func fail(_ failure: String?) {
    let text = failure ?? "the run was interrupted before it recorded this feed"
    error = text
    exitStatus = ReportedFailure(text).flatMap { $0.failure.exitStatus == 0 ? nil : $0.failure.exitStatus }
  }

  fileprivate var feedStart: String? { started.map { "\($0) \(status ?? "any")" } }

  /// When the run took place.
  var time: Instant? { started ?? at ?? Instant(directoryName: run) }

  /// Makes the record of a feed from its account.
  /// - Parameters:
  ///   - path: the account, `STATUS.ndjson`.
  ///   - run: the name of the run's directory.
  init(account path: String, of run: String) throws(StreamError) {
    let status = FilePath(path).stem.flatMap { $0 == "any" ? nil : $0 }
    self.init(run: run, status: status, outcome: .failed)
    var outcomes: [DeliveryRecord.Outcome] = []
    var failure: SummaryRecord.Failure?
    var deliveryError: String?
    try RecordReader.forEachRecord(in: path) { (record) throws(StreamError) in
      switch record.kind {
      case .feed:
        let feed = try FeedRecord(record)
        (since, until, started) = (feed.since, feed.until, feed.started)
      case .reject:
        guard let reject = try RejectRecord(record), reject.verdict == .rejected else { return }
        for code in Set(reject.reasons.map(\.code)) { reasons[code, default: 0] += 1 }
      case .delivery:
        guard let delivery = try DeliveryRecord(record) else { return }
        outcomes.append(delivery.outcome)
        if delivery.hasFile, let name = delivery.fileName { files.append(name) }
        at = delivery.at
        deliveryError = deliveryError ?? delivery.error
      case .summary:
        let summary = SummaryRecord(record)
        for (field, number) in summary.counts where Self.isCount(field, of: summary.stage) { counts[field] = number }
        if let found = summary.failure { failure = failure ?? found }
      default: break
      }
    }
    error = failure?.error ?? deliveryError
    exitStatus = failure?.exitStatus
    // A feed of several zips failed if one of them did.
    let order: [DeliveryRecord.Outcome] = [.failed, .delivered, .alreadyThere, .empty]
    outcome = order.first { outcomes.contains($0) } ?? .failed
  }

  /// Whether a count of a stage is one of the feed: several stages count the same things.
  private static func isCount(_ field: RecordField, of stage: String) -> Bool {
    switch field {
    case .people, .accepted, .rejected, .excluded, .warned: stage == StageName.validate
    case .users, .bytes: stage == StageName.pack
    default: false
    }
  }
}

extension Ledger {
  /// The deliveries of a run's feed again, by `alma-people-feed resend`, oldest first.
  package func deliveriesAgain(of run: RunRecord) -> [DeliveryRecord] {
    guard let started = run.started else { return [] }
    var names: Set<String> = []
    return deliveries.filter { delivery in
      guard delivery.again != nil, delivery.status == run.status, delivery.started == started,
        let name = delivery.fileName
      else { return false }
      // The command after an interrupted one finds the file there, and adds a delivery with the same name.
      return names.insert(name).inserted
    }
  }
}

extension WindowRecord {
  fileprivate var feedStart: String { "\(at) \(status ?? "any")" }
}

extension Instant {
  /// The time as in the name of a run's directory: `2026-11-22T004500Z`.
  fileprivate var directoryName: String { description.replacing(":", with: "") }

  /// The time in the name of a run's directory, which can have a number at its end.
  fileprivate init?(directoryName name: String) {
    let digits = Array(name.prefix(17))
    guard digits.count == 17 else { return nil }
    self.init("\(String(digits[..<13])):\(String(digits[13..<15])):\(String(digits[15...]))Z")
  }
}

extension DeliveryRecord {
  /// The file's name in the drop directory; nil if there is no file.
  package var fileName: String? {
    guard hasFile, let last = remote?.split(separator: "/").last else { return nil }
    return PercentEncoding.decoded(last) ?? String(last)
  }
}
