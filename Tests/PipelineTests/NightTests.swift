import Foundation
import TestSupport
import Testing

/// The nightly run on the example people, as cron would start it.
@Suite struct NightTests {
  private static let zips = [
    "alma_people_2026-11-21_2026-11-22_E.xml.zip", "alma_people_2026-11-21_2026-11-22_I.xml.zip",
  ]

  @Test func `both feeds are delivered and one mail tells of those who are not`() throws {
    let site = try NightSite()
    let night = try site.run()
    #expect(night.status == 0 && night.text == "" && night.errors == "")
    #expect(site.names(in: "drop") == Self.zips)
    #expect(
      site.deliveries.map { $0.contains(#""outcome":"delivered","status":"E""#) || $0.contains(#""status":"I""#) } == [
        true, true,
      ])
    #expect(site.names(in: "mail/new").count == 1)
    let status = try site.run("status")
    #expect(status.status == 0)
    #expect(status.text.contains("E  2026-11-21 to 2026-11-22  delivered: 8 accepted, 5 rejected, 0 excluded"))
    #expect(status.text.contains("I  2026-11-21 to 2026-11-22  delivered: 2 accepted, 0 rejected, 1 excluded"))
    #expect(status.text.contains(Self.zips[0]))
  }

  @Test func `under systemd the journal gets a line for each feed that succeeds`() throws {
    let site = try NightSite()
    // systemd sets JOURNAL_STREAM to the device and inode of the standard error that it gives to a service.
    let journal = #"exec 2>journal; JOURNAL_STREAM=$(stat -Lc %d:%i /dev/stderr) exec "$0" "$@""#
    try site.directory.write("people-I.json", "[")
    let input = ["ALMA_PEOPLE_INPUT": site.directory.path("people-{status}.json")]
    try FileManager.default.copyItem(
      at: Executable.root.appendingPathComponent("examples/people-E.json"),
      to: site.directory.url.appendingPathComponent("people-E.json"))
    let night = try site.run("run", input, by: "/bin/bash -c '\(journal)'")
    #expect(night.status == 65)
    #expect(night.text == "  E  2026-11-21 to 2026-11-22  delivered: 8 accepted, 5 rejected, 0 excluded\n")
    // The variable alone, as a child of a service inherits it, is not enough.
    let inherited = try site.run("run", ["JOURNAL_STREAM": "1:1"], day: 23)
    #expect(inherited.status == 0 && inherited.text == "")
  }

  @Test func `a run again the same day is skipped and says so`() throws {
    let site = try NightSite()
    #expect(try site.run().status == 0)
    let again = try site.run()
    #expect(again.status == 0)
    #expect(again.errorLines.count == 2 && again.errors.contains("E: delivered up to 2026-11-22 already"))
    #expect(site.deliveries.count == 2 && site.names(in: "mail/new").count == 1 && site.runs.count == 1)
    let forced = try site.run("run --force --status E")
    #expect(forced.status == 0 && forced.errors.contains("already"))
    #expect(site.deliveries.last?.contains(#""outcome":"already-there""#) == true)
  }

  @Test func `the next night begins a day before the last window ended`() throws {
    let site = try NightSite()
    #expect(try site.run("run --status E").status == 0)
    // Two nights were missed.
    #expect(try site.run("run --status E", ["SOURCE_DATE_EPOCH": "1795567500"]).status == 0)
    #expect(site.deliveries.last?.contains(#""since":"2026-11-21","until":"2026-11-25""#) == true)
  }

  @Test func `a dry run shows what would be sent and leaves nothing behind`() throws {
    let site = try NightSite()
    let dry = try site.run("run --dry-run")
    #expect(dry.status == 0)
    #expect(dry.text.contains("would deliver \(Self.zips[0]): 8 users"), "\(dry.text.prefix(300))")
    #expect(dry.text.contains("Subject: Alma people feed"))
    #expect(site.names(in: "drop").isEmpty && site.deliveries.isEmpty && site.names(in: "mail").isEmpty)
    #expect(site.names(in: "state").isEmpty)
  }

  @Test func `an empty feed is no file and no mail, and is remembered`() throws {
    let site = try NightSite()
    try site.directory.write("nobody.json", #"{"records":""}"#)
    let night = try site.run("run --status E", ["ALMA_PEOPLE_INPUT": site.directory.path("nobody.json")])
    #expect(night.status == 0 && night.errors == "")
    #expect(site.names(in: "drop").isEmpty && site.names(in: "mail/new").isEmpty)
    #expect(site.deliveries.count == 1 && site.deliveries[0].contains(#""outcome":"empty""#))
  }

  @Test func `one feed failing does not stop the other, and the line for cron names the cause`() throws {
    let site = try NightSite()
    try site.directory.write("people-E.json", #"[{"EMPLID":"1"},"#)
    try FileManager.default.copyItem(
      at: Executable.root.appendingPathComponent("examples/people-I.json"),
      to: site.directory.url.appendingPathComponent("people-I.json"))
    let night = try site.run("run", ["ALMA_PEOPLE_INPUT": site.directory.path("people-{status}.json")])
    #expect(night.status == 65)
    #expect(night.errorLines.count == 1 && night.errors.hasPrefix("alma-people-feed: E: ps-fetch: "), "\(night.errors)")
    #expect(site.names(in: "drop") == [Self.zips[1]])
    #expect(site.deliveries.count == 1)
    #expect(site.names(in: "mail/new").count == 1)
  }

  @Test func `a failed mail does not undo the delivery, and the next run sends it`() throws {
    let site = try NightSite()
    let night = try site.run("run", try site.replacing("notify-mail", with: "echo 'notify-mail: no' >&2; exit 75"))
    #expect(night.status == 75 && night.errors.contains("mail: notify-mail: no"))
    #expect(site.names(in: "drop") == Self.zips && site.deliveries.count == 2)
    #expect(try site.run().status == 0)
    #expect(site.names(in: "mail/new").count == 1 && site.deliveries.count == 2)
    #expect(try site.run().status == 0)
    #expect(site.names(in: "mail/new").count == 1)
  }

  /// Where a run can die: before a stage, in the middle of it, after it.
  private static let deaths: [(stage: String, script: String)] = [
    ("ps-fetch", "kill -9 NIGHT"),
    ("ps-fetch", #"REAL "$@" | head -c 3000; kill -9 NIGHT"#),
    ("patron-to-xml", "kill -9 NIGHT; sleep 1"),
    ("feed-zip", #"REAL "$@"; kill -9 NIGHT"#),
    ("feed-push", "kill -9 NIGHT"),
    ("feed-push", #"REAL "$@" | head -c 2000; kill -9 NIGHT"#),
    ("feed-push", #"REAL "$@"; kill -9 NIGHT"#),
    ("notify-mail", "kill -9 NIGHT"),
    ("notify-mail", #"REAL "$@"; kill -9 NIGHT"#),
  ]

  @Test(arguments: deaths.indices)
  func `a run killed at any point is made good by the next: nothing twice, nothing lost`(death: Int) throws {
    let (stage, script) = Self.deaths[death]
    let site = try NightSite()
    let killed = try site.run("run", try site.replacing(stage, with: script))
    #expect(killed.status != 0)
    let next = try site.run()
    #expect(next.status == 0, "\(next.errors)")
    for status in ["E", "I"] {
      // What was begun again after the first window was written down has the overlap too.
      #expect(site.names(in: "drop").filter { $0.hasSuffix("_2026-11-22_\(status).xml.zip") }.count == 1)
      let records = site.deliveries.filter { $0.contains("\"status\":\"\(status)\"") }
      #expect(records.count == 1, "\(status): \(records)")
    }
    // The five rejects of E are told; a run that died before any of them were delivered may add a word of its own.
    let mails = site.mails
    #expect(mails.filter { $0.contains("akim (960000008)") }.count == 1, "\(mails.count) mails")
    let third = try site.run()
    #expect(third.status == 0 && site.deliveries.count == 2 && site.names(in: "mail/new").count == mails.count)
    #expect(site.runs.allSatisfy { site.names(in: "state/runs/\($0)").contains("finished") })
  }

  @Test func `two runs at once: the second says so, 75`() throws {
    let site = try NightSite()
    let slow = try site.replacing(
      "ps-fetch", with: #"touch "$ALMA_PEOPLE_STATE/begun"; cat "$ALMA_PEOPLE_STATE/gate" >/dev/null; exec REAL "$@""#)
    try FileManager.default.createDirectory(
      at: site.directory.url.appendingPathComponent("state"), withIntermediateDirectories: true)
    let script = """
      mkfifo "$ALMA_PEOPLE_STATE/gate"
      alma-people-feed run --status E & first=$!
      until [ -e "$ALMA_PEOPLE_STATE/begun" ]; do :; done
      alma-people-feed run --status E; echo "second $?"
      : >"$ALMA_PEOPLE_STATE/gate"; wait $first; echo "first $?"
      """
    let outcome = try Executable.shell(script, environment: site.settings.merging(slow) { $1 }, in: site.directory.url)
    #expect(outcome.text == "second 75\nfirst 0\n")
    #expect(outcome.errors.contains("another run is active") && outcome.errorLines.count == 1)
  }

  @Test func `settings are read from a file and never run`() throws {
    let site = try NightSite()
    let text =
      site.settings.map { "\($0)=\($1)\n" }.joined()
      + "\n# a comment\n  NOTIFY_MAIL_SUBJECT=\"$(touch \(site.directory.path("owned")))\"  \n"
    let config = try site.directory.write("settings", text)
    site.settings = [:]
    let night = try site.run("run --config '\(config)' --status I")
    #expect(night.status == 0, "\(night.errors)")
    #expect(site.names(in: "drop") == [Self.zips[1]])
    #expect(!FileManager.default.fileExists(atPath: site.directory.path("owned")))
    for (line, words) in [("PS_BASE", "not a NAME=value line"), ("PZ_BASE_URL=x", "PZ_BASE_URL is not a setting")] {
      try site.directory.write("settings", text + line + "\n")
      let wrong = try site.run("--config '\(config)'")
      #expect(wrong.status == 78 && wrong.errorLines.count == 1 && wrong.errors.contains(words), "\(wrong.errors)")
    }
  }

  @Test(arguments: ["force[$(touch owned)]", "abc", "-1"])
  func `a setting that should be a number is no program`(value: String) throws {
    let site = try NightSite()
    let night = try site.run("run", ["ALMA_PEOPLE_KEEP_RUNS": value])
    #expect(night.status == 78 && night.errorLines.count == 1)
    #expect(!site.directory.names.contains("owned") && site.names(in: "drop").isEmpty)
  }

  @Test func `a mail that was refused is sent once the cause is mended`() throws {
    let site = try NightSite()
    let night = try site.run(
      "run", try site.replacing("notify-mail", with: "echo 'notify-mail: login refused' >&2; exit 77"))
    #expect(night.status == 77)
    #expect(try site.run().status == 0)
    #expect(site.names(in: "mail/new").count == 1)
  }

  @Test func `a feed that broke off before its first line is a section of its own`() throws {
    let site = try NightSite()
    let script = #"case "$*" in *"--status I"*) echo "ps-fetch: no" >&2; exit 78 ;; esac; exec REAL "$@""#
    let night = try site.run("run", try site.replacing("ps-fetch", with: script))
    #expect(night.status == 78 && night.errors.contains("I: ps-fetch: no"))
    let mail = try #require(site.names(in: "mail/new").first)
    let text = try String(contentsOfFile: site.directory.path("mail/new/\(mail)"), encoding: .utf8)
    #expect(text.contains("8 people were delivered"), "\(text)")
    #expect(text.contains("PEOPLE NO LONGER ELIGIBLE"))
  }

  @Test func `a key that cannot be read is told in the stream and the mail`() throws {
    let site = try NightSite()
    let night = try site.run(
      "run --status E", ["FEED_PUSH_TO": "sftp://alma@127.0.0.1/drop", "FEED_PUSH_IDENTITY": "/nowhere/key"])
    #expect(night.status == 66 && night.errors.contains("/nowhere/key"))
    let mail = try #require(site.names(in: "mail/new").first)
    let text = try String(contentsOfFile: site.directory.path("mail/new/\(mail)"), encoding: .utf8)
    #expect(text.contains("/nowhere/key") && text.contains("akim (960000008)"), "\(text)")
  }

  @Test func `the command may stand behind the options`() throws {
    let outcome = try NightSite().run("--status E status")
    #expect(outcome.status == 0 && outcome.text.hasPrefix("no run yet"))
  }

  @Test(arguments: [
    ("--nope", 64), ("run --since", 64), ("run --status X", 64), ("--since 1.1.2026", 64), ("--config /nowhere", 78),
  ])
  func `a wrong command line is told in one line`(arguments: String, status: Int32) throws {
    let outcome = try NightSite().run(arguments)
    #expect(outcome.status == status && outcome.errorLines.count == 1 && outcome.text == "")
  }

  @Test func `old runs are pruned, those not finished are kept`() throws {
    let site = try NightSite()
    site.settings["ALMA_PEOPLE_KEEP_RUNS"] = "2"
    for _ in 0..<4 { #expect(try site.run("run --force --status I").status == 0) }
    #expect(site.runs.count == 2)
  }

  @Test func `check tries every part`() throws {
    let site = try NightSite()
    let good = try site.run("check")
    #expect(good.status == 0, "\(good.text)")
    #expect(good.text.split(separator: "\n").allSatisfy { $0.hasPrefix("ok ") })
    let bad = try site.run("check", ["FEED_PUSH_TO": "file:///nowhere/at/all"])
    #expect(bad.status == 73 && bad.text.contains("FAILED  drop directory"), "\(bad.text)")
    #expect(site.names(in: "drop").isEmpty && site.names(in: "mail/new").isEmpty)
  }
}
