import Foundation
import TestSupport

/// What a simulated installation should know of itself, kept without its files.
struct NightModel {
  enum Event: CaseIterable {
    case good, storeAway, dropAway, tooManyRejects, killed, mailAway, machineOff
  }

  struct Feed {
    var day: Int
    var status: String
    var since: Int
    var sent: [String]
    var rejected: [String]
    /// Nil if it was delivered.
    var failure: Int32?
    var hasDocuments = false
    /// When Alma took the file: between two looks.
    var lastSeen: Int
    var takenBefore: Int?
    var isLoaded = false

    var file: String { "alma_people_\(NightModel.date(since))_\(NightModel.date(day))_\(status).xml.zip" }
  }

  static let statuses = ["E", "I"]
  private(set) var feeds: [Feed] = []
  private(set) var daysOff: [Int] = []
  /// When the drop directory was last listed, and the days of the files that waited then.
  private(set) var lastLook = (time: 0, waiting: [String: [Int]]())
  private var takenNow: Set<String> = []
  /// The exit status with which the mail failed, until it was sent.
  var unsentMail: Int32?

  /// 00:45 of a day of November 2026, which may be after its end or before its begin.
  static func time(_ day: Int, _ hour: Int = 0, _ minute: Int = 45) -> Int {
    1_795_308_300 + (day - 22) * 86_400 + hour * 3600 + (minute - 45) * 60
  }

  static func instant(_ time: Int) -> String {
    let formatter = ISO8601DateFormatter()
    return formatter.string(from: Date(timeIntervalSince1970: Double(time)))
  }

  static func date(_ day: Int) -> String { String(instant(time(day)).prefix(10)) }

  /// The last day up to which a status was delivered.
  func coveredUntil(_ status: String) -> Int? { feeds.last { $0.status == status && $0.failure == nil }?.day }

  /// The first day that the next feed of a status has: one before the first that is owed.
  func nextSince(_ status: String, on day: Int) -> Int { (coveredUntil(status) ?? day) - 1 }

  mutating func add(_ feed: Feed) { feeds.append(feed) }
  mutating func skip(_ day: Int) { daysOff.append(day) }

  /// The files in the drop directory that Alma has not taken.
  var waiting: [String] { feeds.filter { $0.failure == nil && !takenNow.contains($0.file) }.map(\.file) }

  mutating func takeAll() { takenNow.formUnion(waiting) }

  /// The drop directory is listed.
  mutating func look(at time: Int) {
    let waiting = Set(waiting)
    lastLook = (
      time, Dictionary(grouping: feeds.filter { waiting.contains($0.file) }, by: \.status).mapValues { $0.map(\.day) }
    )
    for index in feeds.indices where feeds[index].failure == nil {
      if !takenNow.contains(feeds[index].file) {
        feeds[index].lastSeen = time
      } else if feeds[index].takenBefore == nil {
        feeds[index].takenBefore = time
      }
    }
  }

  /// Alma says what it did with the files that it has taken.
  mutating func load() -> [Feed] {
    var loaded: [Feed] = []
    for index in feeds.indices where takenNow.contains(feeds[index].file) && !feeds[index].isLoaded {
      feeds[index].isLoaded = true
      loaded.append(feeds[index])
    }
    return loaded
  }

  func isLate(_ status: String, at time: Int) -> Bool {
    coveredUntil(status).map { time - Self.time($0) > 26 * 3600 } ?? true
  }

  func exitStatus(at time: Int) -> Int32 {
    if Self.statuses.contains(where: { isLate($0, at: time) }) { return 75 }
    if feeds.contains(where: { waiting.contains($0.file) && time - Self.time($0.day) > 26 * 3600 }) { return 75 }
    for status in Self.statuses {
      if let failure = feeds.last(where: { $0.status == status })?.failure { return failure }
    }
    return unsentMail ?? 0
  }

  func owed(_ status: String, on day: Int) -> [String] {
    coveredUntil(status).map { $0..<max($0, day) }?.map(Self.date) ?? []
  }

  func failedOn(_ status: String, before day: Int) -> [String] {
    feeds.filter { $0.status == status && $0.failure != nil && $0.day >= day - 14 }.map { Self.date($0.day) }
  }

  func noRun(before day: Int) -> [String] { daysOff.filter { $0 >= day - 14 && $0 < day }.map(Self.date) }

  func lastFailure() -> Feed? { feeds.last { $0.failure != nil } }
}

extension NightModel.Feed {
  /// What `history` and the page have in the column `taken by Alma`.
  var pickUp: String {
    guard failure == nil else { return "" }
    guard let takenBefore else { return "waiting" }
    return "\(clock(lastSeen)) to \(clock(takenBefore))"
  }

  /// The time, with its day if it is not that of the delivery.
  func clock(_ time: Int) -> String {
    let instant = NightModel.instant(time)
    let text = instant.dropFirst(11).prefix(5)
    return instant.hasPrefix(NightModel.date(day)) ? String(text) : "\(instant.prefix(10)) \(text)"
  }
}
