package import Calendar
import Digest

/// Who was in a message, and with which reason: a digest of both, and the day of the last message. It names nobody.
///
/// As a file it has a line for each digest: 16 hexadecimal digits, a space, and the day.
package struct ToldPeople: Sendable {
  /// A digest is forgotten if no message had it for this many days.
  package static let keptDays = 30
  /// The most recent are kept.
  private static let maxKeys = 100_000

  private var days: [UInt64: Day] = [:]

  package init() {}

  /// Reads a file. Lines that cannot be read are skipped.
  package init(_ bytes: [UInt8]) {
    for line in bytes.split(separator: 0x0A).suffix(Self.maxKeys) {
      let parts = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      guard parts.count == 2, let key = UInt64(parts[0], radix: 16), let day = Day(parts[1]) else { continue }
      days[key] = day
    }
  }

  /// The digest of a person and a reason.
  static func key(_ code: String, _ id: String) -> UInt64 {
    var digest = SHA256()
    let bytes = Array("\(code)\u{0}\(id)".utf8)
    digest.update(bytes.span)
    return UInt64(digest.finish().prefix(16), radix: 16) ?? 0
  }

  func contains(_ key: UInt64) -> Bool { days[key] != nil }

  /// Adds the people of a message, and forgets those of old messages.
  package mutating func add(_ keys: some Sequence<UInt64>, on day: Day) {
    for key in keys { days[key] = day }
    days = days.filter { day.number - $0.value.number <= Self.keptDays }
  }

  /// The file, oldest first.
  package var encoded: [UInt8] {
    let lines = days.sorted { ($0.value.number, $0.key) < ($1.value.number, $1.key) }.suffix(Self.maxKeys).map {
      key, day in
      let digits = String(key, radix: 16)
      return "\(String(repeating: "0", count: 16 - digits.count))\(digits) \(day)\n"
    }
    return Array(lines.joined().utf8)
  }
}

/// The people of a stream: who of them is new, and whom the next message need not call new.
package struct Novelty: Sendable {
  /// Enough for a feed in which most people are rejected.
  private static let maxKeys = 100_000

  /// Nil if it is not known who was told.
  private let told: ToldPeople?
  private(set) package var keys: Set<UInt64> = []

  /// - Parameter told: the people of earlier messages; nil if there was none.
  package init(_ told: ToldPeople?) { self.told = told }

  /// Whether no earlier message had a person with a reason; nil if that is not known.
  mutating func isNew(_ id: String?, _ code: String) -> Bool? {
    guard let id else { return nil }
    let key = ToldPeople.key(code, id)
    if keys.count < Self.maxKeys { keys.insert(key) }
    return told.map { !$0.contains(key) }
  }
}
