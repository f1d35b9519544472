import Foundation
import TestSupport
import Testing

/// The questions that an operator asks: status, history, explain.
@Suite struct NightReportTests {
  /// An installation after three good nights.
  private func site() throws -> NightSite {
    let site = try NightSite()
    for day in 20...22 { #expect(try site.run(day: day).status == 0) }
    return site
  }

  @Test func `status is good, then LATE after 26 hours or the time that is set`() throws {
    let site = try site()
    try site.takeAll()
    let good = try site.run("status")
    #expect(good.status == 0, "\(good.text)")
    #expect(good.lines.first == "E  good  delivered 2026-11-22T00:45:00Z: 2026-11-20 to 2026-11-22, 8 users")
    #expect(good.text.hasSuffix("waiting in \(site.settings["FEED_PUSH_TO"]!):\n  nothing\n"))
    #expect(try site.run("status", ["SOURCE_DATE_EPOCH": "\(1_795_308_300 + 26 * 3600)"]).status == 0)
    let late = try site.run("status", ["SOURCE_DATE_EPOCH": "\(1_795_308_300 + 26 * 3600 + 1)"])
    #expect(late.status == 75 && late.lines.first?.hasPrefix("E  LATE  delivered 2026-11-22") == true)
    #expect(try site.run("status", ["ALMA_PEOPLE_LATE": "2d"], day: 23).status == 0)
    #expect(try site.run("status", ["ALMA_PEOPLE_LATE": "soon"]).status != 0)
  }

  @Test func `status names the last failure, missed nights, and fails as the last run did`() throws {
    let site = try site()
    try site.takeAll()
    try site.move("drop", "away")
    #expect(try site.run("run", day: 23).status == 73)
    let away = try site.run("status", ["ALMA_PEOPLE_LATE": "9d"], day: 23)
    #expect(away.status == 73 && away.text.contains("last failure: run "), "\(away.text)")
    #expect(away.text.contains("no such directory; make it, or correct --to (exit status 73)"))
    try site.move("away", "drop")
    let failed = try site.run("status", ["ALMA_PEOPLE_LATE": "9d"], day: 23)
    #expect(failed.status == 73)
    #expect(try site.run("run", day: 26).status == 0)
    try site.takeAll()
    let healed = try site.run("status", day: 26)
    #expect(healed.status == 0 && healed.text.contains("E  no run on 2026-11-24, 2026-11-25"), "\(healed.text)")
  }

  @Test func `a file that Alma does not take is LATE`() throws {
    let site = try site()
    for name in site.names(in: "drop") {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_795_308_300 - 30 * 3600)],
        ofItemAtPath: site.directory.path("drop/\(name)"))
    }
    let status = try site.run("status")
    #expect(status.status == 75 && status.text.contains("E.xml.zip, 1706 bytes, since 2026-11-20T18:45:00Z, LATE"))
  }

  @Test func `a drop directory that does not answer is given up after ten seconds, and never good`() throws {
    let site = try site()
    let start = ContinuousClock.now
    let status = try site.run("status", try site.replacing("feed-push", with: "exec sleep 60"))
    #expect(
      status.status == 75 && status.errors.contains("no answer within 10 seconds"), "\(status.status) \(status.errors)")
    #expect(status.text.hasPrefix("E  good") && start.duration(to: .now) < .seconds(40))
  }

  @Test func `status writes nothing where no run has been`() throws {
    let site = try NightSite()
    let status = try site.run("status")
    #expect(status.status == 0 && status.text.hasPrefix("no run yet"))
    #expect(!FileManager.default.fileExists(atPath: site.directory.path("state")))
  }

  @Test func `the history has each feed once, also those of runs that were killed`() throws {
    let site = try site()
    let killed = try site.replacing("notify-mail", with: "kill -9 NIGHT $$")
    #expect(try site.run("run", killed, day: 23).status != 0)
    #expect(try site.run("run", day: 24).status == 0)
    let lines = try site.history
    #expect(lines.count { $0.contains(#""kind":"run""#) } == 10)
    #expect(lines[0].contains(#""people":13,"accepted":8,"rejected":5,"excluded":0,"warned":1,"users":8"#))
    #expect(lines[0].contains(#""no_expiration_date":1"#))
    #expect(!lines.joined().contains("akim") && !lines.joined().contains("960000"))
    let table = try site.run("history")
    #expect(table.status == 0 && table.lines.count == 11, "\(table.text)")
    #expect(table.lines[1].contains("E  2026-11-19 to 2026-11-20  delivered  13"))
  }

  @Test func `explain says who was rejected and why, without values, and who was delivered and taken`() throws {
    let site = try site()
    #expect(try site.run("status").status == 0)
    try site.takeAll()
    #expect(try site.run("status").status == 0)
    let rejected = try site.run("explain akim")
    #expect(rejected.status == 0 && rejected.lines.count == 4, "\(rejected.text)")
    #expect(rejected.lines[0].hasSuffix("E  rejected: no_expiration_date (PATRON_EXPIRATION_DATE)"))
    let taken = try site.run("explain 960000002")
    #expect(
      taken.lines.count == 4 && taken.lines[0].contains("_E.xml.zip, taken by Alma before 2026-11-22"), "\(taken.text)")
    try site.move("drop", "away")
    #expect(try site.run("run --status E", day: 23).status == 73)
    #expect(try site.run("explain 960000002").lines[0].contains("not delivered: alma_people_2026-11-21_2026-11-23_E"))
    let nobody = try site.run("explain 1")
    #expect(nobody.text.hasPrefix("1 is in no kept run; the kept runs begin with "))
    #expect(try site.run("explain").status == 64)
  }
}

extension NightSite {
  fileprivate var history: [String] {
    get throws {
      try String(contentsOfFile: directory.path("state/history.ndjson"), encoding: .utf8).split(separator: "\n")
        .map(String.init)
    }
  }
}
