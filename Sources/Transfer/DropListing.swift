import Calendar
public import RecordStream
public import StageSupport

/// Shows what lies in the drop directory, and tells whether Alma takes what it should.
public struct DropListing {
  private let target: DropTarget
  private let handledSuffix: String
  private let clock: Clock

  public init(of target: DropTarget, handledSuffix: String, clock: Clock) {
    self.target = target
    self.handledSuffix = handledSuffix
    self.clock = clock
  }

  /// Writes a record for each file, in the order of their names.
  /// - Parameters:
  ///   - showsAll: also what was taken, or does not wait too long.
  ///   - longest: how long a feed may wait; nil for ever.
  /// - Throws: at the end, where a feed has waited longer.
  public func run(showsAll: Bool, unhandledFor longest: WaitingTime?, _ output: inout LineWriter) throws {
    let files = try records()
    let late = files.filter { isLate($0, longest) }
    for file in showsAll ? files : late { try output.write(line: file.encoded().span) }
    guard let longest, let oldest = late.max(by: { $0.ageSeconds < $1.ageSeconds }) else { return }
    let count = late.count == 1 ? "a feed waits" : "\(late.count) feeds wait"
    throw TransferError.waitingTooLong(
      "\(target.location): \(count) there for more than \(longest), the oldest since \(oldest.modified): \(oldest.name)"
    )
  }

  private func records() throws -> [DropRecord] {
    let now = clock.now
    let entries = try target.withDirectory { directory in
      guard let entries = try directory.entries() else { throw TransferError.unlistable(target.location.description) }
      return entries
    }
    return entries.filter { !$0.name.hasPrefix(".") }.sorted { $0.name < $1.name }.map { entry in
      DropRecord(
        name: entry.name, bytes: entry.bytes, modified: Instant(seconds: entry.modified),
        isHandled: entry.name.hasSuffix(handledSuffix), ageSeconds: max(0, now.seconds - entry.modified))
    }
  }

  /// A zip that Alma has not taken in its time. Files of other kinds are none of Alma's business.
  private func isLate(_ file: DropRecord, _ longest: WaitingTime?) -> Bool {
    guard let longest, !file.isHandled, file.name.lowercased().hasSuffix(".zip") else { return false }
    return file.ageSeconds > longest.seconds
  }
}
