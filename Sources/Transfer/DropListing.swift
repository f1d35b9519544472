import Calendar
public import RecordStream
public import Stage

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
  /// - Throws: at the end, where a feed has waited longer, or the server does not tell how long.
  public func run(showsAll: Bool, unhandledFor longest: WaitingTime?, _ output: inout LineWriter) throws {
    let files = try records()
    let suspects = files.filter { isSuspect($0, longest) }
    for file in showsAll ? files : suspects { try output.write(line: file.encoded().span) }
    guard let longest else { return }
    let late = suspects.filter { $0.ageSeconds != nil }
    if let oldest = late.max(by: { ($0.ageSeconds ?? 0) < ($1.ageSeconds ?? 0) }), let modified = oldest.modified {
      let count = late.count == 1 ? "a feed waits" : "\(late.count) feeds wait"
      throw TransferError.waitingTooLong(
        "\(target.location): \(count) there for more than \(longest), the oldest since \(modified): \(oldest.name)")
    }
    if let file = suspects.first { throw TransferError.unknownAge(target.location.url(of: file.name)) }
  }

  private func records() throws -> [DropRecord] {
    let now = clock.now
    let entries = try target.withDirectory { directory in try directory.entries { !$0.hasPrefix(".") } }
    return entries.sorted { $0.name < $1.name }.map { entry in
      DropRecord(
        name: entry.name, bytes: entry.bytes, modified: entry.modified.map(Instant.init(seconds:)),
        isHandled: entry.name.hasSuffix(handledSuffix), ageSeconds: entry.age(now: now.seconds))
    }
  }

  /// A zip that Alma has not taken in its time, or of which that cannot be told. Files of other kinds are none of Alma's business.
  private func isSuspect(_ file: DropRecord, _ longest: WaitingTime?) -> Bool {
    guard let longest, !file.isHandled, file.name.lowercased().hasSuffix(".zip") else { return false }
    return file.ageSeconds.map { $0 > longest.seconds } ?? true
  }
}
