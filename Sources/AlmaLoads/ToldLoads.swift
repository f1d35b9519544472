import Calendar
import Files
import JSONText
import RecordStream

/// The file of loads that were told: `load` records, so that a delivery is not asked for again.
struct ToldLoads: ~Copyable {
  private let log: AppendLog
  private let keys: Set<String>

  /// Opens the file, or creates it, and locks it for the lifetime of this value.
  init(_ path: String) throws {
    let log = try AppendLog(path, keepsLock: true)
    var keys: Set<String> = []
    // Cut lines and other records are skipped.
    for line in try log.contents(limit: 64 << 20).split(separator: 0x0A) {
      guard let record = try? JSONValue(parsing: Array(line).span), record["kind"]?.string == "load" else { continue }
      for delivery in record["deliveries"]?.array ?? [] {
        let words = ["sha256", "status", "since", "until"].map { delivery[$0]?.string ?? "" }
        keys.insert(Self.key(words, delivery["users"]?.integer, again: delivery["again"]?.integer))
      }
    }
    self.keys = keys
    self.log = log
  }

  /// What Alma did with this delivery was told.
  func has(_ delivery: DeliveryRecord) -> Bool { keys.contains(Self.key(of: delivery)) }

  func add(_ loads: [LoadRecord]) throws(FileError) { try log.append(loads.map { $0.encoded() }) }

  /// What identifies a delivery: the digest of its zip, or else its window and number, and the number of a delivery
  /// again.
  static func key(of delivery: DeliveryRecord) -> String {
    let window = [delivery.since, delivery.until].map { $0?.description ?? "" }
    return key([delivery.sha256 ?? "", delivery.status ?? ""] + window, delivery.users, again: delivery.again)
  }

  private static func key(_ words: [String], _ users: Int?, again: Int?) -> String {
    let key = words[0].isEmpty ? "\(words.dropFirst().joined(separator: " ")) \(users ?? -1)" : words[0]
    return again.map { "\(key) again\($0)" } ?? key
  }
}
