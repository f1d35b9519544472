import JSONText
import RecordStream
import Testing

@testable import Report

/// What the report says of loads.
@Suite struct LoadTests {
  static let ledger = #"{"kind":"delivery","outcome":"delivered","status":"E","users":8,"sha256":"aa"}"#
  static let asked = #"{"kind":"summary","stage":"load-report","complete":true,"loaded":1}"#

  static func load(_ outcome: String = "loaded", _ more: String = "") -> String {
    #"{"kind":"load","outcome":"\#(outcome)","users":8,"deliveries":[{"status":"E","since":"2026-11-21","#
      + #""until":"2026-11-22","users":8}],"instance":"57","alma_status":"COMPLETED_SUCCESS","#
      + #""submitted":"2026-11-22T06:00:00Z","ended":"2026-11-22T06:04:00Z"\#(more),"counters":[]}"#
  }

  static let numbers = #","processed":8,"created":2,"updated":3,"unchanged":1,"rejected":2,"agrees":true"#
  static let good = #","processed":8,"created":2,"updated":3,"unchanged":3,"rejected":0,"agrees":true"#

  static func reject(_ message: String, emplid: String? = nil) -> String {
    let person = emplid.map { #""emplid":"\#($0)","# } ?? ""
    return #"{"kind":"load-reject","instance":"57",\#(person)"event":{"id":"9","list":[{"text":"\#(message)"}]}}"#
  }

  private func report(_ lines: [String]) throws -> (report: Report, needsAttention: Bool) {
    let section = try ReportTests.section([Self.ledger] + lines + [Self.asked])
    return (Report([section]), section.needsAttention())
  }

  @Test(arguments: [
    (load("loaded", good), "no problems", false, "8 people processed: 2 created, 3 updated, 3 unchanged, 0 refused"),
    (
      load("loaded", numbers), "2 refused by Alma", true,
      "8 people processed: 2 created, 3 updated, 1 unchanged, 2 refused"
    ),
    (load(), "no problems", false, "Alma's job has ended"),
    (
      load("loaded", #","processed":10,"agrees":false"#), "Alma's numbers differ", true,
      "8 people were delivered, and Alma counts 10"
    ),
    (load("failed"), "Alma's job failed", true, "Alma's job failed"),
    (load("waiting"), "no problems", false, "Alma's job has not run yet"),
    (load("waiting", #","overdue":true"#), "Alma has not loaded it", true, "Alma's job did not run"),
    (load("running", #","overdue":true"#), "Alma has not loaded it", true, "Alma's job has not ended"),
    (load("unknown"), "no problems", false, "a status that is not known here"),
    (load("loaded", #","events":3"#), "3 refused by Alma", true, "The report of the job in Alma says who was refused"),
    (load("loaded", #","rejected":0,"error":"no events""#), "no problems", true, "Not all could be read: no events"),
  ])
  func `the subject and the first line of a load tell how it went, and a load without problems is no reason for a mail`(
    load: String, subject: String, needsAttention: Bool, words: String
  ) throws {
    let (report, isNeeded) = try report([load])
    #expect(report.subject == "Alma people feed 2026-11-21: \(subject)")
    #expect(isNeeded == needsAttention)
    let text = report.text.replacing(/\s+/, with: " ")
    #expect(text.contains("WHAT ALMA DID WITH THE FEED OF 2026-11-21"))
    #expect(text.contains(words), "\(report.text)")
    // The deliveries of the ledger were told when they were made.
    #expect(!text.contains("Nothing was delivered") && !text.contains("not finish"))
  }

  @Test func `a number that Alma does not say is not in the report`() throws {
    let text = try report([Self.load("loaded", #","rejected":2"#)]).report.text
    #expect(text.contains("Alma's job has ended: 2 refused") && text.contains("  2  refused by Alma"))
    #expect(!text.contains("created") && !text.contains("processed"))
  }

  @Test func `counters that are not recognized are shown as they are`() throws {
    let counters = #""counters":[{"code":"x.y","label":"Zähler","value":"8"},{"code":"z","value":"2"}]"#
    let text = try report([Self.load().replacing(#""counters":[]"#, with: counters)]).report.text
    #expect(text.contains("Its counters were not recognized: Zähler 8, z 2."))
  }

  @Test(arguments: [
    (
      "Identifier of type BARCODE and value 21101000000042 is already taken AcrossInstitution in this feed",
      "Identifier that another account has", "Circulation desk"
    ),
    ("User is not external", "Account that Alma keeps as internal", "Library systems"),
    ("Mandatory field is missing: User identifier value", "Field that Alma requires", "Library systems"),
    ("User Rejected: missing a mandatory field: statistical category", "Field that Alma requires", "Library systems"),
  ])
  func `a known reason has a title and says who can correct it`(message: String, title: String, remedy: String) throws {
    let (report, _) = try report([Self.load("loaded", Self.numbers), Self.reject(message), Self.reject(message)])
    #expect(report.text.contains("* \(title): 2 people"))
    #expect(report.text.contains("To be fixed by: \(remedy)"))
    #expect(!report.text.contains("21101") && !report.html.contains("21101"))
  }

  @Test(arguments: [
    ("Role FOO of jane@example.edu cannot be set for 960000001", "Role [...] of [...] cannot be set for [...]"),
    ("user DOE JANE was refused", "user [...] was refused"),
    ("Smith has no group", "[...] has no group"),
    ("Identifier of type BARCODE: wrong", "Identifier of type BARCODE: wrong"),
    ("mcDonald is wrong", "[...] is wrong"),
    ("Cannot save Jane Doe because value secretword is wrong", "Cannot save [...] because value [...] is wrong"),
    ("Cannot save 'jane marie' or \"doe\" today", "Cannot save [...] or [...] today"),
    ("Could not parse file", "Could not parse file"),
  ])
  func `an unknown reason is quoted without the values in it`(message: String, shown: String) throws {
    #expect(LoadReason.masked(message) == shown)
    let json = message.replacing("\"", with: "\\\"")
    let text = try report([Self.load("loaded", Self.numbers), Self.reject(json)]).report.text
    #expect(text.contains("* \(shown): 1 person\n"), "\(text)")
  }

  @Test func `people are listed where they are known, up to the limit`() throws {
    let lines = (1...7).map { Self.reject("User is not external", emplid: "96000000\($0)") }
    let section = try ReportTests.section([Self.load("loaded", Self.numbers)] + lines + [Self.asked], limit: 5)
    let text = Report([section]).text
    #expect(text.contains("    960000005\n    and 2 more\n") && !text.contains("960000006"))
  }

  @Test func `an event of any form has a reason, and many reasons do not fill the memory`() throws {
    let odd = #"{"kind":"load-reject","instance":"57","event":[1,null,{"a":true}]}"#
    let many = (1...60).map { index in
      Self.reject("Reason " + String(repeating: "x", count: index) + " " + String(repeating: "y", count: 900))
    }
    let section = try ReportTests.section([Self.load(), odd] + many + [Self.asked])
    let load = try #require(section.loads.first)
    #expect(load.groups.count == 21 && load.groups.reduce(0) { $0 + $1.count } == 61)
    let text = Report([section]).text
    #expect(text.contains("* No reason given: 1 person") && text.contains("* Other reasons: "))
  }

  @Test func `a feed with loads is told with them, and a failure of load-report is none of the feed`() throws {
    let feed = [ReportTests.feed, ReportTests.delivered, ReportTests.whole]
    let failed = #"{"kind":"summary","stage":"load-report","complete":false,"error":"HTTP 403","exit_status":77}"#
    let section = try ReportTests.section(feed + [Self.load("loaded", Self.numbers), Self.reject("x y"), Self.asked])
    #expect(Report([section]).subject == "Alma people feed 2026-11-21: 2 refused by Alma")
    #expect(Report([section]).text.contains("Delivered\n"))
    let unasked = try ReportTests.section(feed + [failed])
    #expect(!unasked.isUndelivered && unasked.needsAttention())
    #expect(Report([unasked]).text.contains("Alma could not be asked\n  load-report said: HTTP 403\n"))
    let later = try ReportTests.section(feed + [failed.replacing("77", with: "75")])
    #expect(!later.needsAttention())
    // A feed that did not finish is still one.
    let cut = try ReportTests.section([ReportTests.feed, ReportTests.cut, failed])
    #expect(cut.isUndelivered)
  }

  @Test func `what comes from Alma is text in HTML`() throws {
    let lines = [
      Self.load("loaded", #","error":"<script>alert(1)</script>""#), Self.reject("<img src=x> is <b>wrong</b>"),
    ]
    let html = try report(lines).report.html
    #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>wrong"))
  }
}
