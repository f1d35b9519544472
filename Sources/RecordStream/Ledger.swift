public import Calendar
import Glibc
import JSONText
import SystemPackage

/// The memory of which days were asked for, and which were delivered: a file of records that is only appended to.
public struct Ledger: Sendable {
  public enum Entry: Equatable, Sendable {
    case window(WindowRecord)
    case delivery(DeliveryRecord)
  }

  /// All records, oldest first.
  public let entries: [Entry]

  /// Reads a ledger. A file that is missing is a ledger without records. What the death of a writer or a power cut leaves, a cut
  /// record or zeros, is passed over, also where others have been appended since.
  public init(path: String) throws(StreamError) {
    entries = Self.isDevice(path) ? [] : try Self.read(path)
  }

  private static func read(_ path: String) throws(StreamError) -> [Entry] {
    var entries: [Entry] = []
    do throws(StreamError) {
      var input = LineReader([path])
      var reader = RecordReader()
      while try input.advance(beforeWaiting: { () throws(StreamError) in }) {
        let place = input.place
        try input.withLine { (line) throws(StreamError) in
          let line = line.extracting(withoutZeros(line))
          switch reader.role(of: line) {
          case .person where line.isEmpty || isCut(line): break
          case .person: throw StreamError.badLedger(place: place.description)
          case .record(.delivery):
            if let record = try reader.delivery(in: line, place: place) { entries.append(.delivery(record)) }
          case .record(.window):
            if let record = try reader.window(in: line, place: place) { entries.append(.window(record)) }
          case .record: break
          }
        }
      }
    } catch {
      guard case .input(_, .noSuchFileOrDirectory) = error else { throw error }
    }
    return entries
  }

  /// A device, as /dev/null, remembers nothing.
  private static func isDevice(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
  }

  /// A file system may leave zeros in the place of an append that a power cut interrupted.
  private static func withoutZeros(_ line: Span<UInt8>) -> Range<Int> {
    var range = 0..<line.count
    while let last = range.last, line[last] == 0 { range.removeLast() }
    while let first = range.first, line[first] == 0 { range.removeFirst() }
    return range
  }

  /// The beginning of an object, and no more: the write of a process that died.
  private static func isCut(_ line: Span<UInt8>) -> Bool {
    line[0] == UInt8(ascii: "{") && (try? JSONValue(parsing: line)) == nil
  }

  public var deliveries: [DeliveryRecord] {
    entries.compactMap {
      if case .delivery(let record) = $0 { record } else { nil }
    }
  }

  /// A file with this digest was delivered to this place.
  public func hasDelivered(sha256: String?, to remote: String) -> Bool {
    deliveries.contains { $0.hasFile && $0.sha256 == sha256 && $0.remote == remote }
  }

  /// A feed of whichever status was delivered that was fetched later than this.
  public func hasDelivery(fetchedAfter started: Instant) -> Bool {
    deliveries.contains { $0.hasFile && ($0.fetched ?? started) > started }
  }

  /// It says this already, and nothing was asked for since: the record would be a repetition.
  public func says(_ record: DeliveryRecord) -> Bool {
    for entry in entries.reversed() {
      switch entry {
      case .window(let window) where window.status == record.status: return false
      case .delivery(let earlier)
      where earlier.status == record.status && earlier.since == record.since && earlier.until == record.until
        && earlier.started == record.started && earlier.sha256 == record.sha256 && earlier.remote == record.remote
        && earlier.outcome != .failed && earlier.isPartial == record.isPartial:
        return true
      default: continue
      }
    }
    return false
  }

  /// The records of windows that were delivered whole, of one status.
  public func delivered(status: String?) -> [DeliveryRecord] {
    deliveries.filter { $0.status == status && $0.isCounting }
  }
}

extension DeliveryRecord {
  /// It settles the days of its window: whatever its outcome, nobody of them is still to be sent.
  public var isCounting: Bool { outcome != .failed && !isPartial }

  /// A file of it is in the drop directory, or was taken from there.
  var hasFile: Bool { outcome == .delivered || outcome == .alreadyThere }

  /// When the people were asked for. Records of version 0.1.0 say only when they were delivered.
  var fetched: Instant? { started ?? at }
}
