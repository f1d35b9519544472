import Foundation
import TestSupport
import Testing

/// What the night remembers: days that are owed, accounts that are to be told, whatever dies or is away.
@Suite struct NightMemoryTests {
  // Owed days

  @Test func `days of nights in which the drop directory was away are delivered when it is back`() throws {
    let site = try NightSite()
    try site.move("drop", "away")
    #expect(try site.run("run --status E", day: 22).status == 73)
    #expect(try site.run("run --status E", day: 23).status == 73)
    try site.move("away", "drop")
    #expect(try site.run("run --status E", day: 24).status == 0)
    // The first night's day is owed, and a day before it is asked for too.
    #expect(site.names(in: "drop") == ["alma_people_2026-11-20_2026-11-24_E.xml.zip"])
  }

  @Test func `days of nights in which the API store was away are delivered when it is back`() throws {
    let site = try NightSite()
    let away = [
      "ALMA_PEOPLE_INPUT": "", "PS_BASE_URL": "http://127.0.0.1:1", "PS_CLIENT_ID": "x", "PS_CLIENT_SECRET": "y",
      "PS_FETCH_RETRIES": "0",
    ]
    #expect(try site.run("run --status E", away, day: 22).status == 75)
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(site.names(in: "drop") == ["alma_people_2026-11-20_2026-11-23_E.xml.zip"])
  }

  @Test func `a fortnight that was missed is owed after yesterday was fetched by hand`() throws {
    let site = try NightSite()
    #expect(try site.run("run --status E", day: 5).status == 0)
    #expect(try site.run("run --status E --since 2026-11-19", day: 20).status == 0)
    #expect(try site.run("run --status E", day: 21).status == 0)
    #expect(site.names(in: "drop").contains("alma_people_2026-11-04_2026-11-21_E.xml.zip"))
  }

  @Test func `a week fetched again by hand is owed until it is delivered`() throws {
    let site = try NightSite()
    #expect(try site.run("run --status E", day: 22).status == 0)
    try site.move("drop", "away")
    #expect(try site.run("run --status E --since 2026-11-10 --until 2026-11-17", day: 22).status == 73)
    try site.move("away", "drop")
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(site.names(in: "drop").contains("alma_people_2026-11-09_2026-11-22_E.xml.zip"))
    #expect(try site.run("run --status E", day: 22).errors.contains("already"))
  }

  @Test func `an earlier run that cannot be finished is fetched again by the same run`() throws {
    let site = try NightSite()
    #expect(
      try site.run("run --status E", try site.replacing("feed-push", with: "kill -9 NIGHT $$"), day: 22).status != 0)
    // The drop directory comes back between the two deliveries.
    let script = #"""
      [[ $* == *--unless-later* ]] || exec REAL "$@"
      mv drop away; REAL "$@"; code=$?; mv away drop; exit $code
      """#
    let next = try site.run("run --status E", try site.replacing("feed-push", with: script), day: 23)
    #expect(next.status == 0, "\(next.errors)")
    #expect(site.names(in: "drop") == ["alma_people_2026-11-20_2026-11-23_E.xml.zip"])
    // Whether the earlier file had come was not seen; the next run looks.
    #expect(site.begun.count == 1)
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(site.begun.isEmpty && site.names(in: "drop").count == 1)
  }

  @Test func `a file that came before its run died gets into the ledger after a night without drop directory`()
    throws
  {
    let site = try NightSite()
    let script = #"REAL "${@: -1}" >/dev/null; kill -9 NIGHT $$"#
    #expect(try site.run("run --status E", try site.replacing("feed-push", with: script), day: 21).status != 0)
    let name = try #require(site.names(in: "drop").first)
    #expect(site.deliveries.isEmpty)
    try site.move("drop", "away")
    #expect(try site.run("run --status E", day: 22).status == 73)
    try site.move("away", "drop")
    try site.move("drop/\(name)", "drop/\(name).handled")
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(site.ledger.contains { $0.contains(#""outcome":"already-there""#) && $0.contains(name) }, "\(site.ledger)")
    #expect(site.begun.isEmpty)
  }

  @Test func `an older feed does not come after a later one`() throws {
    let site = try NightSite()
    #expect(
      try site.run("run --status E", try site.replacing("feed-push", with: "kill -9 NIGHT $$"), day: 21).status != 0)
    // Somebody hides the run while a later one of the other status is delivered.
    let run = try #require(site.runs.first)
    try site.move("state/runs/\(run)", "hidden")
    #expect(try site.run("run --status I", day: 22).status == 0)
    try site.move("hidden", "state/runs/2026-11-21T004500Z")
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(!site.names(in: "drop").contains("alma_people_2026-11-20_2026-11-21_E.xml.zip"))
    #expect(site.names(in: "drop").contains("alma_people_2026-11-19_2026-11-23_E.xml.zip"))
    #expect(site.begun.isEmpty)
  }

  @Test func `days that are owed for too long are named on every run, and waived on demand`() throws {
    let site = try NightSite()
    site.settings["PS_FETCH_MAX_CATCH_UP"] = "5"
    #expect(try site.run("run --status E", day: 1).status == 0)
    for _ in 0..<2 {
      let late = try site.run("run --status E", day: 22)
      #expect(late.status == 65 && late.errorLines.count == 1, "\(late.errors)")
      #expect(late.errors.contains("from 2026-11-01 to 2026-11-17"), "\(late.errors)")
    }
    #expect(site.names(in: "drop").contains("alma_people_2026-11-17_2026-11-22_E.xml.zip"))
    #expect(site.mails.contains { $0.contains("2026-11-01") })
    let waived = try site.run("waive --status E --since 2026-11-01 --until 2026-11-17", day: 22)
    #expect(
      waived.status == 0 && waived.text.contains("E: the days from 2026-11-01 to before 2026-11-17 are no longer owed"))
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(try site.run("waive --since 2026-11-01").status == 64)
  }

  // The clock, time zones and the ledger

  @Test func `a window in the future is refused, and one in the ledger is told on every run`() throws {
    let site = try NightSite()
    for arguments in [
      "run --until 2027-01-01", "run --since 2027-01-01", "waive --since 2026-11-01 --until 2027-01-01",
    ] {
      let refused = try site.run(arguments)
      #expect(refused.status == 64 && refused.errorLines.count == 1, "\(refused.errors)")
    }
    #expect(site.ledger.isEmpty)
    // A clock that is ahead for one night.
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(try site.run("run --status E", day: 29).status == 0)
    for day in 23...25 {
      let night = try site.run("run --status E", day: day)
      #expect(
        night.status == 0 && night.errorLines.count == 1 && night.errors.contains("in the future"), "\(night.errors)")
      #expect(site.names(in: "drop").contains("alma_people_2026-11-\(day - 2)_2026-11-\(day)_E.xml.zip"))
    }
  }

  @Test(arguments: [("Pacific/Auckland", "UTC"), ("America/New_York", "Asia/Tokyo")])
  func `days are those of the API store, whatever zone the machine is in`(zone: String, machine: String) throws {
    let site = try NightSite()
    site.settings.merge(["PS_TZ": zone, "TZ": machine]) { $1 }
    for day in 20...22 {
      let night = try site.run("run --status E", day: day)
      #expect(night.status == 0 && night.errors == "", "\(night.errors)")
      #expect(try site.run("run --status E", day: day).errors.contains("already"))
    }
    #expect(site.deliveries.count == 3)
  }

  @Test func `a day without a midnight is a day`() throws {
    let site = try NightSite()
    let night = try site.run("run --status E --since 2026-04-24 --until 2026-04-25", ["PS_TZ": "Africa/Cairo"])
    #expect(night.status == 0, "\(night.errors)")
    #expect(site.names(in: "drop") == ["alma_people_2026-04-24_2026-04-25_E.xml.zip"])
  }

  @Test(arguments: ["\0\0\0\0\0\0\0\0", #"{"kind":"delivery","outc"#])
  func `a ledger with zeros or a cut record at its end is read and written on`(rest: String) throws {
    let site = try NightSite()
    #expect(try site.run("run --status E", day: 21).status == 0)
    let ledger = site.directory.url.appendingPathComponent("state/ledger.ndjson")
    try (Data(contentsOf: ledger) + Data(rest.utf8)).write(to: ledger)
    for day in 22...23 { #expect(try site.run("run --status E", day: day).status == 0) }
    #expect(site.names(in: "drop").count == 3)
  }

  @Test func `a ledger that cannot be read is told in the line and in the mail`() throws {
    let site = try NightSite()
    #expect(try site.run("run --status E", day: 21).status == 0)
    let ledger = site.directory.url.appendingPathComponent("state/ledger.ndjson")
    try (Data("nonsense\n".utf8) + Data(contentsOf: ledger)).write(to: ledger)
    let night = try site.run("run --status E", day: 22)
    #expect(
      night.status == 65 && night.errorLines.count == 1 && night.errors.contains("ledger.ndjson line 1"),
      "\(night.errors)")
    #expect(site.mails.contains { $0.contains("this line of the ledger is not a record") })
  }

  // Deaths of one stage

  @Test func `feed-push that dies after the rename and before the ledger delivers nothing twice`() throws {
    let site = try NightSite()
    let script = #"REAL --to "$FEED_PUSH_TO" "${@: -1}" >/dev/null; kill -9 $$"#
    let night = try site.run("run --status E", try site.replacing("feed-push", with: script), day: 22)
    #expect(night.status == 137 && night.errors.contains("feed-push: killed (exit status 137)"), "\(night.errors)")
    #expect(site.deliveries.isEmpty)
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(site.deliveries.first?.contains(#""outcome":"already-there""#) == true)
    #expect(
      site.names(in: "drop") == [
        "alma_people_2026-11-21_2026-11-22_E.xml.zip", "alma_people_2026-11-21_2026-11-23_E.xml.zip",
      ])
    #expect(site.mails.filter { $0.contains("akim (960000008)") }.count == 2, "one for each night")
    #expect(site.begun.isEmpty)
  }

  @Test func `feed-push that dies after the ledger is told by the next run, beside the other status`() throws {
    let site = try NightSite()
    let script = #"""
      [[ $* == */E.stream ]] || exec REAL "$@"
      printf '{"kind":"feed","st' >"${5%/*}/.E.ndjson.part-1"; REAL --ledger "$2" "${@: -1}" >/dev/null; kill -9 $$
      """#
    #expect(try site.run("run", try site.replacing("feed-push", with: script)).status == 137)
    #expect(!site.mails.contains { $0.contains("akim (960000008)") })
    #expect(site.mails.contains { $0.contains("2 people were delivered") && $0.contains("feed-push: killed") })
    #expect(try site.run().status == 0)
    #expect(site.deliveries.count == 2 && site.names(in: "drop").count == 2)
    #expect(site.mails.filter { $0.contains("akim (960000008)") }.count == 1)
    #expect(site.begun.isEmpty)
  }

  @Test(arguments: ["ps-fetch", "patron-validate", "patron-to-xml", "feed-zip"])
  func `a stage that dies is named, told in the mail, and made good by the next run`(stage: String) throws {
    let site = try NightSite()
    let script = stage == "ps-fetch" ? "[[ $1 == --due ]] && exec REAL \"$@\"; kill -9 $$" : "kill -9 $$"
    let night = try site.run("run --status E", try site.replacing(stage, with: script))
    #expect(night.status == 137 && night.errors.contains("\(stage): killed (exit status 137)"), "\(night.errors)")
    #expect(night.errorLines.count == 1 && site.mails.count == 1)
    #expect(site.names(in: "drop").isEmpty)
    #expect(try site.run("run --status E").status == 0)
    #expect(site.names(in: "drop").count == 1 && site.begun.isEmpty)
  }

  // The lock

  @Test func `a mail program that goes on in the background does not hold the lock`() throws {
    let site = try NightSite()
    let program = try site.directory.write(
      "sendmail",
      "#!/bin/bash\ncat >/dev/null\nsleep 30 >/dev/null 2>&1 &\necho $! >'\(site.directory.path("child"))'\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    site.settings["NOTIFY_MAIL_MAILDIR"] = nil
    site.settings["NOTIFY_MAIL_SENDMAIL"] = program
    #expect(try site.run("run --status E").status == 0)
    #expect(try site.run("run --status I").status == 0)
    _ = try Executable.shell("kill $(cat child)", in: site.directory.url)
  }

  @Test func `the lock holds while a stage of a killed run lives`() throws {
    let site = try NightSite()
    let slow = try site.replacing("feed-push", with: #"kill -9 NIGHT; cat gate >/dev/null; exec REAL "$@""#)
    let script = """
      mkfifo gate
      bash -c "echo \\$\\$ >pid; exec alma-people-feed run --status E"
      alma-people-feed run --status E; echo "second $?"
      : >gate; exec 9<state/lock; flock 9
      """
    let outcome = try Executable.shell(script, environment: site.settings.merging(slow) { $1 }, in: site.directory.url)
    #expect(outcome.text == "second 75\n", "\(outcome.errors)")
    #expect(try site.run("run --status E").status == 0)
    #expect(site.deliveries.count == 1 && site.begun.isEmpty)
  }

  @Test(arguments: [("echo 'flock: not supported' >&2; exit 1", "not supported"), ("kill -9 $$", "cannot lock")])
  func `alone a lock that is held is told as another run`(script: String, words: String) throws {
    let site = try NightSite()
    let night = try site.run("run", try site.replacing("flock", with: script))
    #expect(night.status == 74 && night.errorLines.count == 1 && night.errors.contains(words), "\(night.errors)")
  }
}
