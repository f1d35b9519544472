import Calendar
import Foundation
import RecordStream
import TestSupport
import Testing

/// The answers of status, explain and history in detail.
@Suite struct NightAnswersTests {
  private let site: NightSite

  init() throws { site = try NightSite() }

  private func at(_ day: Int, _ hour: Int, _ minute: Int) -> [String: String] {
    ["SOURCE_DATE_EPOCH": "\(NightModel.time(day, hour, minute))"]
  }

  private func takeAll() throws {
    for name in site.names(in: "drop") where !name.hasSuffix(".handled") {
      try site.move("drop/\(name)", "drop/\(name).handled")
    }
  }

  private var history: [String] {
    get throws {
      String(decoding: try site.directory.read("state/history.ndjson"), as: UTF8.self).split(separator: "\n").map(
        String.init)
    }
  }

  @Test func `the answers in the README are those that the commands give`() throws {
    #expect(try site.run().status == 0)
    var said = try site.run("status", at(22, 1, 10)).text
    try takeAll()
    let news = try site.run("status", at(22, 1, 30))
    #expect(
      news.text.contains(
        "taken since the last look:\n  alma_people_2026-11-21_2026-11-22_E.xml.zip: taken between 01:10 and 01:30\n"))
    let delivery = DeliveryRecord(
      outcome: .delivered, status: "E", since: Day("2026-11-21"), until: Day("2026-11-22"), users: 8)
    var load = LoadRecord(.loaded, of: [delivery], at: Instant("2026-11-22T12:00:00Z"))
    load.counts = [.processed: 8, .created: 2]
    try FileManager.default.createDirectory(
      atPath: site.directory.path("state/loads"), withIntermediateDirectories: false)
    try site.directory.write(
      "state/loads/2026-11-22T120000Z.1.ndjson", String(decoding: load.encoded(), as: UTF8.self) + "\n")
    said += try site.run("status", at(22, 12, 0)).text
    said += try site.run("explain akim").text
    try site.move("drop", "away")
    #expect(try site.run("run --status I", day: 25).status == 73)
    try site.move("away", "drop")
    said += try site.run("status", at(25, 1, 0)).text
    let readme = try String(contentsOf: Executable.root.appendingPathComponent("README.md"), encoding: .utf8)
    let table = readme.components(separatedBy: "## Five questions\n").last?.components(separatedBy: "\n## ").first ?? ""
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
    #expect(rows.count == 5)
    for answer in rows.prefix(4).compactMap({ $0.split(separator: "|").last }) {
      for quote in answer.matches(of: /`([^`]+)`/).map({ String($0.1) }) {
        #expect(said.contains("\(quote)\n") || said.contains("  \(quote)"), "\(quote) is not in\n\(said)")
      }
    }
  }

  @Test func `a status without a drop directory to look at is 78, and one that cannot read the state is not good`()
    throws
  {
    #expect(try site.run().status == 0)
    try takeAll()
    let blind = try site.run("status", ["FEED_PUSH_TO": ""])
    #expect(blind.status == 78 && blind.text.hasPrefix("E  good") && blind.errors.contains("FEED_PUSH_TO is not set"))
    try site.directory.write("state/ledger.ndjson", "no record\n")
    #expect(try site.run("status").status == 65)
    try site.directory.write("state/ledger.ndjson", "")
    try site.move("state/runs", "state/elsewhere")
    try site.directory.write("state/runs", "")
    #expect(try site.run("status").status == 73)
  }

  @Test func `a mail that could not be sent is named until the next run sends it`() throws {
    let away = try site.run("run", ["NOTIFY_MAIL_MAILDIR": "/dev/null/mail"])
    #expect(away.status != 0)
    try takeAll()
    let status = try site.run("status")
    #expect(status.status == away.status, "\(status.status) \(away.status)")
    #expect(status.text.contains("mail not sent: run ") && status.text.contains(" (exit status \(away.status))"))
    #expect(try site.run("run").status == 0)
    let sent = try site.run("status")
    #expect(sent.status == 0 && !sent.text.contains("mail not sent"), "\(sent.text)")
  }

  @Test func `a file that Alma has taken is in one look only, and counts again when it is delivered again`() throws {
    #expect(try site.run("run --status E").status == 0)
    for name in ["theirs.zip.handled", "more.zip.handled"] { try site.directory.write("drop/\(name)", "x") }
    try takeAll()
    for minute in 1...5 { #expect(try site.run("status --status E", at(22, 1, minute)).status == 0) }
    let file = "alma_people_2026-11-21_2026-11-22_E.xml.zip"
    #expect(try history.filter { $0.contains(#""taken":["\#(file)"]"#) }.count == 1)
    #expect(try history.filter { $0.contains(#""taken":[]"#) }.count == 5 && !(try history.joined().contains("theirs")))
    try FileManager.default.removeItem(atPath: site.directory.path("drop/\(file).handled"))
    // Other people: the same file is not delivered twice.
    let others = ["ALMA_PEOPLE_INPUT": Executable.root.appendingPathComponent("examples/people-I.json").path]
    let again = try site.run(
      "run --status E --since 2026-11-21 --until 2026-11-22 --force", at(22, 5, 0).merging(others) { $1 })
    #expect(again.status == 0 && site.deliveries.count == 2, "\(again.errors)")
    #expect(try site.run("status --status E", at(22, 6, 0)).text.contains("\(file): waiting at 05:00\n"))
    try takeAll()
    #expect(try site.run("status --status E", at(22, 7, 0)).text.contains("\(file): taken between 06:00 and 07:00\n"))
    try FileManager.default.removeItem(atPath: site.directory.path("drop/\(file).handled"))
    #expect(try site.run("status --status E", at(22, 8, 0)).text.contains("\(file): taken between 06:00 and 07:00\n"))
  }

  @Test func `a file that somebody removed is gone, not taken`() throws {
    #expect(try site.run("run --status E").status == 0)
    let file = "alma_people_2026-11-21_2026-11-22_E.xml.zip"
    try FileManager.default.removeItem(atPath: site.directory.path("drop/\(file)"))
    #expect(try site.run("status --status E", at(22, 2, 0)).status == 0)
    let status = try site.run("status --status E", at(22, 3, 0))
    #expect(status.text.contains("\(file): not there any more, removed between 00:45 and 02:00\n"), "\(status.text)")
    #expect(try site.run("history").text.contains("gone"))
  }

  @Test func `of the runs before one whose people were removed, explain does not say that they are all`() throws {
    for day in 22...24 { #expect(try site.run("run --status E", day: day).status == 0) }
    let runs = site.runs
    for name in site.names(in: "state/runs/\(runs[1])") where name.hasSuffix(".zip") {
      try FileManager.default.removeItem(atPath: site.directory.path("state/runs/\(runs[1])/\(name)"))
    }
    let said = try site.run("explain 1").text
    #expect(said == "1 is in no kept run; data of people are kept from run \(runs[2]) on\n")
  }

  @Test func `explain shows the XML that was sent, and a run whose people were removed is not known`() throws {
    #expect(try site.run().status == 0)
    let sent = try site.run("explain 960000002 --xml")
    #expect(sent.lines.count == 3 && sent.lines[1].contains("  E  <user><expiry_date>"), "\(sent.text)")
    #expect(sent.lines[1].contains("<primary_id>960000002</primary_id>"))
    let barcode = try site.run("explain 22101000000025")
    #expect(barcode.lines.count == 2 && barcode.lines[0].contains("  E  delivered at 2026-11-22T00:45:00Z in "))
    let run = try #require(site.runs.first)
    for name in site.names(in: "state/runs/\(run)") where name.hasSuffix(".zip") || name.hasSuffix(".xml") {
      try FileManager.default.removeItem(atPath: site.directory.path("state/runs/\(run)/\(name)"))
    }
    #expect(
      try site.run("explain 960000002").text == "960000002 is in no kept run; no run with data of people is kept\n")
    #expect(try site.run("run", day: 23).status == 0)
    let later = try site.run("explain 960000002")
    #expect(later.lines.count == 2 && later.lines[1].hasPrefix("data of people are kept from run \(site.runs[1])"))
  }

  @Test func `a run that was killed early is in the history, with why`() throws {
    #expect(try site.run(day: 20).status == 0)
    #expect(
      try site.run("run", try site.replacing("feed-zip", with: "cat >/dev/null; kill -9 $$"), day: 21).status == 137)
    let killed = try history.filter { $0.contains(#""outcome":"failed""#) }
    #expect(killed.count == 2 && killed.allSatisfy { $0.contains("feed-zip: killed (exit status 137)") }, "\(killed)")
    #expect(try site.run("run", try site.replacing("feed-zip", with: "kill -9 NIGHT $$"), day: 22).status == 137)
    #expect(try site.run(day: 23).status == 0)
    let cut = try history.filter { $0.contains("the run was interrupted before it recorded this feed") }
    #expect(
      cut.count == 1 && cut[0].contains(#""status":"E""#) && cut[0].contains(#""started":"2026-11-22T00:45:00Z""#))
    #expect(try site.run("status", day: 23).text.contains("E  failed on 2026-11-21, 2026-11-22\n"))
  }

  @Test func `the demo ends with where its page lies`() throws {
    let night = site.directory.path("night")
    let demo = try Executable.shell("'\(Executable.root.path)/examples/a-night' '\(night)'")
    #expect(demo.status == 0, "\(demo.errors)")
    #expect(demo.lines.last == "== All of it is in \(night); its history as a page is \(night)/report.html")
    let page = String(decoding: try site.directory.read("night/report.html"), as: UTF8.self)
    #expect(page.contains("<h1>Alma people feed</h1>") && page.contains("<code>no_expiration_date</code> <b>1</b>"))
  }
}
