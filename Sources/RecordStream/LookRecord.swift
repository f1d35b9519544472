package import Calendar
import JSONText

/// A record of the history: which files were in the drop directory when it was listed.
package struct LookRecord: Equatable, Sendable {
  package var at: Instant
  /// The names of files that wait for Alma.
  package var waiting: [String]
  /// The names of files that Alma has taken since an earlier look, without the suffix that says so.
  package var taken: [String]

  package init(at: Instant, waiting: [String], taken: [String]) {
    self.at = at
    self.waiting = waiting
    self.taken = taken
  }

  package func encoded() -> [UInt8] {
    Record.encoded(.look) { writer in
      writer.string(at, .at)
      writer.strings(waiting, .waiting)
      writer.strings(taken, .taken)
    }
  }

  /// Reads a look; nil if it has no time.
  package init?(_ record: Record) {
    guard let at = record.instant(.at) else { return nil }
    self.init(
      at: at, waiting: record.list(.waiting).compactMap(\.string), taken: record.list(.taken).compactMap(\.string))
  }
}
