import Foundation
import TestSupport
import Testing

/// A file that Alma has taken is delivered again, under a new name.
@Suite struct NightResendTests {
  private static func name(_ status: String, _ end: String = "", day: Int = 22) -> String {
    "alma_people_2026-11-\(day - 1)_2026-11-\(day)_\(status)\(end).xml.zip"
  }

  /// An installation after a good night, whose files Alma has taken.
  private func site() throws -> NightSite {
    let site = try NightSite()
    #expect(try site.run().status == 0)
    try site.takeAll()
    return site
  }

  /// What the drop directory has, without Alma's suffix, and what the ledger has.
  private func expectAgreement(_ site: NightSite) {
    let delivered = site.deliveries.filter { $0.contains(#""outcome":"delivered""#) || $0.contains("already-there") }
    let names = delivered.compactMap { $0.firstMatch(of: /"remote":"[^"]*\/([^"\/]*)"/).map { String($0.1) } }
    let there = site.names(in: "drop").map { $0.replacingOccurrences(of: ".handled", with: "") }
    #expect(names.sorted() == there)
  }

  @Test func `the files of a run are delivered again, each time under a new name`() throws {
    let site = try site()
    let first = try site.run("resend \(site.runs[0])")
    #expect(first.status == 0 && first.text.contains("_again1") && first.errors == "", "\(first.errors)")
    #expect(site.names(in: "drop").contains(Self.name("E", "_again1")))
    #expect(site.names(in: "drop").contains(Self.name("I", "_again1")))
    try site.takeAll()
    let day = String(site.runs[0].prefix(10))
    #expect(try site.run("resend \(day) --status I").status == 0)
    #expect(site.names(in: "drop").contains(Self.name("I", "_again2")) && site.names(in: "drop").count == 5)
    expectAgreement(site)
    // Nobody is told of it, and the next night is as usual.
    #expect(site.mails.count == 1 && site.begun.isEmpty)
    let next = try site.run(day: 23)
    #expect(next.status == 0 && next.errors == "" && site.mails.count == 2)
    let history = try site.run("history", day: 23)
    #expect(history.lines.count == 8)
    #expect(history.text.matches(of: /delivered again 2026-11-2\d \d\d:\d\d UTC/).count == 3)
    let records = try site.run("history --ndjson", day: 23).lines
    #expect(records.map { $0.contains(#""kind":"delivery""#) } == [false, true, false, true, true, false, false])
    let page = try site.run("report", day: 23).text
    #expect(page.matches(of: /<td>delivered again/).count == 3 && page.matches(of: /<tr><td>/).count == 7)
    expectAgreement(site)
  }

  @Test func `a file that waits for Alma is not delivered again`() throws {
    let site = try NightSite()
    #expect(try site.run().status == 0)
    let refused = try site.run("resend \(site.runs[0])")
    #expect(refused.status == 65 && refused.errorLines.count == 1)
    #expect(refused.errors.contains("\(Self.name("E")): Alma has not taken this file yet"), "\(refused.errors)")
    #expect(site.names(in: "drop").count == 2)
  }

  @Test(arguments: ["E", "I"])
  func `after a later run of either status nothing is delivered again, and the days are named`(later: String) throws {
    let site = try site()
    let run = site.runs[0]
    #expect(try site.run("run --status \(later)", day: 23).status == 0)
    let refused = try site.run("resend \(run)", day: 23)
    #expect(refused.status == 65 && refused.errorLines.count == 1)
    #expect(refused.errors.hasSuffix("with --since 2026-11-21 --until 2026-11-22\n"), "\(refused.errors)")
    #expect(!site.names(in: "drop").joined().contains("again"))
    expectAgreement(site)
  }

  @Test func `a zip that is gone is 66, and one that was changed 65`() throws {
    let site = try site()
    let run = "state/runs/\(site.runs[0])"
    let zip = try #require(site.names(in: run).first { $0.hasSuffix("_E.xml.zip") })
    let bytes = try site.directory.read("\(run)/\(zip)")
    try site.directory.write("\(run)/\(zip)", "other")
    #expect(try site.run("resend \(site.runs[0])").status == 65)
    try FileManager.default.removeItem(atPath: site.directory.path("\(run)/\(zip)"))
    let gone = try site.run("resend \(site.runs[0])")
    #expect(gone.status == 66 && gone.errorLines.count == 1 && gone.errors.contains(zip), "\(gone.errors)")
    try bytes.write(to: site.directory.url.appendingPathComponent("\(run)/\(zip)"))
    #expect(try site.run("resend 2026-01-01").status == 66)
    #expect(!site.names(in: "drop").joined().contains("again"))
    #expect(try site.run("resend \(site.runs[0])").status == 0)
    #expect(site.names(in: "drop").contains(Self.name("E", "_again1")))
  }

  @Test func `a feed that was not delivered is not delivered by it`() throws {
    let site = try NightSite()
    try site.move("drop", "away")
    #expect(try site.run("run --status E").status == 73)
    try site.move("away", "drop")
    let refused = try site.run("resend \(site.runs[0])")
    #expect(refused.status == 65 && refused.errors.contains("none of these feeds was delivered"), "\(refused.errors)")
  }

  @Test func `what is refused leaves nothing for the next run`() throws {
    let site = try site()
    let path = "state/runs/\(site.runs[0])/E.stream"
    let stream = String(decoding: try site.directory.read(path), as: UTF8.self)
    try site.directory.write(
      path,
      stream.replacingOccurrences(
        of: #""stage":"patron-validate","complete":true"#, with: #""stage":"patron-validate","complete":false"#))
    let refused = try site.run("resend \(site.runs[0])")
    #expect(refused.status == 65 && refused.errors.contains("the stream is incomplete"), "\(refused.errors)")
    #expect(!site.names(in: "state/runs/\(site.runs[0])").joined().contains("again"))
  }

  @Test(arguments: ["resend", "resend yesterday", "resend ../../etc", "resend 2026-11-22 --older-than 1d"])
  func `a command line without a day or run is 64`(arguments: String) throws {
    #expect(try site().run(arguments).status == 64)
  }

  @Test func `another user than the owner is refused, and another run waited for`() throws {
    let site = try site()
    let held = try site.run("resend \(site.runs[0])", by: "flock '\(site.directory.path("state/lock"))'")
    #expect(held.status == 75 && held.errors.contains("another run is active"), "\(held.errors)")
    guard getuid() == 0 else { return }
    #expect(unsafe chown(site.directory.path("state"), 65534, 65534) == 0)
    let refused = try site.run("resend \(site.runs[0])")
    #expect(refused.status == 78 && refused.errors.contains("-- alma-people-feed resend"), "\(refused.errors)")
  }

  /// Where it can die.
  private static let deaths: [(program: String, script: String, isBegun: Bool)] = [
    ("feed-push", "kill -9 NIGHT $$", false),
    ("mv", "kill -9 NIGHT $$", false),
    ("mv", #"REAL "$@"; kill -9 NIGHT"#, true),
    ("feed-push", #"[[ $* == *--dry-run* ]] && exec REAL "$@"; kill -9 NIGHT $$"#, true),
    // It dies when the first file is in the drop directory, and the ledger does not know.
    (
      "feed-push",
      #"[[ $* == *--dry-run* ]] && exec REAL "$@"; cp state/ledger.ndjson L; REAL "$@" >/dev/null; cp L state/ledger.ndjson; rm "$4" drop/*I_again*; kill -9 NIGHT"#,
      true
    ),
    // It dies when all is done and in the ledger, before its account.
    ("feed-push", #"[[ $* == *--dry-run* ]] && exec REAL "$@"; REAL "$@" >/dev/null; rm "$4"; kill -9 NIGHT"#, true),
    ("feed-push", #"[[ $* == *--dry-run* ]] && exec REAL "$@"; REAL "$@"; kill -9 NIGHT"#, true),
  ]

  @Test(arguments: deaths.indices)
  func `killed at any point, it is finished by the next run or has not begun`(death: Int) throws {
    let (program, script, isBegun) = Self.deaths[death]
    let site = try site()
    let run = site.runs[0]
    #expect(try site.run("resend \(run)", try site.replacing(program, with: script)).status != 0)
    // Alma may take at any time what is there.
    if death.isMultiple(of: 2) { try site.takeAll() }
    let next = try site.run(day: 23)
    #expect(next.status == 0 && next.errors == "", "\(next.errors)")
    expectAgreement(site)
    let again = site.names(in: "drop").filter { $0.contains("again") }.map {
      $0.replacingOccurrences(of: ".handled", with: "")
    }
    #expect(again == (isBegun ? [Self.name("E", "_again1"), Self.name("I", "_again1")] : []))
    #expect(site.begun.isEmpty && !site.names(in: "state/runs/\(run)").contains { $0.contains(".part") })
  }

  @Test func `after it was killed the same command finishes it, under the same name`() throws {
    let site = try site()
    let run = site.runs[0]
    let script = #"[[ $* == *--dry-run* ]] && exec REAL "$@"; REAL "$@" >/dev/null; rm "$4"; kill -9 NIGHT"#
    #expect(try site.run("resend \(run)", try site.replacing("feed-push", with: script)).status != 0)
    #expect(try site.run("resend \(run)").status == 0)
    #expect(site.names(in: "drop").filter { $0.contains("again") }.count == 2)
    expectAgreement(site)
  }

  @Test func `a drop directory that goes away meanwhile is 73, and the next run delivers`() throws {
    let site = try site()
    let script = #"[[ $* == *--dry-run* ]] || mv drop away; REAL "$@""#
    let failed = try site.run("resend \(site.runs[0])", try site.replacing("feed-push", with: script))
    #expect(failed.status == 73 && failed.errorLines.count == 1, "\(failed.errors)")
    try site.move("away", "drop")
    #expect(try site.run(day: 23).status == 0)
    #expect(site.names(in: "drop").contains(Self.name("E", "_again1")))
    expectAgreement(site)
  }
}
