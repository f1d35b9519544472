public import Calendar
import JSONText
import SystemPackage

/// The memory of what was delivered: a file of delivery records, appended to.
public struct Ledger: Sendable {
  /// All records, oldest first.
  public let records: [DeliveryRecord]

  /// Reads a ledger. A file that is missing is a ledger without records. A line that was cut is ignored, also where others
  /// have been appended since.
  public init(path: String) throws(StreamError) {
    var records: [DeliveryRecord] = []
    do throws(StreamError) {
      var input = LineReader([path])
      var reader = RecordReader()
      while try input.advance(beforeWaiting: { () throws(StreamError) in }) {
        let place = input.place
        try input.withLine { (line) throws(StreamError) in
          switch reader.role(of: line) {
          case .person where Self.isCut(line): break
          case .person: throw StreamError.badRecord(place: place.description, kind: "delivery", field: "JSON object")
          case .record(.delivery):
            if let record = try reader.delivery(in: line, place: place) { records.append(record) }
          case .record: break
          }
        }
      }
    } catch {
      guard case .input(_, .noSuchFileOrDirectory) = error else { throw error }
    }
    self.records = records
  }

  /// The beginning of an object, and no more: the write of a process that died.
  private static func isCut(_ line: Span<UInt8>) -> Bool {
    line[0] == UInt8(ascii: "{") && (try? JSONValue(parsing: line)) == nil
  }

  /// The records of windows that were delivered whole, of one status.
  public func delivered(status: String?) -> [DeliveryRecord] {
    records.filter { $0.status == status && $0.outcome != .failed && !$0.isPartial }
  }

  /// The day up to which the people of a status have been delivered, or nil.
  public func lastDay(status: String?) -> Day? { delivered(status: status).compactMap(\.until).max() }
}
