import Calendar
import RecordStream
import Stage
import StageErrors
import TestSupport
import Testing

@testable import ZipArchive

@Suite struct SizeGuardTests {
  let directory: TemporaryDirectory
  let quiet = Diagnostics(program: "test")

  init() throws { directory = try TemporaryDirectory() }

  /// A delivery of a window of some days, or of none.
  func delivery(
    _ users: Int, days: Int? = 1, status: String? = "E", outcome: String = "delivered", more: String = ""
  ) -> String {
    let status = status.map { #""status":"\#($0)","# } ?? ""
    let first = Day("2026-11-01")!
    let window = days.map { #""since":"\#(first)","until":"\#(first.adding(days: $0))","# } ?? ""
    return #"{"kind":"delivery","outcome":"\#(outcome)",\#(status)\#(window)"users":\#(users)\#(more)}"#
  }

  func feed(days: Int = 1, status: String? = "E") -> FeedRecord {
    let since = Day("2026-11-21")!
    return FeedRecord(status: status, since: since, until: since.adding(days: days), source: nil, started: nil)
  }

  func comparison(_ lines: [String], percent: Double) throws -> LedgerComparison {
    let path = try directory.write("ledger", lines.map { $0 + "\n" }.joined())
    return LedgerComparison(try Ledger(path: path), percent: percent)
  }

  enum Verdict { case inside, outside, notMade }

  func verdict(_ users: Int, _ lines: [String], percent: Double = 50, feed: FeedRecord? = nil) throws -> Verdict {
    switch try comparison(lines, percent: percent).verdict(on: users, of: feed ?? self.feed()) {
    case .inside: .inside
    case .outside: .outside
    case .notMade: .notMade
    }
  }

  @Test(arguments: [
    (50, Verdict.inside), (49, .outside), (100, .inside), (150, .inside), (151, .outside), (0, .outside),
  ])
  func `a feed may differ by so many percent of the median, either way`(users: Int, expected: Verdict) throws {
    #expect(try verdict(users, [90, 300, 100, 1, 110].map { delivery($0) }) == expected)
  }

  @Test func `the median of an even number of feeds is between the middle two`() throws {
    let lines = [10, 20, 30, 50, 60, 70].map { delivery($0) }
    #expect(try verdict(40, lines, percent: 0) == .inside)
    #expect(try verdict(41, lines, percent: 2) == .outside)
  }

  @Test func `feeds are compared by users per day`() throws {
    // A window that ends on its first day counts as a day.
    let lines = [(700, 7), (100, 1), (200, 2), (100, 0), (300, 3)].map { delivery($0, days: $1) }
    #expect(try verdict(100, lines, percent: 0) == .inside)
    #expect(try verdict(100, lines, percent: 0, feed: feed(days: 0)) == .inside)
    #expect(try verdict(500, lines, percent: 0, feed: feed(days: 5)) == .inside)
    #expect(try verdict(500, lines, percent: 300) == .outside)
  }

  @Test func `a feed of several zips is one feed, and one that was delivered again counts once`() throws {
    let lines = (1...5).flatMap { number -> [String] in
      let started = #","started":"2026-11-0\#(number)T00:45:00Z""#
      let zips = ["aa", "bb", "bb"].map { #"\#(started),"sha256":"\#($0)""# }
      let again = #","remote":"file:///drop/x_again1.xml.zip""#
      return [
        delivery(60, more: zips[0]), delivery(40, more: zips[1]), delivery(40, outcome: "already-there", more: zips[2]),
      ]
        + [delivery(60, more: zips[0] + again)]
    }
    #expect(try verdict(100, lines, percent: 0) == .inside)
    #expect(try verdict(100, Array(lines.dropLast(4)), percent: 0) == .notMade)
  }

  @Test func `full feeds are compared with full feeds by their users`() throws {
    let full = FeedRecord(status: nil, since: nil, until: nil, source: nil, started: nil)
    let past = (0..<5).map { _ in #"{"kind":"delivery","outcome":"delivered","users":1000,"at":"2026-11-21T00:00:00Z"}"#
    }
    let others = (0..<5).map { _ in delivery(10, status: nil) }
    #expect(try verdict(900, past + others, percent: 10, feed: full) == .inside)
    #expect(try verdict(899, past + others, percent: 10, feed: full) == .outside)
    #expect(try verdict(10, past + others, percent: 10, feed: feed(status: nil)) == .inside)
    #expect(try verdict(1, others, percent: 10, feed: full) == .notMade)
  }

  @Test func `with fewer than five feeds there is no comparison`() throws {
    #expect(try verdict(1, []) == .notMade)
    #expect(try verdict(1, Array(repeating: delivery(100), count: 4)) == .notMade)
    #expect(try verdict(1, Array(repeating: delivery(100), count: 5)) == .outside)
  }

  @Test func `only the last fourteen feeds count`() throws {
    let lines = Array(repeating: delivery(1000), count: 20) + Array(repeating: delivery(10), count: 8)
    #expect(try verdict(10, lines, percent: 0) == .inside)
    // Seven of 1000 and seven of 10.
    #expect(try verdict(505, lines.dropLast(), percent: 0) == .inside)
  }

  @Test func `what is empty, partial, failed, of another status or without a window does not count`() throws {
    let others = [
      delivery(0, outcome: "empty"), delivery(9000, more: #","partial":true"#), delivery(9000, outcome: "failed"),
      delivery(9000, status: "I"), delivery(9000, status: nil), delivery(9000, days: nil), #"{"kind":"mail"}"#,
    ]
    #expect(try verdict(1, others + others + Array(repeating: delivery(100), count: 4)) == .notMade)
    let lines = others + Array(repeating: delivery(100, outcome: "already-there"), count: 5) + others + others
    #expect(try verdict(100, lines, percent: 0) == .inside)
  }

  @Test func `a feed without status is compared with such, and one without a window with none`() throws {
    let lines = Array(repeating: delivery(100, status: nil), count: 5)
    #expect(try verdict(1, lines, feed: feed(status: nil)) == .outside)
    #expect(try verdict(1, lines) == .notMade)
    let none = FeedRecord(status: nil, since: nil, until: nil, source: nil, started: nil)
    #expect(try verdict(1, lines, feed: none) == .notMade)
  }

  @Test func `a ledger with a line that was cut, and ended since, is read`() throws {
    let good = Array(repeating: delivery(100), count: 3)
    #expect(try verdict(1, good + [#"{"kind":"deliv"#] + good) == .outside)
    #expect(throws: StreamError.self) { try verdict(1, ["<users/>"]) }
    #expect(throws: StreamError.self) { try verdict(1, [#"{"EMPLID":"1"}"#] + good) }
  }

  @Test func `the message has the numbers, and what to do`() throws {
    let sizeGuard = SizeGuard(comparison: try comparison([90, 300, 100, 1, 110].map { delivery($0) }, percent: 12.5))
    let error = #expect(throws: ZipError.self) { try sizeGuard.check(users: 41, of: feed(days: 2), quiet) }
    #expect(error?.exitStatus == .badData)
    for text in ["41 users", "2 days", "20.5 a day", "last 5 feeds", "100 a day", "--max-change 12.5", "--force"] {
      #expect(error?.description.contains(text) == true, "\(text)")
    }
  }

  @Test(arguments: [(0, true), (9, true), (10, false), (20, false), (21, true)])
  func `limits are inclusive, and force lifts them`(users: Int, isHeldBack: Bool) throws {
    let judge = { (isForced: Bool) in
      try SizeGuard(minUsers: 10, maxUsers: 20, isForced: isForced).check(users: users, of: nil, quiet)
    }
    #expect((try? judge(false)) == nil ? isHeldBack : !isHeldBack)
    try judge(true)
  }
}
