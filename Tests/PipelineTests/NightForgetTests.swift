import Foundation
import TestSupport
import Testing

/// The data of people are kept for a time only: XML, zips, streams, rejects.
@Suite struct NightForgetTests {
  /// Gives a run the name of an older one.
  private func age(_ site: NightSite, _ run: String, to name: String = "2026-01-01T004500Z") throws {
    try site.move("state/runs/\(run)", "state/runs/\(name)")
  }

  /// The names of files in which there is something of a person.
  private func people(in site: NightSite) throws -> String {
    try Executable.shell("grep -rlE 'akim|960000' state/runs || true", in: site.directory.url).text
  }

  @Test func `there is no XML beside the zip that has it`() throws {
    let site = try NightSite()
    #expect(try site.run().status == 0)
    #expect(site.names(in: "state/runs/\(site.runs[0])").filter { $0.hasSuffix(".xml") }.isEmpty)
    #expect(site.names(in: "state/runs/\(site.runs[0])").filter { $0.hasSuffix(".zip") }.count == 2)
  }

  @Test func `XML that a killed feed-zip has left is removed by the next run`() throws {
    let site = try NightSite()
    let script = #"for a; do [[ $a == --remove-documents ]] || set -- "$@" "$a"; shift; done; REAL "$@"; kill -9 NIGHT"#
    #expect(try site.run("run --status E", try site.replacing("feed-zip", with: script)).status != 0)
    #expect(site.names(in: "state/runs/\(site.runs[0])").contains { $0.hasSuffix(".xml") })
    #expect(try site.run("run --status E").status == 0)
    #expect(!site.names(in: "state/runs/\(site.runs[0])").contains { $0.hasSuffix(".xml") })
  }

  @Test func `an rm that dies while it removes what is left over is not told`() throws {
    let site = try NightSite()
    #expect(try site.run("run --status E", day: 21).status == 0)
    let night = try site.run("run --status E", try site.replacing("rm", with: "kill -9 $$"), day: 22)
    #expect(night.status == 0 && night.errors == "", "\(night.errors)")
    let forgotten = try site.run("forget --older-than 0d", try site.replacing("rm", with: "kill -9 $$"), day: 22)
    #expect(forgotten.errorLines.count <= 1, "\(forgotten.errors)")
  }

  @Test func `a run forgets people after 14 days, or the time that is set, and keeps the account`() throws {
    let site = try NightSite()
    #expect(try site.run(day: 21).status == 0)
    try age(site, site.runs[0])
    #expect(try site.run("run --status E", ["ALMA_PEOPLE_KEEP_PEOPLE": "36500d"], day: 22).status == 0)
    #expect(try people(in: site).contains("2026-01-01T004500Z/E.ndjson"))
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(try !people(in: site).contains("2026-01-01") && people(in: site).contains("/E.ndjson"))
    let left = site.names(in: "state/runs/2026-01-01T004500Z")
    #expect(left == ["E.ndjson", "E.told", "I.ndjson", "I.told", "finished", "log", "mail.ndjson"], "\(left)")
    #expect(site.mails.count == 3 && site.deliveries.count == 4)
    let status = try site.run("status", day: 23)
    #expect(status.text.contains("2026-01-01T004500Z  done\n  E  2026-11-20 to 2026-11-21  delivered: 8 accepted"))
    #expect(try site.run("resend 2026-01-01").status == 66)
    for wrong in ["14", "d", "1w", "-1d", "x[$(touch owned)]d"] {
      #expect(try site.run("run", ["ALMA_PEOPLE_KEEP_PEOPLE": wrong]).status == 78)
    }
    #expect(!site.directory.names.contains("owned"))
  }

  @Test func `forget does it when no run comes any more, and by hand at once`() throws {
    let site = try NightSite()
    #expect(try site.run().status == 0)
    let kept = try site.run("forget")
    #expect(kept.status == 0 && kept.text == "" && kept.errors == "" && site.runs.count == 1)
    #expect(try people(in: site) != "")
    try age(site, site.runs[0])
    let forgotten = try site.run("forget")
    #expect(forgotten.status == 0 && forgotten.errors == "", "\(forgotten.errors)")
    #expect(try people(in: site) == "")
    #expect(try site.run(day: 23).status == 0)
    #expect(try site.run("forget --older-than 90m").status == 0)
    #expect(try people(in: site) != "")
    try age(site, site.runs[1], to: "2026-11-01T000000Z")
    #expect(try site.run("forget --older-than 0d").status == 0)
    #expect(try people(in: site) == "" && site.begun.isEmpty)
    // The second run of a second is as old as the first.
    #expect(try site.run(day: 24).status == 0)
    let now = ISO8601DateFormatter().string(from: Date()).replacing(":", with: "")
    try age(site, try #require(site.runs.last), to: now + "_02")
    #expect(try site.run("forget --older-than 0d").status == 0)
    #expect(try people(in: site) == "")
    #expect(try site.run("forget --older-than soon").status == 64)
    #expect(try site.run("run --older-than 1d").status == 64)
  }

  @Test func `rejects that expire untold are counted in the next mail`() throws {
    let site = try NightSite()
    let away = try site.replacing("notify-mail", with: #"[[ $* == *--without-rejects* ]] && exec REAL "$@"; exit 75"#)
    #expect(try site.run("run --status E", away, day: 21).status == 75)
    try age(site, site.runs[0])
    #expect(try site.run("forget").status == 0)
    #expect(try people(in: site) == "")
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(site.mails.contains { $0.contains("5 people were rejected and cannot be listed here") }, "\(site.mails)")
    #expect(site.begun.isEmpty && site.deliveries.count == 2)
  }

  @Test func `answers of Alma are forgotten too: those that were told whole, the others without people`() throws {
    let site = try NightSite()
    #expect(try site.run("run --status E").status == 0)
    try FileManager.default.createDirectory(
      atPath: site.directory.path("state/loads"), withIntermediateDirectories: true)
    let answer = """
      {"kind":"load-reject","instance":"1","emplid":"960000001","event":{}}
      {"kind":"summary","stage":"load-report","complete":true,"seconds":0}

      """
    for name in ["2026-01-01T000000Z.1", "2026-01-02T000000Z.2", "2999-01-01T000000Z.3"] {
      try site.directory.write("state/loads/\(name).ndjson", answer)
    }
    try site.directory.write("state/loads/2026-01-01T000000Z.1.told", "")
    let forgotten = try site.run("forget")
    #expect(forgotten.status == 0, "\(forgotten.errors)")
    #expect(site.names(in: "state/loads") == ["2026-01-02T000000Z.2.ndjson", "2999-01-01T000000Z.3.ndjson"])
    let untold = String(decoding: try site.directory.read("state/loads/2026-01-02T000000Z.2.ndjson"), as: UTF8.self)
    #expect(!untold.contains("960000001") && untold.contains(#""stage":"load-report""#))
    #expect(
      String(decoding: try site.directory.read("state/loads/2999-01-01T000000Z.3.ndjson"), as: UTF8.self) == answer)
  }

  @Test(arguments: ["kill -9 NIGHT $$", #"REAL "$@"; kill -9 NIGHT $$"#, #"kill -9 $$"#])
  func `killed at any point, it delivers and tells nothing twice`(script: String) throws {
    let site = try NightSite()
    #expect(try site.run(day: 21).status == 0)
    try age(site, site.runs[0])
    #expect(try site.run("forget", try site.replacing("notify-mail", with: script), day: 22).status != 0)
    #expect(try site.run(day: 22).status == 0)
    #expect(try !people(in: site).contains("2026-01-01"))
    #expect(
      site.deliveries.count == 4 && site.names(in: "drop").count == 4 && site.mails.count == 2 && site.begun.isEmpty)
  }

  @Test func `a run that was interrupted, and is forgotten, is fetched again and not delivered`() throws {
    let site = try NightSite()
    #expect(
      try site.run("run --status E", try site.replacing("feed-push", with: "kill -9 NIGHT $$"), day: 21).status != 0)
    try age(site, site.runs[0])
    #expect(try site.run("forget").status == 0)
    #expect(try people(in: site) == "")
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(site.names(in: "drop") == ["alma_people_2026-11-19_2026-11-22_E.xml.zip"] && site.begun.isEmpty)
  }

  @Test func `another user than the owner is refused, and another run waited for`() throws {
    let site = try NightSite()
    #expect(try site.run().status == 0)
    #expect(try site.run("forget", by: "flock '\(site.directory.path("state/lock"))'").status == 75)
    guard getuid() == 0 else { return }
    #expect(unsafe chown(site.directory.path("state"), 65534, 65534) == 0)
    #expect(try site.run("forget").status == 78)
  }
}
