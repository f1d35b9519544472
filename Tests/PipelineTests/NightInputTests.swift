import Foundation
import TestSupport
import Testing

/// Nights whose people come from a program, and full exports.
@Suite struct NightInputTests {
  /// A night whose people come from a program.
  /// - Parameter script: bash; `$1` is the status, `$2` the first day and `$3` the day on which the window ends.
  private func site(_ script: String) throws -> NightSite {
    let site = try NightSite()
    let path = try site.directory.write(
      "export", "#!/bin/bash\necho \"$*\" >>'\(site.directory.path("asked"))'\n\(script)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    site.settings["ALMA_PEOPLE_INPUT"] = nil
    site.settings["ALMA_PEOPLE_INPUT_COMMAND"] = path
    return site
  }

  private func asked(_ site: NightSite) throws -> [String] {
    String(decoding: try site.directory.read("asked"), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// People of the examples, one a line.
  private static let people =
    "jq -c '.. | objects | select(has(\"EMPLID\"))' '\(Executable.root.path)/examples/people-E.json'"

  @Test func `a program gets the status and the window, and its people are delivered`() throws {
    let site = try site(Self.people)
    #expect(try site.run("check").text.contains("ok      input command"))
    let night = try site.run("run --status E", day: 22)
    #expect(night.status == 0 && night.errors == "", "\(night.errors)")
    #expect(try asked(site) == ["E 2026-11-21 2026-11-22"])
    #expect(site.names(in: "drop") == ["alma_people_2026-11-21_2026-11-22_E.xml.zip"])
    #expect(site.names(in: "state/runs/\(site.runs[0])").contains("E.input"))
  }

  @Test(arguments: [
    ("exit 3", Int32(69), "failed with exit status 3: half done"), ("exit 75", 75, "exit status 75: half done"),
    ("exit 64", 69, "exit status 64"), ("kill -9 $$", 75, "killed by signal 9"),
  ])
  func `a program that fails is never taken for a smaller feed, and its days stay owed`(
    end: String, status: Int32, words: String
  ) throws {
    let site = try site("\(Self.people) | head -n 2; echo half done >&2; [[ -e ready ]] || \(end)")
    let failed = try site.run("run --status E", day: 21)
    #expect(failed.status == status && failed.errorLines.count == 1, "\(failed.errors)")
    #expect(failed.errors.contains(words), "\(failed.errors)")
    #expect(site.names(in: "drop").isEmpty)
    #expect(!site.names(in: "state/runs/\(site.runs[0])").contains { $0.hasSuffix(".input") })
    #expect(site.mails.contains { $0.contains(words.split(separator: ":")[0]) })
    _ = try site.directory.write("ready", "")
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(try asked(site).last == "E 2026-11-19 2026-11-22")
  }

  @Test func `a program that is missing or not absolute is a setting to correct`() throws {
    let site = try site("")
    site.settings["ALMA_PEOPLE_INPUT_COMMAND"] = "/nonexistent/export"
    let missing = try site.run("run --status E")
    #expect(missing.status == 78 && missing.errors.contains("cannot run /nonexistent/export: No such file"))
    site.settings["ALMA_PEOPLE_INPUT_COMMAND"] = "export"
    let relative = try site.run("run --status E")
    #expect(relative.status != 0 && relative.errors.contains("absolute"), "\(relative.errors)")
    #expect(try site.run("check").status != 0)
  }

  @Test func `secrets are not inherited by the program`() throws {
    let site = try site("env >'OUT'".replacingOccurrences(of: "OUT", with: "environment"))
    #expect(try site.run("run --status E", ["PS_CLIENT_SECRET": "s3cret", "SMTP_PASSWORD": "pass"]).status == 0)
    let environment = String(decoding: try site.directory.read("environment"), as: UTF8.self)
    #expect(environment.contains("PATH=") && !environment.contains("s3cret") && !environment.contains("SMTP_PASSWORD"))
  }

  @Test func `a full export is delivered once a day, named for its day, and covers the days before`() throws {
    let site = try site(Self.people)
    site.settings["ALMA_PEOPLE_STATUSES"] = "any"
    site.settings["PS_FETCH_FULL"] = "1"
    for day in 21...22 {
      let night = try site.run(day: day)
      #expect(night.status == 0 && night.errors == "", "\(night.errors)")
      #expect(try site.run(day: day).errors.contains("any: delivered up to 2026-11-\(day) already"))
    }
    #expect(try asked(site) == ["any  ", "any  "])
    #expect(
      site.names(in: "drop").sorted()
        == ["alma_people_full_2026-11-21.xml.zip", "alma_people_full_2026-11-22.xml.zip"])
    #expect(site.begun.isEmpty)
    #expect(try site.run("status").text.contains("any  all people  delivered"))
  }

  @Test func `a full export that was interrupted, or failed without a record, is in the history as failed`() throws {
    let site = try site(Self.people)
    site.settings["ALMA_PEOPLE_STATUSES"] = "any"
    site.settings["PS_FETCH_FULL"] = "1"
    #expect(try site.run(day: 20).status == 0)
    #expect(try site.run("run", site.replacing("feed-zip", with: "kill -9 NIGHT $$"), day: 21).status == 137)
    #expect(try site.run("run", site.replacing("feed-zip", with: "exit 74"), day: 22).status == 74)
    let failed = try site.run("history --ndjson").lines.filter { $0.contains(#""outcome":"failed""#) }
    #expect(failed.count == 2 && failed[0].contains("the run was interrupted"), "\(failed)")
    #expect(failed.last?.contains(#""exit_status":74"#) == true, "\(failed)")
    // A success has no second record, and heals.
    #expect(try site.run(day: 23).status == 0)
    #expect(try site.run("history").lines.count == 5)
    #expect(try site.run("status", day: 23).text.contains("last failure: run "))
  }

  @Test func `a full export that has shrunk is held back`() throws {
    let site = try site("\(Self.people) | if [[ -e less ]]; then head -n 2; else cat; fi")
    site.settings["ALMA_PEOPLE_STATUSES"] = "any"
    site.settings["PS_FETCH_FULL"] = "1"
    site.settings["FEED_ZIP_MAX_CHANGE"] = "20"
    for day in 17...21 { #expect(try site.run(day: day).status == 0) }
    _ = try site.directory.write("less", "")
    let shrunk = try site.run(day: 22)
    #expect(shrunk.status == 65 && shrunk.errors.contains("the median of the last 5 full feeds"), "\(shrunk.errors)")
    #expect(site.names(in: "drop").count == 5)
  }
}
