import Calendar
import PeopleSoft
import RecordStream
import Stage
import StageErrors
import TestSupport
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

  @Test func `a window does not end after today`() {
    let error = #expect(throws: SettingError.self) { try FeedWindow(until: Day("2026-11-23"), today: Self.today) }
    #expect(error?.exitStatus == .usage)
  }

  private static func plan(
    _ ledger: String, since: String? = nil, until: String? = nil, overlap: Int = 1, maxCatchUp: Int = 60
  ) throws -> FeedPlan {
    let directory = try TemporaryDirectory()
    let owed = OwedDays(
      in: try Ledger(path: directory.write("ledger", ledger)), status: "E", now: Instant("2026-11-22T00:45:00Z")!
    ) { $0.day }
    return try FeedPlan(
      owed, since: since.flatMap { Day($0) }, until: until.flatMap { Day($0) }, overlap: overlap,
      maxCatchUp: maxCatchUp,
      today: today)
  }

  /// A ledger in which all days before this one were delivered on it.
  private static func delivered(_ until: String) -> String {
    let fields = #""status":"E","since":"2026-01-01","until":"\#(until)""#
    return #"{"kind":"window",\#(fields),"at":"\#(until)T00:45:00Z"}"# + "\n"
      + #"{"kind":"delivery","outcome":"delivered",\#(fields),"started":"\#(until)T00:45:00Z"}"# + "\n"
  }

  /// The day up to which all was delivered, the overlap, and the day on which the next window begins.
  @Test(arguments: [
    ("2026-11-21", 1, "2026-11-20"), ("2026-11-21", 0, "2026-11-21"), ("2026-11-22", 1, "2026-11-21"),
    ("2026-11-18", 3, "2026-11-15"), ("2026-09-23", 1, "2026-09-23"), ("2026-09-24", 1, "2026-09-23"),
    (nil, 1, "2026-11-21"), (nil, 5, "2026-11-21"),
  ])
  func `nights that were missed are caught up`(last: String?, overlap: Int, since: String) throws {
    let plan = try Self.plan(last.map(Self.delivered) ?? "", overlap: overlap)
    #expect(plan.window.since.description == since)
    #expect(plan.window.until == Self.today)
    #expect(plan.isDue == (last != "2026-11-22"))
    #expect(plan.unreachable.isEmpty)
  }

  @Test func `the overlap is in the request and not in the ledger`() throws {
    #expect(try Self.plan(Self.delivered("2026-11-20")).recorded.since == Day("2026-11-20"))
  }

  @Test func `days that are owed for too long are named, and the others fetched`() throws {
    let plan = try Self.plan(Self.delivered("2026-09-20"))
    #expect(plan.window.since == Day("2026-09-23") && plan.isDue)
    #expect(plan.unreachable == [Day("2026-09-20")!..<Day("2026-09-23")!])
  }

  @Test func `days that are given win over the ledger`() throws {
    let plan = try Self.plan(Self.delivered("2026-11-22"), since: "2026-11-10", until: "2026-11-12")
    #expect(plan.window == plan.recorded && plan.isDue)
    #expect("\(plan.window.since) \(plan.window.until)" == "2026-11-10 2026-11-12")
  }

  @Test func `an end that is given alone bounds what is owed`() throws {
    #expect(try Self.plan(Self.delivered("2026-11-15"), until: "2026-11-18").recorded.since == Day("2026-11-15"))
    #expect(try Self.plan("", until: "2026-11-18").window.since == Day("2026-11-17"))
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
    #expect(try StoreTimeZone.set("America/New_York").day(of: Instant(moment)!).description == day)
  }

  @Test(arguments: ["EST5EDT,M3.2.0,M11.1.0", "<-05>5", ":America/New_York", "EST5"])
  func `a time zone may be given in each of the forms that TZ has`(zone: String) throws {
    #expect(try StoreTimeZone.set(zone).day(of: Instant("2026-11-22T00:45:00Z")!).description == "2026-11-21")
  }

  @Test(arguments: ["America/Nowhere", "New York", "../etc/passwd"])
  func `a time zone that nobody knows is refused, not taken for UTC`(zone: String) {
    #expect(throws: SettingError.self) { try StoreTimeZone.set(zone) }
  }
}
