import Calendar
import PeopleSoft
import StageSupport
import Testing

@Suite(.serialized) struct FeedWindowTests {
  static let today = Day("2026-11-22")!

  @Test func `without days, the window is yesterday and today`() throws {
    let window = try FeedWindow(today: Self.today)
    #expect("\(window.since) \(window.until)" == "2026-11-21 2026-11-22")
  }

  @Test func `a window may be one day, but not end before it begins`() throws {
    #expect(try FeedWindow(since: Self.today, today: Self.today).since == Self.today)
    let error = #expect(throws: SettingError.self) {
      try FeedWindow(since: Day("2026-11-23"), today: Self.today)
    }
    #expect(error?.exitStatus == .usage)
  }

  /// The last window's end, the overlap, and the day on which the next begins.
  @Test(arguments: [
    ("2026-11-21", 1, "2026-11-20"), ("2026-11-21", 0, "2026-11-21"), ("2026-11-22", 1, "2026-11-21"),
    ("2026-11-18", 3, "2026-11-15"), ("2026-09-23", 1, "2026-09-22"), (nil, 1, "2026-11-21"), (nil, 5, "2026-11-21"),
  ])
  func `nights that were missed are caught up`(last: String?, overlap: Int, since: String) throws {
    let window = try FeedWindow.catchingUp(
      after: last.flatMap { Day($0) }, until: nil, overlap: overlap, most: 60, today: Self.today)
    #expect(window.since.description == since)
    #expect(window.until == Self.today)
  }

  @Test func `a gap that is too long is refused, with the command that takes it`() {
    let error = #expect(throws: PeopleSoftError.self) {
      try FeedWindow.catchingUp(after: Day("2026-09-22"), until: nil, overlap: 1, most: 60, today: Self.today)
    }
    #expect(error?.exitStatus == .badData)
    #expect(error?.description.contains("61 days ago") == true)
    #expect(error?.description.contains("--since 2026-09-21 --until 2026-11-22") == true)
  }

  /// A moment, and the day that it is in New York, around both changes of daylight saving time.
  @Test(arguments: [
    ("2026-11-22T00:45:00Z", "2026-11-21"), ("2026-11-22T04:59:59Z", "2026-11-21"),
    ("2026-11-22T05:00:00Z", "2026-11-22"),
    ("2026-11-01T03:59:59Z", "2026-10-31"), ("2026-11-01T04:00:00Z", "2026-11-01"),
    ("2026-11-02T04:59:59Z", "2026-11-01"), ("2026-11-02T05:00:00Z", "2026-11-02"),
    ("2026-03-08T04:59:59Z", "2026-03-07"), ("2026-03-08T05:00:00Z", "2026-03-08"),
    ("2026-03-09T03:59:59Z", "2026-03-08"), ("2026-03-09T04:00:00Z", "2026-03-09"),
  ])
  func `days are those of the store's time zone`(moment: String, day: String) throws {
    #expect(try StoreTimeZone("America/New_York").day(of: Instant(moment)!).description == day)
  }

  @Test(arguments: ["EST5EDT,M3.2.0,M11.1.0", "<-05>5", ":America/New_York", "EST5"])
  func `a time zone may be given in each of the forms that TZ has`(zone: String) throws {
    #expect(try StoreTimeZone(zone).day(of: Instant("2026-11-22T00:45:00Z")!).description == "2026-11-21")
  }

  @Test(arguments: ["America/Nowhere", "New York", "../etc/passwd"])
  func `a time zone that nobody knows is refused, not taken for UTC`(zone: String) {
    #expect(throws: SettingError.self) { try StoreTimeZone(zone) }
  }
}
