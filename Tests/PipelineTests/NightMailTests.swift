import Foundation
import TestSupport
import Testing

/// Everybody is told, once, whatever dies: mails of earlier nights, failures that go on, runs that are pruned.
@Suite struct NightMailTests {
  @Test func `mails of several nights are made good in one message, after the delivery`() throws {
    let site = try NightSite()
    let away = try site.replacing("notify-mail", with: "echo 'notify-mail: no' >&2; exit 75")
    for day in 19...21 { #expect(try site.run("run --status E", away, day: day).status == 75) }
    #expect(site.begun.count == 3 && site.mails.isEmpty)
    let order = try site.replacing("notify-mail", with: #"ls drop >>order; exec REAL "$@""#)
    #expect(try site.run("run --status E", order, day: 22).status == 0)
    #expect(site.mails.count == 2 && site.begun.isEmpty)
    let late = try #require(site.mails.max { $0.count < $1.count })
    for day in 18...20 { #expect(late.contains("CHANGES OF 2026-11-\(day)") || late.contains("2026-11-\(day)")) }
    #expect(String(decoding: try site.directory.read("order"), as: UTF8.self).contains("_2026-11-22_E.xml.zip"))
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(site.mails.count == 3)
  }

  @Test func `runs that version 0.1.0 has finished are not told again`() throws {
    let site = try NightSite()
    #expect(try site.run("run --status E", day: 21).status == 0)
    try FileManager.default.removeItem(atPath: site.directory.path("state/runs/\(site.runs[0])/E.told"))
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(site.mails.count == 2)
  }

  @Test func `rejects that are pruned untold are counted in the next mail`() throws {
    let site = try NightSite()
    site.settings["ALMA_PEOPLE_KEEP_RUNS"] = "1"
    let away = try site.replacing("notify-mail", with: #"[[ $* == *--without-rejects* ]] && exec REAL "$@"; exit 75"#)
    for day in 20...21 { #expect(try site.run("run --status E", away, day: day).status == 75) }
    #expect(site.runs.count == 2)
    #expect(
      site.names(in: "state/runs/\(site.runs[0])").filter { $0.hasSuffix(".zip") || $0.hasSuffix(".stream") }.isEmpty)
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(site.mails.contains { $0.contains("5 people were rejected and cannot be listed here") }, "\(site.mails)")
    #expect(site.begun.isEmpty && site.runs.count == 1)
  }

  @Test func `a failure that says the same each night is told again after 1, 2, 4 and every 7 days`() throws {
    let site = try NightSite()
    let script = "[[ $1 == --due ]] && exec REAL \"$@\"; echo 'ps-fetch: no' >&2; exit 78"
    let broken = try site.replacing("ps-fetch", with: script)
    var told: [Int] = []
    for day in 1...28 {
      let before = site.mails.count
      #expect(try site.run("run --status E", broken, day: day).status == 78)
      if site.mails.count > before { told.append(day) }
    }
    #expect(told == [1, 2, 4, 8, 15, 22])
    #expect(site.mails.contains { $0.contains("First reported on 2026-11-01, 21 days ago") })
  }

  @Test func `a run that was interrupted while it was pruned is not delivered again`() throws {
    let site = try NightSite()
    site.settings["ALMA_PEOPLE_KEEP_RUNS"] = "1"
    #expect(try site.run("run --status E", day: 20).status == 0)
    let old = site.runs[0]
    // rm(1) dies when it has removed one file.
    let dying = try site.replacing(
      "rm", with: #"[[ $* == *pruned.* ]] || exec REAL "$@"; REAL -f -- "${@: -1}/finished"; kill -9 $$"#)
    #expect(try site.run("run --status E", dying, day: 21).status == 0)
    try FileManager.default.removeItem(atPath: site.directory.path("drop/alma_people_2026-11-19_2026-11-20_E.xml.zip"))
    #expect(!site.runs.contains(old) && site.names(in: "state").contains("pruned.\(old)"))
    #expect(try site.run("run --status E", day: 22).status == 0)
    #expect(!site.names(in: "state").contains("pruned.\(old)") && site.names(in: "drop").count == 2)
  }
}
