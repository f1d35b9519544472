import Foundation
import TestSupport
import Testing

/// What somebody at a terminal sees.
@Suite struct TerminalTests {
  /// Runs a line of bash at a terminal: its standard files are a pseudo-terminal, and Ctrl-D is typed once it has
  /// written something.
  private func transcript(_ line: String, _ environment: [String: String] = [:], in directory: TemporaryDirectory)
    throws -> String
  {
    let script = #"""
      import os, pty, sys
      typed = False
      def read(file):
          global typed
          data = os.read(file, 65536)
          if not typed:
              typed = True
              os.write(file, b"\x04")
          return data
      sys.exit(os.waitstatus_to_exitcode(pty.spawn(["/bin/bash", "-c", sys.argv[1]], read)))
      """#
    let outcome = try Executable(program: "/usr/bin/python3").run(
      ["-c", script, line], environment: environment, in: directory.url)
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    return outcome.text
  }

  @Test(arguments: [
    "patron-validate", "patron-to-xml", "feed-zip", "notify-mail --lines", "feed-push --to file:///tmp --allow-partial",
  ])
  func `a filter without input says that it reads what is typed`(command: String) throws {
    let directory = try TemporaryDirectory()
    let stage = command.split(separator: " ")[0]
    let text = try transcript("\(command); true", in: directory)
    #expect(text.contains("\(stage): reading standard input; press Ctrl-D to end it\r\n"), "\(text)")
    #expect(!(try transcript("\(command) </dev/null; true", in: directory)).contains("Ctrl-D"))
    #expect(try !Executable.shell(command + " </dev/null", in: directory.url).errors.contains("Ctrl-D"))
  }

  @Test func `of the stages of a pipe, one at a time shows its progress`() throws {
    let directory = try TemporaryDirectory()
    let person = #"{"EMPLID":"1","CAMPUS_ID":"a"}"#
    let text = try transcript(
      "yes '\(person)' | head -n 100000 | patron-validate --no-index | patron-to-xml | feed-zip >/dev/null; true",
      in: directory)
    let names = text.matches(of: #/\u{1B}\[K([a-z-]+): \d+ /#).map { String($0.1) }
    let turns = names.indices.filter { $0 == 0 || names[$0] != names[$0 - 1] }.count
    #expect(names.count > 1 && turns == Set(names).count, "\(names)")
  }

  @Test func `a night shows the progress of one stage at a time on the terminal, and none in its log`() throws {
    let site = try NightSite()
    let people = String(repeating: #"{"EMPLID":"1","CAMPUS_ID":"a"},"#, count: 60000)
    try site.directory.write("people.json", "[" + people.dropLast() + "]")
    site.settings["ALMA_PEOPLE_INPUT"] = site.directory.path("people.json")
    site.settings["PATRON_VALIDATE_NO_INDEX"] = "1"
    let text = try transcript("alma-people-feed run --status E; true", site.settings, in: site.directory)
    let names = text.matches(of: #/\u{1B}\[K([a-z-]+): \d+ /#).map { String($0.1) }
    let turns = names.indices.filter { $0 == 0 || names[$0] != names[$0 - 1] }.count
    #expect(!names.isEmpty && turns == Set(names).count, "\(names) \(text)")
    let log = String(decoding: try site.directory.read("state/runs/\(site.runs[0])/log"), as: UTF8.self)
    #expect(!log.contains("\u{1B}"))
  }
}
