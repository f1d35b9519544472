import Foundation
import TestSupport
import Testing

/// What the mail says of a night that fails: the cause, the figures, what to do, and no way round a check.
@Suite struct NightFailureMailTests {
  /// The text of the only message.
  private func text(_ site: NightSite) throws -> String {
    let mails = site.mails
    #expect(mails.count == 1)
    let text = try ReceivedMail(Data((mails.first ?? "").utf8)).text.replacing(/\s+/, with: " ")
    let round = #/--(force|replace|allow-partial|insecure)|is incomplete/#
    #expect(text.firstMatch(of: round) == nil, "\(text)")
    #expect(text.contains("What to do: "), "\(text)")
    return text
  }

  /// The changes to the settings, a part of the cause, and a part of what the program said.
  private static let settings: [([String: String], String, String)] = [
    (["PATRON_VALIDATE_MAX_REJECT_PERCENT": "10"], "Cause: too many people were rejected.", "which is 38 percent"),
    (
      ["PATRON_VALIDATE_MAX_REJECTS": "2"], "Cause: too many people were rejected.",
      "5 of 13 people rejected, more than"
    ),
    (["FEED_ZIP_MIN_USERS": "100"], "Cause: the feed is much smaller or larger than usual.", "the feed has 8 users"),
    (
      ["ALMA_PEOPLE_INPUT": "", "PS_BASE_URL": "https://127.0.0.1:1", "PS_FEED_PATH": "/p", "PS_FETCH_RETRIES": "0"],
      "Cause: the API store could not be reached", "127.0.0.1"
    ),
    (["ALMA_PEOPLE_INPUT": "/none/people.json"], "Cause: a file is missing or cannot be read.", "/none/people.json"),
    (["FEED_PUSH_TO": "file:///none/drop"], "Cause: the drop directory cannot be used", "/none/drop"),
  ]

  @Test(arguments: settings)
  func `the mail names the cause`(changes: [String: String], cause: String, words: String) throws {
    let site = try NightSite()
    let secrets = ["PS_CLIENT_ID": "x", "PS_CLIENT_SECRET": "y"]
    let settings = changes["PS_BASE_URL"] == nil ? changes : changes.merging(secrets) { $1 }
    #expect(try site.run("run --status E", settings).status != 0)
    let text = try text(site)
    #expect(text.contains(cause) && text.contains(words), "\(text)")
  }

  @Test func `a profile with a fault is the cause, with its place`() throws {
    let site = try NightSite()
    let profile = try site.directory.write("p.json", #"{"profile":1,"user":{"primary_id":"{ID | uper}"}}"#)
    #expect(try site.run("run --status E", ["ALMA_PEOPLE_PROFILE": profile]).status == 78)
    let text = try text(site)
    #expect(
      text.contains("Cause: a setting is wrong, or a file that it names.") && text.contains("p.json:1:"), "\(text)")
  }

  @Test(arguments: [
    ("status-403", "the API store refused the login", "Resource forbidden"),
    ("status-404", "the API store refuses the request", "404"),
    ("untrusted", "did not prove its identity", "certificate"),
    ("status-503", "the API store could not be reached, or asked to try again later", "503"),
  ])
  func `a store that refuses is the cause, with what it answers`(how: String, cause: String, words: String) throws {
    let server = try GatewayServer()
    let site = try NightSite()
    var changes = [
      "ALMA_PEOPLE_INPUT": "", "PS_BASE_URL": server.url(how), "PS_FEED_PATH": "/people/v1/", "PS_CLIENT_ID": "lib",
      "PS_CLIENT_SECRET": "s3cret&more", "PS_FETCH_RETRIES": "0",
    ]
    if how != "untrusted" { changes["PS_FETCH_CA_FILE"] = server.directory.path("ca.crt") }
    #expect([69, 75, 77].contains(try site.run("run --status E", changes).status))
    let text = try text(site)
    #expect(text.contains(cause) && text.contains(words) && text.contains("(ps-fetch)"), "\(text)")
  }

  @Test(arguments: ["ps-fetch", "patron-validate", "patron-to-xml", "feed-zip"])
  func `a stage that is killed is the step that failed`(stage: String) throws {
    let site = try NightSite()
    let killed = try site.replacing(
      stage, with: "[[ $* == *--due* || $* == *--dry-run* ]] && exec REAL \"$@\"; cat >/dev/null; kill -9 $$")
    #expect(try site.run("run --status E", killed).status != 0)
    let text = try text(site)
    #expect(text.contains("Cause: a program was killed.") && text.contains("(\(stage))."), "\(text)")
  }

  @Test func `a full disk is the cause`() throws {
    let site = try NightSite()
    // The first write of a document meets the limit on the size of files, as it would meet the end of the disk.
    let full = try site.replacing("patron-to-xml", with: "ulimit -f 1; exec REAL \"$@\"")
    #expect(try site.run("run --status E", full).status != 0)
    let text = try text(site)
    #expect(text.contains("Cause: reading or writing failed, or a disk is full."), "\(text)")
  }

  @Test func `a size far from that of earlier feeds is the cause, with the figures`() throws {
    let site = try NightSite()
    for day in 16...20 { #expect(try site.run("run --status E", day: day).status == 0) }
    try FileManager.default.removeItem(atPath: site.directory.path("mail"))
    let empty = try site.directory.write("nobody-E.json", "[]")
    let changes = ["ALMA_PEOPLE_INPUT": empty, "FEED_ZIP_MAX_CHANGE": "50"]
    #expect(try site.run("run --status E", changes, day: 21).status == 65)
    let text = try text(site)
    #expect(
      text.contains("Cause: the feed is much smaller or larger than usual.")
        && text.contains("the median of the last 5 feeds"), "\(text)")
  }

  @Test func `failures go to NOTIFY_MAIL_FAILED_TO, rejects to the stakeholders, in one night`() throws {
    let site = try NightSite()
    site.settings["NOTIFY_MAIL_FAILED_TO"] = "ops@example.edu"
    #expect(try site.run("run --status E", ["FEED_PUSH_TO": "file:///none/drop"]).status == 73)
    #expect(site.mails.count == 2)
    let mails = try site.mails.map { try ReceivedMail(Data($0.utf8)) }
    let failure = try #require(mails.first { $0["to"] == "ops@example.edu" })
    let people = try #require(mails.first { $0["to"] == "patron-data@example.edu" })
    #expect(failure.text.contains("/none/drop") && !failure.text.contains("960000"))
    #expect(people.text.contains("960000") && !people.text.contains("/none/drop"))
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(site.mails.count == 3)
  }
}
