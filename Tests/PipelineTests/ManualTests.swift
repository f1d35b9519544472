import Calendar
import Foundation
@testable import Patron
import RecordStream
import Stage
import StageErrors
import TestSupport
import Testing

/// Holds the manual and the README to the code: what is written twice is the same.
@Suite struct ManualTests {
  static let stages = [
    "ps-fetch", "patron-validate", "patron-to-xml", "feed-zip", "feed-push", "load-report", "notify-mail",
  ]
  static let script = Executable.root.appendingPathComponent("bin/alma-people-feed").path

  /// The page of every program.
  static let pages = stages.map { "\($0).1" } + ["alma-people-feed.8"]

  @Test(arguments: pages)
  func `a page has the options of --help, all of them and no others`(name: String) throws {
    let program = String(name.dropLast(2))
    let executable = program == "alma-people-feed" ? Executable(program: Self.script) : Executable(program)
    let help = try executable.run(["--help"])
    #expect(help.status == 0)
    let lines = help.text.split(separator: "\n").drop { !$0.uppercased().hasPrefix("USAGE:") }
    let options = lines.compactMap { line in
      line.firstMatch(of: /^  (?:-[a-z], )?--([a-z][a-z0-9-]*)/).map { String($0.1) }
    }
    #expect(try ManualPage(name).options == Set(options))
  }

  @Test(arguments: stages)
  func `a page has the variables of --help, all of them and no others`(stage: String) throws {
    let help = try Executable(stage).run(["--help"]).text
    let environment = help.components(separatedBy: "Environment:").last?.components(separatedBy: "USAGE:").first ?? ""
    let names = Set(ManualPage.variables(in: environment))
    let page = try ManualPage("\(stage).1")
    #expect(page.variables.isSuperset(of: names), "missing: \(names.subtracting(page.variables).sorted())")
    let prefix = stage.uppercased().replacingOccurrences(of: "-", with: "_") + "_"
    let unknown = page.variables.filter { $0.hasPrefix(prefix) && !names.contains($0) }
    #expect(unknown.isEmpty, "--help does not name \(unknown.sorted())")
  }

  @Test(arguments: stages)
  func `each variable of --help is that of an option, and none overrides a safeguard`(stage: String) throws {
    let help = try Executable(stage).run(["--help"]).text.split(separator: "\n")
    let flags = help.compactMap { $0.wholeMatch(of: #/  --([a-z-]+): [A-Za-z_]+/#).map { String($0.1) } }
    let options = Set(help.compactMap { $0.firstMatch(of: /^  (?:-[a-z], )?--([a-z-]+)(?: |$)/).map { String($0.1) } })
    #expect(!flags.isEmpty && Set(flags).count == flags.count)
    #expect(options.isSuperset(of: flags), "\(Set(flags).subtracting(options))")
    for flag in ["force", "replace", "allow-partial", "again", "remove-documents"] { #expect(!flags.contains(flag)) }
  }

  @Test func `the page of the script has its variables`() throws {
    let directory = Executable.root.appendingPathComponent("bin/libexec")
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).map { "\(directory.path)/\($0)" }
    let script = try (files + [Self.script]).map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
    let names = Set(script.matches(of: /ALMA_PEOPLE_[A-Z_]*[A-Z]/).map { String($0.0) })
    let page = try ManualPage("alma-people-feed.8").variables.filter { $0.hasPrefix("ALMA_PEOPLE_") }
    #expect(page == names)
  }

  @Test(arguments: pages)
  func `a page lists exit statuses of sysexits, each once and in their order`(name: String) throws {
    let statuses = try ManualPage(name).exitStatuses
    #expect(statuses.starts(with: [0, 64]))
    #expect(statuses == Set(statuses).sorted())
    #expect(statuses.allSatisfy { ExitStatus(rawValue: $0) != nil })
  }

  @Test func `the tour lists every exit status`() throws {
    #expect(try ManualPage("alma-people.7").exitStatuses == ExitStatus.allCases.map(\.rawValue))
  }

  @Test func `patron-validate(1) has every code with its verdict, in the order of the rules`() throws {
    let verdicts = Rule.allCases.map { ".It Cm \($0.rawValue) Ta \($0.verdict.rawValue) Ta" }
    #expect(try ManualPage("patron-validate.1").section("The rules").filter { $0.hasPrefix(".It Cm ") } == verdicts)
  }

  @Test func `patron-to-xml(1) has every element and every code of the mapping`() throws {
    let words = try Set(
      ManualPage("patron-to-xml.1").section("The mapping").joined(separator: " ")
        .matches(of: /\w+/).map { String($0.0) })
    let plan = try Plan(.builtIn())
    // They stand between line1 and line4.
    let elements = plan.outline.tags.map(\.name).filter { $0 != "line2" && $0 != "line3" }
    let codes = plan.outline.tags.flatMap { tag in
      [tag.content].compactMap(\.self) + tag.attributes.filter { $0.name == "desc" }.map(\.value)
    }
    // Those of addresses are named by their prefix.
    let fields = plan.fieldNames.filter { $0.firstMatch(of: /^(DORM|PERM|CAMP|HOME)_/) == nil }
    let document = String(decoding: Profile.builtInDocument, as: UTF8.self)
    let departments = document.matches(of: /"(\d{5})"/).map { String($0.1) }
    #expect(departments.count == 8)
    for word in elements + codes + fields + departments + ["UGRD", "SENR", "RETR", "LIB"] {
      #expect(words.contains(word), "\(word) is missing")
    }
  }

  @Test func `ARCHITECTURE.md names every library`() throws {
    let text = { try String(contentsOf: Executable.root.appendingPathComponent($0), encoding: .utf8) }
    let targets = try text("Package.swift").matches(
      of: /^    target\(\s*"(\w+)"/.anchorsMatchLineEndings())
    let architecture = try text("ARCHITECTURE.md")
    #expect(!targets.isEmpty)
    for target in targets { #expect(architecture.contains("`\(target.1)`"), "\(target.1) is missing") }
  }
}
