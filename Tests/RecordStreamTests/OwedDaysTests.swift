import Calendar
import RecordStream
import TestSupport
import Testing

/// Which days a ledger owes on 2026-11-22, at a quarter to one in UTC. `patron-stream(5)` has the definitions.
@Suite struct OwedDaysTests {
  private static func window(_ since: String, _ until: String, _ at: String, _ more: String = "") -> String {
    #"{"kind":"window","status":"E","since":"2026-\#(since)","until":"2026-\#(until)","at":"2026-\#(at)T00:45:00Z"\#(more)}"#
  }

  private static func delivery(
    _ since: String, _ until: String, _ started: String, _ more: String = "", outcome: String = "delivered"
  ) -> String {
    #"{"kind":"delivery","outcome":"\#(outcome)","status":"E","since":"2026-\#(since)","until":"2026-\#(until)","started":"2026-\#(started)T00:45:00Z"\#(more)}"#
  }

  private static func owed(_ lines: [String], status: String = "E", now: String = "2026-11-22T00:45:00Z") throws
    -> OwedDays
  {
    let directory = try TemporaryDirectory()
    let ledger = try Ledger(path: directory.write("ledger", lines.map { $0 + "\n" }.joined()))
    return OwedDays(in: ledger, status: status, now: Instant(now)!) { $0.day }
  }

  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let lines: [String]
    let owed: [String]
    var settledUntil: String?
  }

  static let cases: [Case] = [
    Case(testDescription: "a new ledger owes nothing", lines: [], owed: []),
    Case(
      testDescription: "the first night failed: its day is owed, and those since",
      lines: [window("11-19", "11-20", "11-20")], owed: ["2026-11-19..<2026-11-22"]),
    Case(
      testDescription: "every night was delivered",
      lines: [
        window("11-19", "11-20", "11-20"), delivery("11-19", "11-20", "11-20"), window("11-20", "11-22", "11-22"),
        delivery("11-19", "11-22", "11-22"),
      ], owed: [], settledUntil: "2026-11-22"),
    Case(
      testDescription: "days that nobody asked for are owed",
      lines: [window("11-10", "11-11", "11-11"), delivery("11-10", "11-11", "11-11")],
      owed: ["2026-11-11..<2026-11-22"],
      settledUntil: "2026-11-11"),
    Case(
      testDescription: "a fortnight was missed, and yesterday fetched by hand: the fortnight is owed",
      lines: [
        window("11-05", "11-06", "11-06"), delivery("11-05", "11-06", "11-06"), window("11-21", "11-22", "11-22"),
        delivery("11-21", "11-22", "11-22"),
      ], owed: ["2026-11-06..<2026-11-21"], settledUntil: "2026-11-22"),
    Case(
      testDescription: "a week asked for again by hand is owed until it is delivered after that",
      lines: [
        window("11-05", "11-06", "11-06"), delivery("11-05", "11-22", "11-22"), window("11-10", "11-17", "11-22"),
      ], owed: ["2026-11-10..<2026-11-17"], settledUntil: "2026-11-22"),
    Case(
      testDescription: "a delivery that was fetched before a request does not settle it",
      lines: [
        window("11-05", "11-06", "11-06"), delivery("11-05", "11-21", "11-21"), window("11-10", "11-17", "11-21"),
        window("11-21", "11-22", "11-22"), delivery("11-10", "11-20", "11-20"), delivery("11-21", "11-22", "11-22"),
      ], owed: ["2026-11-10..<2026-11-17"], settledUntil: "2026-11-22"),
    Case(
      testDescription: "a request is settled in parts",
      lines: [
        window("11-21", "11-22", "11-22"), window("11-01", "11-09", "11-22"), delivery("11-03", "11-05", "11-22"),
        delivery("11-21", "11-22", "11-22"),
      ], owed: ["2026-11-01..<2026-11-03", "2026-11-05..<2026-11-09"], settledUntil: "2026-11-22"),
    Case(
      testDescription: "a window by hand before the first owes only its own days",
      lines: [
        window("11-20", "11-21", "11-21"), delivery("11-20", "11-22", "11-22"), window("11-01", "11-03", "11-22"),
      ], owed: ["2026-11-01..<2026-11-03"], settledUntil: "2026-11-22"),
    Case(
      testDescription: "failed and partial deliveries cover nothing",
      lines: [
        window("11-20", "11-21", "11-21"), delivery("11-20", "11-22", "11-22", outcome: "failed"),
        delivery("11-20", "11-22", "11-22", #","partial":true"#),
      ], owed: ["2026-11-20..<2026-11-22"]),
    Case(
      testDescription: "empty and already-there cover",
      lines: [
        window("11-19", "11-20", "11-20"), delivery("11-19", "11-21", "11-21", outcome: "empty"),
        delivery("11-21", "11-22", "11-22", outcome: "already-there"),
      ], owed: [], settledUntil: "2026-11-22"),
    Case(
      testDescription: "a day that was not over when it was fetched is not covered",
      lines: [window("11-19", "11-20", "11-20"), delivery("11-19", "11-22", "11-21")],
      owed: ["2026-11-21..<2026-11-22"],
      settledUntil: "2026-11-22"),
    Case(
      testDescription: "records of the future cover nothing",
      lines: [
        window("11-20", "11-21", "11-21"), delivery("11-20", "11-21", "11-21"), window("11-21", "12-24", "12-24"),
        delivery("11-20", "12-24", "12-24"),
      ], owed: ["2026-11-21..<2026-11-22"], settledUntil: "2026-11-21"),
    Case(
      testDescription: "a window that ends next year covers up to its own day",
      lines: [window("11-20", "11-21", "11-21"), delivery("11-20", "12-31", "11-21")],
      owed: ["2026-11-21..<2026-11-22"],
      settledUntil: "2026-11-21"),
    Case(
      testDescription: "a full feed covers all days before it",
      lines: [
        window("11-01", "11-02", "11-02"),
        #"{"kind":"delivery","outcome":"delivered","status":"E","started":"2026-11-20T09:00:00Z","users":8}"#,
      ], owed: ["2026-11-20..<2026-11-22"], settledUntil: "2026-11-20"),
    Case(
      testDescription: "waived days are not owed",
      lines: [
        window("11-01", "11-02", "11-02"), window("11-01", "11-20", "11-21", #","outcome":"waived""#),
      ], owed: ["2026-11-20..<2026-11-22"], settledUntil: "2026-11-20"),
    Case(
      testDescription: "a ledger of 0.1.0: all before its last window is settled",
      lines: [
        #"{"kind":"delivery","outcome":"delivered","status":"E","since":"2026-11-01","until":"2026-11-02","at":"2026-11-02T00:45:00Z"}"#,
        #"{"kind":"delivery","outcome":"empty","status":"E","since":"2026-11-18","until":"2026-11-20","at":"2026-11-20T00:45:00Z"}"#,
        #"{"kind":"delivery","outcome":"delivered","status":"E","since":"2026-11-19","until":"2027-01-01","at":"2026-11-20T00:46:00Z"}"#,
      ], owed: ["2026-11-20..<2026-11-22"], settledUntil: "2026-11-20"),
    Case(
      testDescription: "a ledger of 0.1.0, and then a window by hand: the days between are owed",
      lines: [
        #"{"kind":"delivery","outcome":"delivered","status":"E","since":"2026-11-01","until":"2026-11-06","at":"2026-11-06T00:45:00Z"}"#,
        window("11-21", "11-22", "11-22"), delivery("11-21", "11-22", "11-22"),
      ], owed: ["2026-11-06..<2026-11-21"], settledUntil: "2026-11-22"),
    Case(
      testDescription: "the other status says nothing of this one",
      lines: [
        window("11-20", "11-21", "11-21"),
        delivery("11-20", "11-22", "11-22").replacing(#""status":"E""#, with: #""status":"I""#),
      ], owed: ["2026-11-20..<2026-11-22"]),
  ]

  @Test(arguments: cases)
  func `days are owed until they are delivered`(example: Case) throws {
    let owed = try Self.owed(example.lines)
    #expect(owed.ranges.map { "\($0.lowerBound)..<\($0.upperBound)" } == example.owed)
    #expect(owed.settledUntil?.description == example.settledUntil)
  }

  @Test func `a record of the future is told with its day`() throws {
    let lines = [Self.window("11-20", "11-21", "11-21"), Self.delivery("11-20", "12-31", "11-21")]
    #expect(try Self.owed(lines).future == Day("2026-12-31"))
    #expect(try Self.owed(lines, now: "2026-12-31T00:45:00Z").future == nil)
    #expect(
      try Self.owed([Self.window("11-20", "11-22", "11-22")], now: "2026-11-22T00:44:59Z").future == Day("2026-11-22"))
  }

  /// Random nights, failures and requests, beside a plain model: a day counts as delivered where a night that asked for
  /// it succeeded when the day was over.
  @Test(arguments: 0..<40)
  func `no day is forgotten, however nights fail`(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    var lines: [String] = []
    var first: Int?
    var covered: Set<Int> = []
    var requested: Set<Int> = []
    let start = Day("2026-01-01")!.number
    for night in start..<start + 40 where random.next() % 4 != 0 {
      let today = Day(number: night)
      let now = "\(today)T00:45:00Z"
      let owed = try Self.owed(lines, now: now)
      let expected = Set((first ?? night)..<max(night, first ?? night)).subtracting(covered).union(requested)
      #expect(Set(owed.ranges.flatMap { $0.lowerBound.number..<$0.upperBound.number }) == expected)
      let isByHand = random.next() % 5 == 0
      let since = isByHand ? night - 1 - Int(random.next() % 9) : owed.ranges.first?.lowerBound.number ?? night - 1
      let until = isByHand ? min(night, since + 1 + Int(random.next() % 4)) : night
      let days = since..<max(since, until)
      let fields = #""status":"E","since":"\#(Day(number: since))","until":"\#(Day(number: until))""#
      lines.append(#"{"kind":"window",\#(fields),"at":"\#(now)"}"#)
      first = first ?? since
      requested.formUnion(days)
      guard random.next() % 3 != 0 else { continue }
      lines.append(#"{"kind":"delivery","outcome":"delivered",\#(fields),"started":"\#(now)"}"#)
      covered.formUnion(days)
      requested.subtract(days)
    }
  }
}
