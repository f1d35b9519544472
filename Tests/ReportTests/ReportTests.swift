import Patron
import RecordStream
import Testing

@testable import Report

@Suite struct ReportTests {
  static let feed = #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22"}"#
  static let feedI = #"{"kind":"feed","status":"I","since":"2026-11-21","until":"2026-11-22"}"#
  static let whole = #"{"kind":"summary","stage":"feed-push","complete":true}"#
  static let cut = #"{"kind":"summary","stage":"ps-fetch","complete":false}"#
  static let delivered = #"{"kind":"delivery","outcome":"delivered","users":1204,"remote":"file:///drop/x.zip"}"#
  static let failed = #"{"kind":"delivery","outcome":"failed","users":5,"error":"connection refused"}"#
  static let empty = #"{"kind":"delivery","outcome":"empty"}"#

  static func reject(
    _ code: String = "no_expiration_date", verdict: String = "rejected", id: Int = 1, field: String = "F",
    message: String = ""
  ) -> String {
    #"{"kind":"reject","verdict":"\#(verdict)","line":\#(id),"emplid":"\#(9000 + id)","campus_id":"net\#(id)","#
      + #""reasons":[{"code":"\#(code)","field":"\#(field)","message":"\#(message)"}]}"#
  }

  /// The section that a stream's lines make, as the stage makes it.
  static func section(_ lines: [String], limit: Int = 50, _ novelty: Novelty? = nil, reported: ReportedFailure? = nil)
    throws -> Section
  {
    var records = RecordReader()
    var account = StreamAccount()
    var section = Section(listLimit: limit, novelty)
    let place = try placeOfLine()
    for line in lines {
      let bytes = Array(line.utf8)
      guard let record = records.record(in: bytes.span, at: place) else {
        account.noteLine()
        continue
      }
      try account.take(record)
      try section.take(record)
    }
    section.end(account, reported: reported)
    return section
  }

  private static func placeOfLine() throws -> LinePlace { LineReader(["none"]).place }

  @Test(arguments: [
    ([[feed, reject(), reject(id: 2), reject(id: 3), delivered, whole]], "2026-11-21: 3 not loaded", true),
    ([[feed, delivered, whole]], "2026-11-21: no problems", false),
    ([[feed, empty, whole]], "2026-11-21: no problems", false),
    (
      [[feed, reject(verdict: "excluded"), reject("x", verdict: "warned"), delivered, whole]],
      "2026-11-21: no problems", false
    ),
    ([[feed, reject(), failed, whole]], "2026-11-21: not delivered", true),
    ([[feed, reject(), cut]], "2026-11-21: not delivered", true),
    ([[feed, delivered, whole, #"{"EMPLID":"1"}"#]], "2026-11-21: delivered in part", true),
    ([[feed, cut, delivered, whole]], "2026-11-21: delivered in part", true),
    (
      [[feed, reject(), delivered, whole], [feedI, cut]],
      "2026-11-21: people no longer eligible not delivered, 1 not loaded", true
    ),
    ([[feed, cut], [feedI, cut]], "2026-11-21: not delivered", true),
    ([[reject(), whole]], ": 1 not loaded", true),
    ([[]], ": not delivered", true),
    (
      [[#"{"kind":"feed","since":"2026-11-18","until":"2026-11-22"}"#, reject(), whole]],
      "2026-11-18 to 2026-11-22: 1 not loaded", true
    ),
  ])
  func `the subject tells the worst first, in numbers`(streams: [[String]], subject: String, needsAttention: Bool)
    throws
  {
    let sections = try streams.map { try Self.section($0) }
    let report = Report(sections)
    #expect(report.subject == "Alma people feed" + (subject.hasPrefix(":") ? "" : " ") + subject)
    #expect(sections.contains { $0.needsAttention() } == needsAttention)
  }

  @Test func `every reason of patron-validate has its words, in the order of the rules`() {
    #expect(ReasonText.all(.peopleSoft).map(\.code) == Rule.allCases.map(\.rawValue))
  }

  @Test func `a reason that is not known is shown as it is, behind those that are`() throws {
    let section = try Self.section([Self.reject("brand_new"), Self.reject("too_long", id: 2), Self.whole])
    #expect(section.rejected.sorted.map(\.code) == ["too_long", "brand_new"])
    #expect(Report([section]).text.contains("* brand_new: 1 person\n"))
  }

  @Test func `people beyond the limit are counted, and said to be`() throws {
    let section = try Self.section((1...12).map { Self.reject(id: $0) } + [Self.whole], limit: 5)
    let group = try #require(Report([section]).parts.first?.chapters.first?.groups.first)
    #expect(group.people.count == 5)
    #expect(group.rest == 7)
    #expect(Report([section]).text.contains("    and 7 more\n"))
    #expect(Report([section]).html.contains("and 7 more"))
  }

  @Test func `more codes than there can be do not fill the memory`() throws {
    let section = try Self.section((1...200).map { Self.reject("code\($0)", id: $0) } + [Self.whole])
    #expect(section.rejected.sorted.count == 61)
    #expect(section.rejected.sorted.reduce(0) { $0 + $1.people } == 200)
  }

  @Test func `a person with two reasons stands under both, and counts once`() throws {
    let line = Self.reject().replacing(
      "}]}", with: #"},{"code":"too_long","field":"A"},{"code":"too_long","field":"B"}]}"#)
    let report = Report([try Self.section([line, Self.whole])])
    let chapter = try #require(report.parts.first?.chapters.first)
    #expect(chapter.title == "Not loaded, to be corrected: 1 person")
    #expect(chapter.groups.map(\.count) == [1, 1])
    #expect(chapter.groups.last?.field == "A; B")
  }

  @Test(arguments: [
    (#","other_line":12,"other_emplid":"9100""#, "F, which 9100 has too"),
    (#","other_line":3,"other_emplid":"9001""#, "F, which another record of this person has too"),
    (#","other_line":3"#, "F, which the person in line 3 of the feed has too"),
    (#","other_emplid":"9100""#, "F, which 9100 has too"),
    (#","other_line":"3","other_emplid":7"#, "F"),
    ("", "F"),
  ])
  func `the other person is the one in the fields of the reason`(fields: String, shown: String) throws {
    let line = Self.reject("duplicate_identifier", message: "the same").replacing(
      #""message":"the same""#, with: #""message":"the same"\#(fields)"#)
    let report = Report([try Self.section([line, Self.whole])])
    #expect(report.parts[0].chapters[0].groups[0].field == shown)
  }

  @Test(arguments: [
    "the person in line 12, 9100, has this identifier too", "the same person as in line 3",
    "the same as CAMPUS_ID of this person", "Jane Doe <jane@example.edu> of line 4, Jane Doe, has it",
  ])
  func `nothing of a message is shown`(message: String) throws {
    let section = try Self.section([Self.reject("duplicate_identifier", message: message), Self.whole])
    let report = Report([section])
    #expect(report.parts[0].chapters[0].groups[0].field == "F")
    #expect(!report.text.contains("Jane"))
  }

  @Test func `a section that did not finish lists its rejects under the words for that`() throws {
    let text = Report([try Self.section([Self.feed, Self.reject(), Self.failed, Self.cut])]).text
    let heading = try #require(text.firstRange(of: "The run did not finish, and nothing was delivered"))
    let person = try #require(text.firstRange(of: "net1 (9001)"))
    #expect(heading.lowerBound < person.lowerBound)
    #expect(text.contains("connection refused"))
    #expect(text.contains("fetching the people from PeopleSoft"))
    #expect(!text.contains("Not loaded"))
  }
}
