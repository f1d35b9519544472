import RecordStream
import Testing

@testable import Report

@Suite struct RenderingTests {
  private func report(_ lines: [String]) throws -> Report { Report([try ReportTests.section(lines)]) }

  @Test func `what comes from data is text in HTML, and one line everywhere`() throws {
    let reject = RejectRecord(
      verdict: .rejected, line: 1, emplid: "<script>alert('1')</script>", campusID: "a&b\"\n\u{202E}x\u{7}",
      reasons: [.init(code: "<b>code</b>", field: "<img src=x>", message: "Jane Doe")])
    var section = Section(listLimit: 50)
    section.take(reject)
    let html = Report([section]).html
    #expect(!html.contains("<script"))
    #expect(!html.contains("<img"))
    #expect(!html.contains("<b>code"))
    #expect(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"))
    let text = Report([section]).text
    #expect(text.contains("a&b\"\\n\\u{202E}x\\u{7} (<script>alert('1')</script>)"))
    #expect(!text.contains("Jane"))
  }

  @Test func `a value of any length is cut`() throws {
    let long = String(repeating: "x", count: 100_000)
    var section = Section(listLimit: 50)
    section.take(
      RejectRecord(
        verdict: .rejected, line: 1, emplid: long, campusID: long,
        reasons: [.init(code: long, field: long, message: long)]))
    #expect(Report([section]).text.split(separator: "\n").allSatisfy { $0.utf8.count <= 300 })
  }

  @Test func `HTML asks for nothing from elsewhere, and keeps its colours in the dark`() throws {
    let html = try report([ReportTests.feed, ReportTests.reject(), ReportTests.delivered, ReportTests.whole]).html
    for tag in ["<img", "<link", "<script", "url(", "@import", "http:", "https:"] {
      #expect(!html.contains(tag), "\(tag)")
    }
    #expect(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"))
    #expect(html.contains("prefers-color-scheme:dark"))
    #expect(html.split(separator: "\n").allSatisfy { $0.utf8.count < 998 })
  }

  @Test func `text keeps to a terminal's width`() throws {
    let text = try report([ReportTests.feed] + (1...9).map { ReportTests.reject(id: $0) } + [ReportTests.cut]).text
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 76 })
    #expect(text.utf8.allSatisfy { $0 < 0x7F })
  }

  @Test(arguments: [
    ("net1", "9001", "net1 (9001)"), (nil, "9001", "9001, without NetID"), ("net1", " ", "net1, without EMPLID"),
    (nil, nil, "the person in line 7 of the feed"),
  ])
  func `people are NetID and EMPLID`(netID: String?, emplid: String?, name: String) {
    let reject = RejectRecord(verdict: .rejected, line: 7, emplid: emplid, campusID: netID, reasons: [])
    #expect(ListedPerson(reject, code: "").name(.peopleSoft) == name)
  }

  @Test func `numbers are written with commas`() {
    #expect([0, 999, 1000, 1_234_567].map(Phrase.number) == ["0", "999", "1,000", "1,234,567"])
  }
}
