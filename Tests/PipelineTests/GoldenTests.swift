import Foundation
import TestSupport
import Testing

/// Runs the cases below `Golden/<stage>/<case>`: folders that anyone can add without Swift; CONTRIBUTING.md tells what
/// is in one.
@Suite struct GoldenTests {
  @Test(arguments: GoldenCase.all)
  func `a stage does what its golden case says`(golden: GoldenCase) throws {
    let directory = try TemporaryDirectory()
    let outcome = try golden.run(in: directory)
    let errors = outcome.stderr.split(separator: "\n")
    let errorsMatch = try golden.stderr.map { try errors.count == 1 && errors[0].contains(Regex($0)) } ?? errors.isEmpty
    let files = golden.expectedFiles.filter { name, content in
      (try? Data(contentsOf: directory.url.appendingPathComponent(name))) != content
    }
    let holds = outcome.status == golden.status && outcome.stdout == golden.stdout && errorsMatch && files.isEmpty
    if !holds, ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try golden.record(outcome, errorsMatch: errorsMatch, from: directory)
      Issue.record("recorded \(golden.testDescription); look at it, then run without RECORD")
      return
    }
    #expect(outcome.status == golden.status)
    #expect(outcome.stdout == golden.stdout)
    #expect(errorsMatch, "one line that matches \(golden.stderr ?? "nothing") was due: \(outcome.stderr)")
    #expect(files.isEmpty, "not as expected: \(files.map(\.0))")
  }

  @Test func `every stage has golden cases`() {
    let stages = Set(GoldenCase.all.map(\.stage))
    for stage in Executable.stages {
      #expect(stages.contains(stage), "Golden/\(stage) is empty")
    }
  }
}

struct GoldenCase: CustomTestStringConvertible, Sendable {
  struct Outcome {
    var status: Int32
    var stdout: String
    var stderr: String
  }

  let stage: String
  let folder: URL

  static let root = Executable.root.appendingPathComponent("Tests/PipelineTests/Golden")

  static let all: [GoldenCase] = folders(in: root).flatMap { stage in
    folders(in: stage).map { GoldenCase(stage: stage.lastPathComponent, folder: $0) }
  }

  private static func folders(in directory: URL) -> [URL] {
    ((try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)) ?? [])
      .filter(\.hasDirectoryPath).sorted { $0.path < $1.path }
  }

  var testDescription: String { "\(stage)/\(folder.lastPathComponent)" }

  private func text(_ name: String) -> String? {
    (try? Data(contentsOf: folder.appendingPathComponent(name))).map { String(decoding: $0, as: UTF8.self) }
  }

  var status: Int32 {
    text("status").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
  }

  var stdout: String { Self.withoutMessages(text("stdout") ?? "") }
  var stderr: String? { text("stderr")?.trimmingCharacters(in: .newlines) }

  var expectedFiles: [(String, Data)] {
    let expected = folder.appendingPathComponent("expected")
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: expected.path)) ?? []
    return names.compactMap { name in
      (try? Data(contentsOf: expected.appendingPathComponent(name))).map { (name, $0) }
    }
  }

  func run(in directory: TemporaryDirectory) throws -> Outcome {
    let here = directory.url.path
    let files = folder.appendingPathComponent("files")
    for name in (try? FileManager.default.contentsOfDirectory(atPath: files.path)) ?? [] {
      try FileManager.default.copyItem(
        at: files.appendingPathComponent(name), to: directory.url.appendingPathComponent(name))
    }
    let fill = { (text: String) in text.replacingOccurrences(of: "{dir}", with: here) }
    let arguments = (text("arguments") ?? "").split(separator: "\n").map { fill(String($0)) }
    let settings = (text("environment") ?? "").split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
    let environment = Dictionary(uniqueKeysWithValues: settings.map { (String($0[0]), fill(String($0.last ?? ""))) })
    let stdin = (try? Data(contentsOf: folder.appendingPathComponent("stdin"))) ?? Data()
    // Most streams are text and may name the directory; what is no UTF-8 goes in as it is.
    let input = String(data: stdin, encoding: .utf8).map { Data(fill($0).utf8) } ?? stdin
    let outcome = try Executable(stage).run(arguments, input: input, environment: environment, in: directory.url)
    let empty = { (text: String) in text.replacingOccurrences(of: here, with: "{dir}") }
    return Outcome(
      status: outcome.status, stdout: Self.withoutMessages(empty(outcome.text)), stderr: empty(outcome.errors))
  }

  /// Writes what the stage did into the case, for a person to look at.
  func record(_ outcome: Outcome, errorsMatch: Bool, from directory: TemporaryDirectory) throws {
    let write = { (name: String, text: String) in
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    try write("stdout", outcome.stdout)
    if outcome.status != status { try write("status", "\(outcome.status)\n") }
    if !errorsMatch { try write("stderr", NSRegularExpression.escapedPattern(for: outcome.stderr)) }
    for (name, _) in expectedFiles {
      try Data(contentsOf: directory.url.appendingPathComponent(name))
        .write(to: folder.appendingPathComponent("expected/\(name)"))
    }
  }

  /// Rejects are compared by code and field: their messages are free text for people.
  private static func withoutMessages(_ stream: String) -> String {
    stream.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let field =
        line.hasPrefix(#"{"kind":"reject""#) ? "message" : line.hasPrefix(#"{"kind":"summary""#) ? "error" : nil
      guard let field, let message = try? Regex("\"\(field)\":\"(?:[^\"\\\\]|\\\\.)*\"") else { return String(line) }
      return String(line).replacing(message, with: "\"\(field)\":\"…\"")
    }.joined(separator: "\n")
  }
}
