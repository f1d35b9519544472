import Calendar
import Patron
import RecordStream
import Testing

@testable import Report

/// The words of the report: labels of fields, names of identifiers, headings of checks, and who is new.
@Suite struct VocabularyTests {
  private static let whole = #"{"kind":"summary","stage":"patron-validate","complete":true}"#
  private static let banner =
    #"{"kind":"summary","stage":"patron-validate","complete":true,"profile":"banner","profile_sha256":"ab"}"#

  private func text(_ lines: [String]) throws -> String {
    Report([try ReportTests.section([ReportTests.feed] + lines + [ReportTests.delivered, ReportTests.whole])]).text
      .replacing(/\s+/, with: " ")
  }

  @Test func `every field of the built-in profile has a label, and nothing else has`() {
    let document = String(decoding: Profile.builtInDocument, as: UTF8.self)
    let words = document.matches(
      of: /\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\b(?:EMPLID|DEPTID|VCURSTATUS|PVPATRONGROUP|PVSTATCATEGORY)\b/
    )
    .map { String($0.output) }
    let fields = Set(words).subtracting(["NET_ID"])
    #expect(Set(Vocabulary.peopleSoftLabels.keys) == fields)
    #expect(Vocabulary.peopleSoft.label(of: "CAMPUS_ID") == "Campus ID (CAMPUS_ID)")
    #expect(Vocabulary.generic.label(of: "CAMPUS_ID") == "CAMPUS_ID")
  }

  @Test func `with another profile the report has no words of PeopleSoft`() throws {
    let rejects = Patron.Rule.allCases.enumerated().map { index, rule in
      ReportTests.reject(rule.rawValue, verdict: index % 2 == 0 ? "rejected" : "warned", id: index + 1, field: "EMAIL")
    }
    let nobody =
      #"{"kind":"reject","verdict":"rejected","line":9,"campus_id":"jdoe","reasons":[{"code":"missing_identifier"}]}"#
    let other = try text(rejects + [nobody, Self.banner])
    for word in ["EMPLID", "NetID", "PeopleSoft", "Human Resources", "Registrar"] {
      #expect(!other.contains(word), "\(word)")
    }
    #expect(other.contains("jdoe, without ID") && other.contains("People are named as user name (ID)."))
    let own = try text([nobody, Self.whole])
    #expect(own.contains("jdoe, without EMPLID") && own.contains("People are named as NetID (EMPLID)."))
  }

  @Test func `the heading of an own check is its reason, and its code is in the text`() throws {
    let line = ReportTests.reject("no_email", field: "EMAIL").replacing(
      #""message":"""#, with: #""message":"Jane Doe","because":"no e-mail address: nobody could be reminded""#)
    let text = try text([line, Self.banner])
    #expect(text.contains("* No e-mail address: nobody could be reminded: 1 person"))
    #expect(text.contains("This is a check of the library's profile, with the code no_email."))
    #expect(!text.contains("Jane"))
  }

  @Test func `what only the toolkit knows is not in the report`() throws {
    let warned = ReportTests.reject("invalid_email", verdict: "warned", id: 2, field: "CAMP_EMAIL")
    let delivered =
      #"{"kind":"delivery","outcome":"delivered","users":2,"remote":"sftp://a@x.example/in/x.xml.zip"}"#
    let section = try ReportTests.section([
      #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22","source":"https://api.example.edu/p"}"#,
      ReportTests.reject(field: "PATRON_EXPIRATION_DATE"), warned, Self.whole, delivered, ReportTests.whole,
    ])
    let report = Report([section])
    for text in [report.text, report.html] {
      for word in ["no_expiration_date", "invalid_email", "://", "patron-validate", "feed-push", "1 warnings"] {
        #expect(!text.contains(word), "\(word)")
      }
      #expect(text.contains("Expiration date (PATRON_EXPIRATION_DATE)") && text.contains("x.xml.zip"))
    }
    #expect(report.text.contains("  1  warning\n"))
  }

  private static let gone =
    #"{"kind":"field","alarm":"gone","field":"PU_BARCODE","elements":["user_identifier/value"],"people":812,"last_seen":"2026-11-20"}"#
  private static let missing =
    #"{"kind":"field","alarm":"missing","field":"DORM_CITY","elements":["address/city"],"people":812}"#

  @Test func `a field that has become empty is reason enough for a message, a missing one is not`() throws {
    let section = { (lines: [String]) in
      try ReportTests.section([ReportTests.feed] + lines + [Self.whole, ReportTests.delivered, ReportTests.whole])
    }
    let missing = try section([Self.missing])
    #expect(!missing.needsAttention())
    let both = try section([Self.missing, Self.gone])
    #expect(both.needsAttention() && both.needsAttention(.failures) && !both.needsAttention(.people))
    let report = Report([both])
    #expect(report.subject == "Alma people feed 2026-11-21: 1 field has become empty")
    #expect(report.headline == "1 field of the feed has become empty.")
    let text = report.text.replacing(/\s+/, with: " ")
    #expect(text.contains("Fields without values: 2 fields"))
    #expect(text.contains("* Fields that have become empty: 1 field"))
    #expect(text.contains("Barcode (PU_BARCODE), empty for all 812 people; last filled in the feed of 2026-11-20"))
    #expect(text.contains("* Fields that the feed does not have: 1 field"))
    #expect(text.contains("Dormitory address, city (DORM_CITY)"))
    #expect(report.html.contains("Fields that have become empty"))
    #expect(!Report([both], about: .people).text.contains("Barcode"))
  }

  @Test
  func `who is new is marked, listed first and counted in the first line, and the rest of the report is the same`()
    throws
  {
    var told = ToldPeople()
    let day = try #require(Day("2026-11-21"))
    told.add((1...3).map { ToldPeople.key("no_expiration_date", "\(9000 + $0)") }, on: day)
    let lines = (1...5).map { ReportTests.reject(id: $0) }
    let section = try ReportTests.section(
      [ReportTests.feed] + lines + [Self.whole, ReportTests.delivered, ReportTests.whole], limit: 3,
      Novelty(ToldPeople(told.encoded)))
    #expect(section.novelty?.keys.count == 5)
    let report = Report([section])
    #expect(report.headline == "5 people were not loaded (2 new).")
    #expect(report.subject == "Alma people feed 2026-11-21: 5 not loaded, 2 new")
    #expect(report.text.contains("    net4 (9004), new\n    net5 (9005), new\n    net1 (9001)\n    and 2 more\n"))
    #expect(report.html.contains("net4 (9004)&nbsp; <span"))
    let plain = Report([section], marksNew: false)
    let other = try ReportTests.section(
      [ReportTests.feed] + lines + [Self.whole, ReportTests.delivered, ReportTests.whole], limit: 3)
    #expect(
      plain.text == Report([other]).text && plain.html == Report([other]).html
        && plain.subject == Report([other]).subject)
    #expect(plain.text.contains("    net1 (9001)\n    net2 (9002)\n    net3 (9003)\n    and 2 more\n"))
  }

  @Test func `another reason is new, and after 30 days without a message so is everything`() throws {
    var told = ToldPeople()
    let first = try #require(Day("2026-11-01"))
    told.add([ToldPeople.key("too_long", "1")], on: first)
    #expect(told.contains(ToldPeople.key("too_long", "1")) && !told.contains(ToldPeople.key("invalid_date", "1")))
    told.add([ToldPeople.key("too_long", "2")], on: try #require(Day("2026-12-01")))
    #expect(told.contains(ToldPeople.key("too_long", "1")))
    told.add([], on: try #require(Day("2026-12-02")))
    #expect(!told.contains(ToldPeople.key("too_long", "1")) && told.contains(ToldPeople.key("too_long", "2")))
    #expect(!String(decoding: told.encoded, as: UTF8.self).contains("too_long"))
  }

  @Test func `a file of people is bounded, and what cannot be read in it is skipped`() throws {
    var told = ToldPeople(Array("x\n\n12 2026-11-01 9\nzz 2026-11-01\n00000000000000ff 2026-11-01\n0000".utf8))
    #expect(told.encoded == Array("00000000000000ff 2026-11-01\n".utf8))
    told.add(1...150_000, on: try #require(Day("2026-11-02")))
    #expect(told.encoded.count == 100_000 * 28)
  }
}
