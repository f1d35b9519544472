public import Calendar
import Glibc
import JSONText
import SystemPackage

/// The windows that were requested and the feeds that were delivered: a file of records that is only appended to.
public struct Ledger: Sendable {
  public enum Entry: Equatable, Sendable {
    case window(WindowRecord)
    case delivery(DeliveryRecord)
  }

  /// The windows and deliveries, oldest first.
  public let entries: [Entry]
  /// The fields that the people of delivered feeds had, oldest feed first.
  public let fields: [FieldsRecord]

  /// Reads a ledger. A missing file is an empty ledger. Cut records, and lines with zeros, which a killed writer or a
  /// power failure leaves, are skipped.
  /// - Parameter path: never standard input: `-` is a file of that name, as it is for the writer of the ledger.
  public init(path: String) throws(StreamError) {
    (entries, fields) = Self.isDevice(path) ? ([], []) : try Self.read(path == "-" ? "./-" : path)
  }

  private static func read(_ path: String) throws(StreamError) -> ([Entry], [FieldsRecord]) {
    var entries: [Entry] = []
    var fields: [FieldsRecord] = []
    do throws(StreamError) {
      var input = LineReader([path])
      var reader = RecordReader()
      while try input.advance() {
        let place = input.place
        try input.withLine { (line) throws(StreamError) in
          guard let record = reader.record(in: line.extracting(withoutZeros(line)), at: place) else {
            if hasZeros(line) || isCut(line) { return }
            throw StreamError.badLedger(place: place.description)
          }
          switch record.kind {
          case .delivery: if let delivery = try DeliveryRecord(record) { entries.append(.delivery(delivery)) }
          case .fields: fields.append(try FieldsRecord(record))
          case .window: if let window = try WindowRecord(record) { entries.append(.window(window)) }
          default: break
          }
        }
      }
    } catch {
      guard case .input(_, .noSuchFileOrDirectory) = error else { throw error }
    }
    return (entries, fields)
  }

  /// Whether the path is a device, such as /dev/null, which is an empty ledger.
  private static func isDevice(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
  }

  /// After a power failure, a file system may have zeros in place of the last append.
  private static func withoutZeros(_ line: Span<UInt8>) -> Range<Int> {
    var range = 0..<line.count
    while let last = range.last, line[last] == 0 { range.removeLast() }
    while let first = range.first, line[first] == 0 { range.removeFirst() }
    return range
  }

  private static func hasZeros(_ line: Span<UInt8>) -> Bool { line.indices.contains { line[$0] == 0 } }

  /// Whether a line is the beginning of an object: the last write of a killed process.
  private static func isCut(_ line: Span<UInt8>) -> Bool {
    do throws(JSONFault) {
      _ = try JSONValue(parsing: line)
      return false
    } catch {
      return line[0] == UInt8(ascii: "{") && error.problem == .endsEarly
    }
  }

  public var deliveries: [DeliveryRecord] {
    entries.compactMap {
      if case .delivery(let record) = $0 { record } else { nil }
    }
  }

  /// Whether a file with this digest was delivered to this place.
  public func hasDelivered(sha256: String?, to remote: String) -> Bool {
    deliveries.contains { $0.hasFile && $0.sha256 == sha256 && $0.remote == remote }
  }

  /// Whether a file with this digest was delivered to any place.
  package func hasDelivered(sha256: String) -> Bool { deliveries.contains { $0.hasFile && $0.sha256 == sha256 } }

  /// Whether a feed of any status that was fetched after this time was delivered.
  /// - Parameter digests: of files that do not count.
  public func hasDelivery(fetchedAfter started: Instant, excluding digests: Set<String> = []) -> Bool {
    deliveries.contains { $0.hasFile && ($0.fetched ?? started) > started && !digests.contains($0.sha256 ?? "") }
  }

  /// Whether the ledger has the same record, and no window of its status was requested after it.
  public func contains(_ record: DeliveryRecord) -> Bool {
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

  /// The deliveries of one status that cover their windows.
  public func delivered(status: String?) -> [DeliveryRecord] {
    deliveries.filter { $0.status == status && $0.coversDays }
  }
}

extension DeliveryRecord {
  /// Whether it covers the days of its window: it did not fail, and its feed was complete.
  var coversDays: Bool { outcome != .failed && !isPartial }

  /// Whether its file is in the drop directory, or Alma has taken it.
  public var hasFile: Bool { outcome == .delivered || outcome == .alreadyThere }

  /// When the people were fetched. Early records have only the time of the delivery.
  var fetched: Instant? { started ?? at }
}
