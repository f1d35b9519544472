import Files
import JSONText
import RecordStream

/// The file of loads that were reported: `load` records, so that no delivery is asked about again.
struct ReportedLoads: ~Copyable {
  private let log: AppendLog
  private var keys: Set<String> = []

  /// Opens the file, or creates it, and locks it for the lifetime of this value.
  init(_ path: String) throws {
    let log = try AppendLog(path, keepsLock: true)
    // Cut lines and other records are skipped.
    for line in try log.contents(limit: 64 << 20).split(separator: 0x0A) {
      guard let record = try? JSONValue(parsing: Array(line).span),
        record[RecordField.kind.rawValue]?.string == RecordKind.load.rawValue
      else { continue }
      let deliveries = record[RecordField.deliveries.rawValue]?.array ?? []
      keys.formUnion(deliveries.map { LoadRecord.Delivery($0).key })
    }
    self.log = log
  }

  /// Whether what Alma did with this delivery was reported.
  func has(_ delivery: DeliveryRecord) -> Bool { keys.contains(LoadRecord.Delivery(delivery).key) }

  func add(_ loads: [LoadRecord]) throws(FileError) { try log.append(loads.map { $0.encoded() }) }
}
