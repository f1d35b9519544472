import Calendar
package import RecordStream
import Stage
package import StageErrors

/// Delivers the zips of feeds again, under new names, after they were delivered once. The input has the streams of
/// these feeds.
///
/// It can be killed at any point and run again with the same input and number: what was delivered by then is found in
/// the drop directory or in the ledger.
package struct ResendStage: StreamStage {
  package static var readsSeveralFeeds: Bool { true }

  private struct Feed {
    var account = StreamAccount()
    var zips: [FileRecord] = []
    /// The feed line and the records of the zips. Other records are in the account of the first delivery.
    var lines: [[UInt8]] = []

    var digests: [String] { zips.compactMap { $0.sha256?.lowercased() } }
    var started: Instant { account.feed?.started ?? Instant(seconds: 0) }
  }

  private var options: PushStage.Options
  private let onlyChecks: Bool
  private let makePush: (PushStage.Options) -> PushStage
  private let open: () throws -> DropTarget
  private var feed = Feed()
  private var feeds: [Feed] = []
  /// The deliveries of the feeds so far; the last one may have failed.
  private var pushes: [PushStage] = []

  /// - Parameters:
  ///   - number: the number in the new names, from 1.
  ///   - onlyChecks: false to deliver; true to deliver nothing, and throw if the zips must not be delivered again.
  ///   - open: reads the secrets.
  package init(
    number: Int, onlyChecks: Bool, _ options: PushStage.Options, open: @escaping () throws -> DropTarget,
    makePush: @escaping (PushStage.Options) -> PushStage
  ) {
    self.options = options
    self.options.again = number
    self.options.yieldsToLater = true
    self.onlyChecks = onlyChecks
    self.makePush = makePush
    self.open = open
  }

  package var counts: [(RecordField, Int)] { PushStage.counts(of: pushes.flatMap(\.outcomes)) }

  package var needsAnotherRun: Bool { pushes.contains(where: \.needsAnotherRun) }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .feed || record.kind == .file { feed.lines.append(record.line) }
    if record.kind == .file, let file = try FileRecord(record), file.format == .zip { feed.zips.append(file) }
  }

  package mutating func endSection(_ account: StreamAccount) {
    feed.account = account
    feeds.append(feed)
    feed = Feed()
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    endSection(account)
    let ledger = try Ledger(path: options.ledger ?? "/dev/null")
    feeds = feeds.filter { !$0.digests.isEmpty && $0.digests.allSatisfy(ledger.hasDelivered(sha256:)) }
      .sorted { $0.started < $1.started }
    guard !feeds.isEmpty else {
      throw TransferError.other("none of these feeds was delivered, so there is nothing to deliver again", .badData)
    }
    options.alongside = Set(feeds.flatMap(\.digests))
    if onlyChecks { return try check(ledger) }
    for feed in feeds {
      for line in feed.lines { try output.write(line: line.span) }
      var push = makePush(options)
      for zip in feed.zips { push.take(zip) }
      defer { pushes.append(push) }
      try push.finish(feed.account, &output)
    }
  }

  package mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {
    guard !pushes.isEmpty else { return }
    try pushes[pushes.count - 1].fail(error, feeds[pushes.count - 1].account, &output)
  }

  /// Throws if a stream is incomplete, if a feed that was fetched later was delivered, if a zip is missing or changed,
  /// or if its first delivery waits for Alma.
  private func check(_ ledger: Ledger) throws {
    for feed in feeds {
      guard let objection = DeliveryCheck(account: feed.account, zips: feed.zips).objection else { continue }
      throw TransferError.other("\(objection); nothing is delivered again", .badData)
    }
    for feed in feeds where ledger.hasDelivery(fetchedAfter: feed.started, excluding: options.alongside) {
      throw TransferError.laterThanResent(feed.account.feed)
    }
    let records = feeds.flatMap(\.zips)
    let zips = try records.map { try ReadyZip($0) }
    let target = try open()
    try target.withDirectory { directory in
      for zip in zips {
        for number in 0..<(options.again ?? 1) {
          let name = ReadyZip.name(of: zip.path, again: number == 0 ? nil : number) ?? zip.name
          guard let entry = try directory.entry(name), entry.bytes == nil || entry.bytes == zip.bytes else { continue }
          throw TransferError.other(
            "\(target.location.url(of: name)): Alma has not taken this file yet, so it is not delivered again; "
              + "look at the job in Alma", .badData)
        }
      }
    }
  }
}
