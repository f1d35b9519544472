import Calendar
import Foundation
import RecordStream
import TestSupport
import Testing

/// The page of `alma-people-feed report`, as a browser shows it.
@Suite(.serialized) struct NightPageTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Sixty nights up to 22 November 2026, of which some were missed and some failed.
  private func writeHistory(hostile: String? = nil) throws {
    var random = SplitMix(seed: 60)
    var lines: [[UInt8]] = []
    var ledger: [[UInt8]] = []
    let last = try #require(Day("2026-11-22"))
    for number in (last.number - 59)...last.number where ![12, 13, 40].contains(last.number - number) {
      let day = Day(number: number), at = Instant(seconds: number * 86_400 + 2700)
      for status in ["E", "I"] {
        let isFailed = last.number - number == 25 || (last.number - number == 7 && status == "E")
        var run = RunRecord(run: "\(day)T004500Z", status: status, outcome: isFailed ? .failed : .delivered)
        (run.since, run.until, run.started) = (day.adding(days: -1), day, at)
        run.at = Instant(seconds: at.seconds + 73)
        if isFailed {
          run.error =
            hostile ?? "feed-push: sftp://lib-sftp.example.edu: no connection within 30 seconds (tried 5 times)"
          run.exitStatus = 75
        } else {
          let people =
            status == "E" ? Int.random(in: 310...820, using: &random) : Int.random(in: 4...60, using: &random)
          let codes = [("no_expiration_date", 24), ("duplicate_identifier", 9), (hostile ?? "invalid_date", 4)]
          run.reasons = Dictionary(
            uniqueKeysWithValues: codes.map { ($0.0, Int.random(in: 0...(status == "E" ? $0.1 : 2), using: &random)) })
          let rejected = run.reasons.values.reduce(0, +)
          run.counts = [.people: people + rejected, .accepted: people, .rejected: rejected, .users: people]
          run.files = ["alma_people_\(day.adding(days: -1))_\(day)_\(status).xml.zip"]
        }
        lines.append(run.encoded())
        if isFailed { continue }
        lines.append(LookRecord(at: Instant(seconds: at.seconds + 3600), waiting: run.files, taken: []).encoded())
        lines.append(LookRecord(at: Instant(seconds: at.seconds + 7200), waiting: [], taken: run.files).encoded())
        let delivery = DeliveryRecord(
          outcome: .delivered, status: status, since: run.since, until: run.until, started: run.started,
          users: run.counts[.users], at: run.at)
        ledger.append(delivery.encoded())
        var load = LoadRecord(.loaded, of: [delivery], at: Instant(seconds: at.seconds + 36_000))
        load.counts = [.processed: run.counts[.users] ?? 0, .created: 3, .rejected: 1]
        lines.append(load.encoded())
      }
    }
    for (name, lines) in [("history.ndjson", lines), ("ledger.ndjson", ledger)] {
      try directory.write(name, lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined())
    }
  }

  private func page(_ arguments: [String] = []) throws -> String {
    let outcome = try Executable("feed-report").run(
      ["report", "--state", directory.url.path, "--statuses", "E I"] + arguments,
      environment: ["SOURCE_DATE_EPOCH": "1795322700"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.text
  }

  @Test func `the page has each night, and marks those that were missed or failed`() throws {
    try writeHistory()
    let page = try page()
    #expect(page.contains("2026-09-24 to 2026-11-22, days and times in UTC. Made 2026-11-22 04:45 UTC."))
    #expect(page.matches(of: /<title>2026-11-(09|10): no run<\/title>/).count == 4)
    #expect(page.contains("3 nights without a run") && page.contains("<title>2026-11-15: failed</title>"))
    #expect(page.matches(of: /<rect class="missed"/).count == 6 && page.matches(of: /<rect class="failed"/).count == 3)
    #expect(page.matches(of: /<tr><td>/).count == 114 && page.matches(of: /01:45 to 02:45/).count == 111)
    #expect(
      page.contains("sftp://lib-sftp.example.edu: no connection within 30 seconds (tried 5 times) (exit status 75)"))
    #expect(
      page.contains("loaded: 3 created, 1 rejected") == false
        && page.matches(of: /loaded: \d+ processed, 3 created/).count == 111)
    let days = try self.page(["--since", "2026-11-15", "--until", "2026-11-17"])
    #expect(days.contains("2026-11-15 to 2026-11-16, days") && days.matches(of: /<tr><td>/).count == 4)
  }

  @Test func `an installation without a run has a page`() throws {
    let page = try page()
    #expect(page.contains("There was no run in these days.") && page.contains("<b>LATE</b>"))
  }

  @Test func `text of others is no HTML, and the page has no script and asks for nothing`() throws {
    try writeHistory(
      hostile: "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>\u{202E}" + String(repeating: "x", count: 900))
    let page = try page()
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("\u{202E}"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"))
    #expect(
      page.contains("default-src 'none'") && !page.contains("src=\"") && !page.contains("href")
        && !page.contains("url("))
    try checkLook(page)
  }

  @Test(.enabled(if: Browser.isInstalled, "Chromium is not installed"))
  func `a browser shows what the page says, and nothing is too wide or too pale, also dark and on paper`() throws {
    try writeHistory()
    let page = try page()
    let shown = try Browser(directory).document(of: page)
    #expect(shown.contains("<h2>Eligible people (E): people a day</h2>") && shown.contains("<b>good</b>"))
    #expect(shown.matches(of: /<rect class="sent"/).count == page.matches(of: /<rect class="sent"/).count)
    try checkLook(page)
  }

  @Test(.enabled(if: Browser.isInstalled, "Chromium is not installed"))
  func `its picture in the manual is small, and can be made again with RECORD=1`() throws {
    try writeHistory()
    let made = try Browser(directory).picture(of: try page(), width: 1080, height: 1180)
    let picture = Executable.root.appendingPathComponent("man/report.png")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try made.write(to: picture)
      Issue.record("recorded man/report.png; look at it, then run without RECORD")
    }
    for file in [made, try Data(contentsOf: picture)] {
      #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47]) && file.count > 20_000 && file.count < 150_000)
      // Width and height, in the first chunk.
      #expect(file[16..<24].elementsEqual([0, 0, 0x04, 0x38, 0, 0, 0x04, 0x9C]))
    }
  }

  /// Looks at the page as wide as a telephone and as a screen, light and dark, and on paper.
  private func checkLook(_ page: String) throws {
    guard Browser.isInstalled else { return }
    let (light, dark) = ("rgb(255, 255, 255)", "rgb(27, 32, 39)")
    let screens = try Browser(directory).frames(of: page, widths: [360, 1280], card: "main", scrolling: ".wide")
    #expect(
      screens
        == [360, 1280].flatMap { width in
          [("light", light), ("dark", dark)].map { "\(width) \($0) over 0 [] card \($1) pale []" }
        })
    // A sheet of A4 is 190 mm wide between its margins, which are 718 pixels of CSS.
    let paper = page.replacing("@media print", with: "@media screen")
    #expect(paper != page)
    let sheets = try Browser(directory).frames(of: paper, widths: [718], card: "main")
    #expect(sheets == ["light", "dark"].map { "718 \($0) over 0 [] card \(light) pale []" })
  }
}
