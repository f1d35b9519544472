import JSONText
import RecordStream
import Testing

@testable import Report

/// What the report says of a feed that was not delivered: the cause, the figures, and what to do.
@Suite struct FailureTests {
  private static let feed = #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22"}"#

  static func summary(_ stage: String, _ more: String, complete: Bool = false) -> String {
    #"{"kind":"summary","stage":"\#(stage)","complete":\#(complete),\#(more)"seconds":1}"#
  }

  static func failed(_ stage: String, _ error: String, _ status: Int, _ limit: String? = nil, counts: String = "")
    -> String
  {
    summary(
      stage,
      #"\#(counts)"error":"\#(error)","exit_status":\#(status),\#(limit.map { #""limit":"\#($0)","# } ?? "")"#)
  }

  private static let fetched = summary("ps-fetch", #""people":1000,"#, complete: true)
  private static let pushed = [
    #"{"kind":"delivery","outcome":"failed","status":"E","remote":"sftp://x.example/in","error":"OBJECTION; nothing was delivered"}"#,
    failed("feed-push", "OBJECTION; nothing was delivered", 65),
  ]

  private func text(_ lines: [String]) throws -> String {
    let section = try ReportTests.section([Self.feed] + lines)
    #expect(section.needsAttention(.failures) && section.isUndelivered)
    return Report([section]).text.replacing(/\s+/, with: " ")
  }

  @Test func `a reject limit that was passed is the cause, with its figures and the most frequent reasons`() throws {
    let error = "412 of 1000 people rejected, more than --max-reject-percent 10; look at the rejects"
    let rejects = (1...3).map { ReportTests.reject(id: $0) } + [ReportTests.reject("too_long", id: 4)]
    let counts = #""people":1000,"accepted":588,"rejected":412,"excluded":0,"#
    let text = try text(
      [Self.fetched] + rejects
        + [Self.failed("patron-validate", error, 65, "max-reject-percent", counts: counts)] + Self.pushed)
    for words in [
      "Cause: too many people were rejected. The step that failed: checking the people (patron-validate).",
      "412 of 1,000 people were rejected, which is 41 percent.",
      "The most frequent reasons: No expiration date (3), Value that is too long (1).", "The program said: \(error)",
      "Nothing is delivered until fewer people are rejected.",
    ] { #expect(text.contains(words), "\(text)") }
    #expect(!text.contains("incomplete") && !text.contains("OBJECTION"))
  }

  @Test(arguments: [
    ("max-change", "the feed is much smaller or larger than usual"), ("min-users", "much smaller or larger"),
    ("max-users", "much smaller or larger"), ("max-alarms", "fields of the feed have no values"),
    ("max-rejects", "too many people were rejected"),
  ])
  func `a limit is known by its flag, and its message has the figures`(limit: String, words: String) throws {
    let text = try text([Self.fetched, Self.failed("feed-zip", "the feed has 12 users", 65, limit)] + Self.pushed)
    #expect(text.contains(words) && text.contains("The program said: the feed has 12 users"), "\(text)")
  }

  @Test(arguments: [
    ("ps-fetch", 75, "the API store could not be reached, or asked to try again later"),
    ("ps-fetch", 69, "the API store refuses the request"), ("ps-fetch", 77, "did not prove its identity"),
    ("ps-fetch", 76, "the API store gave an answer that cannot be understood"),
    ("ps-fetch", 65, "the answer of the API store cannot be used"), ("ps-fetch", 78, "a setting is wrong"),
    ("patron-validate", 78, "a setting is wrong, or a file that it names"),
    ("patron-to-xml", 74, "reading or writing failed, or a disk is full"), ("feed-zip", 66, "a file is missing"),
    ("feed-push", 73, "the drop directory cannot be used"),
    ("feed-push", 75, "the drop directory could not be reached"),
    ("feed-push", 77, "the drop directory refused the login, or did not prove its identity"),
    ("feed-push", 70, "a program has a fault"), ("feed-push", 137, "a program was killed"),
  ])
  func `an exit status is a cause in words, with advice that suits it`(stage: String, status: Int, words: String) throws
  {
    let text = try text([Self.failed(stage, "what it said", status)])
    #expect(text.contains("Cause: ") && text.contains(words), "\(text)")
    #expect(text.contains("The program said: what it said") && text.contains("(\(stage))"))
    #expect(text.contains("What to do: ") && text.contains("are delivered by the next run that succeeds"))
  }

  @Test func `no cause has advice to go round a check`() throws {
    let stages = ["ps-fetch", "patron-validate", "patron-to-xml", "feed-zip", "feed-push"]
    let causes =
      stages.flatMap { stage in ([64, 65, 66, 69, 70] + Array(73...78) + [137]).map { Self.failed(stage, "e", $0) } }
      + ["max-rejects", "max-reject-percent", "max-alarms", "min-users", "max-users", "max-change", "new"].map {
        Self.failed("feed-zip", "e", 65, $0)
      }
    for cause in causes {
      let text = try text([cause])
      #expect(text.firstMatch(of: /--\w|force|replace|allow-partial|insecure|ignore|switch off/) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ([summary("patron-validate", "")], "fetching the people from PeopleSoft (ps-fetch)"),
    ([fetched, summary("patron-to-xml", "")], "checking the people (patron-validate)"),
    (
      [fetched, summary("patron-validate", "", complete: true), #"{"EMPLID":"1"}"#],
      "writing the file for Alma (patron-to-xml)"
    ),
    ([], "fetching the people from PeopleSoft (ps-fetch)"),
  ])
  func `a stage without a summary was killed, and is the one before the first that is not complete`(
    lines: [String], words: String
  ) throws {
    let text = try text(lines)
    #expect(text.contains("Cause: a program ended before its work was done."), "\(text)")
    #expect(text.contains("The step that failed: \(words)."), "\(text)")
  }

  @Test func `a feed without a stream has its exit status`() {
    let section = Section(status: "E", ReportedFailure("feed-zip: killed (exit status 137)"))
    let text = Report([section]).text.replacing(/\s+/, with: " ")
    #expect(text.contains("Cause: a program was killed. The step that failed: packing the file for Alma (feed-zip)."))
    #expect(text.contains("The program said: feed-zip: killed What"))
  }

  @Test func `what the script reports is the cause only where no summary has one`() throws {
    let reported = ReportedFailure("patron-validate: p.json:1:2: no filter (exit status 78)\n")
    for (summary, words) in [
      (Self.summary("patron-to-xml", ""), "The program said: patron-validate: p.json:1:2: no filter What"),
      (Self.failed("ps-fetch", "HTTP 503", 75), "The program said: HTTP 503 What"),
    ] {
      let section = try ReportTests.section([summary], reported: reported)
      let text = Report([section]).text.replacing(/\s+/, with: " ")
      #expect(text.contains(words), "\(text)")
    }
  }

  @Test func `failures and people are two reports, and each has what its readers need`() throws {
    let section = try ReportTests.section([
      Self.feed, Self.fetched, ReportTests.reject(), ReportTests.reject("x", verdict: "warned", id: 2),
      Self.failed("feed-push", "no such directory", 73),
    ])
    let failures = Report([section], about: .failures)
    #expect(failures.subject == "Alma people feed 2026-11-21: not delivered")
    #expect(
      failures.text.contains("no such directory") && !failures.text.contains("net1") && !failures.text.contains("NetID")
    )
    let people = Report([section], about: .people)
    #expect(people.subject == "Alma people feed 2026-11-21: 1 not loaded")
    #expect(people.text.contains("net1 (9001)") && people.text.contains("net2 (9002)"))
    #expect(!people.text.contains("no such directory") && people.text.contains("systems administrators are told why"))
    #expect(section.needsAttention(.failures) && section.needsAttention(.people))
    let good = try ReportTests.section([Self.feed, ReportTests.reject(), ReportTests.delivered, ReportTests.whole])
    #expect(!good.needsAttention(.failures) && good.needsAttention(.people))
  }
}
