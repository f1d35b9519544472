package import Calendar
package import RecordStream
package import Stage
import StageErrors

extension DropTarget {
  /// Writes a record for each file in the drop directory that is not hidden, sorted by name.
  /// - Parameters:
  ///   - showsAll: false to write only the zips that have waited too long, or whose time is unknown.
  ///   - handledSuffix: what Alma adds to the names of the files that it has taken.
  ///   - limit: how long a zip may wait; nil for no limit.
  /// - Throws: after all records, `TransferError` if a zip has waited longer than the limit, or its time is unknown.
  package func list(
    showsAll: Bool, handledSuffix: String, unhandledFor limit: WaitingTime?, clock: Clock, _ output: inout LineWriter
  ) throws {
    let now = clock.now
    let files = try withDirectory { directory in try directory.entries { !$0.hasPrefix(".") } }
      .sorted { $0.name < $1.name }
      .map { entry in
        DropRecord(
          name: entry.name, bytes: entry.bytes, modified: entry.modified.map(Instant.init(seconds:)),
          isHandled: entry.name.hasSuffix(handledSuffix), ageSeconds: entry.age(now: now.seconds))
      }
    let suspects = files.filter { Self.isSuspect($0, limit) }
    for file in showsAll ? files : suspects { try output.write(line: file.encoded().span) }
    guard let limit else { return }
    let late = suspects.filter { $0.ageSeconds != nil }
    if let oldest = late.max(by: { ($0.ageSeconds ?? 0) < ($1.ageSeconds ?? 0) }), let modified = oldest.modified {
      let count = late.count == 1 ? "a feed has waited" : "\(late.count) feeds have waited"
      throw TransferError.other(
        "\(location): \(count) for more than \(limit), the oldest since \(modified): \(oldest.name); "
          + "was it taken? Look at the job in Alma", .temporary)
    }
    guard let file = suspects.first else { return }
    throw TransferError.other(
      "\(location.url(of: file.name)): the server does not say when the file was written, so how long it has waited is "
        + "unknown; look at the job in Alma", .refused)
  }

  /// Whether a file is a zip that Alma has not taken within the limit, or whose age is unknown. Alma takes only zips.
  private static func isSuspect(_ file: DropRecord, _ limit: WaitingTime?) -> Bool {
    guard let limit, !file.isHandled, file.name.lowercased().hasSuffix(".zip") else { return false }
    return file.ageSeconds.map { $0 > limit.seconds } ?? true
  }
}
