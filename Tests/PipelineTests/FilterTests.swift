import Foundation
import TestSupport
import Testing

/// What every filter promises, whatever it does.
@Suite struct FilterTests {
  private static let filters: [(name: String, arguments: [String])] = [
    ("patron-validate", []), ("patron-to-xml", []), ("feed-zip", []),
    ("feed-push", ["--to", "file:///tmp", "--allow-partial"]),
    (
      "load-report",
      [
        "--api-url", "https://localhost", "--insecure-secret-file", "--api-key-file",
        Executable.root.path + "/Tests/PipelineTests/Golden/load-report/nothing-was-delivered/files/key",
      ]
    ),
    ("notify-mail", ["--maildir", "mail", "--to", "a@example.edu", "--from", "b@example.edu"]),
  ]

  private static let records = (0..<20_000).map { #"{"kind":"weather","number":\#($0)}"# + "\n" }.joined()

  @Test(arguments: filters.map(\.name))
  func `foreign records pass byte for byte and the last line is a summary`(name: String) throws {
    let directory = try TemporaryDirectory()
    let filter = try #require(Self.filters.first { $0.name == name })
    let outcome = try Executable(name).run(filter.arguments, input: Data(Self.records.utf8), in: directory.url)
    #expect(outcome.text.hasPrefix(Self.records))
    #expect(try #require(outcome.lines.last).hasPrefix(#"{"kind":"summary","stage":"\#(name)","complete":false,"#))
  }

  @Test func `a ledger that is called - is a file, and the people are read from standard input`() throws {
    let directory = try TemporaryDirectory()
    try directory.write("-", "")
    let outcome = try Executable("patron-validate").run(
      ["--ledger", "-"], input: Data((#"{"EMPLID":"1"}"# + "\n").utf8), in: directory.url)
    #expect(outcome.status == 0 && outcome.text.contains(#""people":1"#), "\(outcome.text) \(outcome.errors)")
  }

  @Test(arguments: filters.map(\.name))
  func `a line of any length passes`(name: String) throws {
    let directory = try TemporaryDirectory()
    let filter = try #require(Self.filters.first { $0.name == name })
    let long = #"{"kind":"long","text":""# + String(repeating: "x", count: 9 << 20) + #""}"# + "\n"
    let outcome = try Executable(name).run(filter.arguments, input: Data((long + long).utf8), in: directory.url)
    #expect(outcome.output.starts(with: Data((long + long).utf8)))
  }

  @Test(arguments: filters.map(\.name))
  func `a full disk behind standard output is 74 and one line`(name: String) throws {
    let directory = try TemporaryDirectory()
    let filter = try #require(Self.filters.first { $0.name == name })
    try directory.write("in", Self.records)
    let command = ([Executable(name).path] + filter.arguments).map { "'\($0)'" }.joined(separator: " ")
    let outcome = try Executable.shell("\(command) <in >/dev/full", in: directory.url)
    #expect(outcome.status == 74)
    #expect(outcome.errors == "\(name): cannot write to standard output: No space left on device\n")
  }

  @Test(arguments: filters.map(\.name))
  func `a reader that goes away ends it by SIGPIPE`(name: String) throws {
    let directory = try TemporaryDirectory()
    let filter = try #require(Self.filters.first { $0.name == name })
    try directory.write("in", String(repeating: Self.records, count: 20))
    let command = ([Executable(name).path] + filter.arguments).map { "'\($0)'" }.joined(separator: " ")
    let outcome = try Executable.shell(
      "\(command) <in | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}", in: directory.url)
    #expect(outcome.text == "141\n")
    #expect(outcome.errors == "")
  }

  @Test(arguments: filters.map(\.name) + ["ps-fetch"])
  func `help goes to standard output, and a wrong option is 64 in one line`(name: String) throws {
    let help = try Executable(name).run(["--help"])
    #expect(help.status == 0 && help.errors == "" && help.text.contains("USAGE: \(name)"))
    #expect(help.text.contains("\n  75  temporary failure; try again later\n"))
    let version = try Executable(name).run(["--version"])
    #expect(version.status == 0 && version.text.hasPrefix("\(name) (alma-people) "))
    let wrong = try Executable(name).run(["--no-such-option"])
    #expect(wrong.status == 64 && wrong.output.isEmpty && wrong.errorLines.count == 1)
    for shell in ["bash", "zsh", "fish"] {
      let completion = try Executable(name).run(["--generate-completion-script", shell])
      #expect(completion.status == 0 && completion.text.contains(name))
      let words = ["bash": "_add_completions -f", "zsh": ":file:_files", "fish": "-rF"]
      #expect(completion.text.contains("always") && words[shell].map(completion.text.contains) == true, "\(shell)")
    }
  }

  @Test func `a document for which the disk is too small is 74, and leaves nothing under its name`() throws {
    let directory = try TemporaryDirectory()
    let people = (0..<2000).map { #"{"EMPLID":"\#($0)","PRF_OR_PRI_LAST_NAME":"García"}"# }.joined(separator: "\n")
    try directory.write("people", people)
    // A small file system that is there for this process alone.
    let script =
      "mount -t tmpfs -o size=64k tmpfs drop && { patron-to-xml --output-dir drop <people; echo $?; ls -A drop; }"
    let outcome = try Executable.shell("mkdir drop; unshare -rm sh -c '\(script)'", in: directory.url)
    #expect(outcome.lines.last == "74", "\(outcome.text)")
    #expect(
      outcome.errors
        == "patron-to-xml: cannot write \(directory.path("drop"))/alma_people.xml: No space left on device\n")
  }
}
