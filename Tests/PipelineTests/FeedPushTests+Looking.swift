import Foundation
import TestSupport
import Testing

/// What is seen of the drop directory.
extension FeedPushTests {
  @Test func `the drop directory is listed in the order of names`() throws {
    try directory.write("drop/b.zip", "12345")
    try directory.write("drop/a.zip.handled", "123")
    try directory.write("drop/.a.zip.part-1-elsewhere", "1")
    try FileManager.default.createDirectory(atPath: directory.path("drop/c"), withIntermediateDirectories: false)
    try age("b.zip", by: 100)
    try age("a.zip.handled", by: 7200)
    let outcome = try push.run(["--list", "--to", target], input: Data("not read".utf8))
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(
      outcome.lines == [
        #"{"kind":"drop","name":"a.zip.handled","bytes":3,"modified":"2026-11-21T22:45:00Z","handled":true,"age_seconds":7200}"#,
        #"{"kind":"drop","name":"b.zip","bytes":5,"modified":"2026-11-22T00:43:20Z","handled":false,"age_seconds":100}"#,
        summary(true),
      ])
  }

  /// The clock of the tests stands at 2026-11-22T00:45:00Z.
  func age(_ name: String, by seconds: Double) throws {
    let now = Date(timeIntervalSince1970: 1_795_308_300)
    try FileManager.default.setAttributes(
      [.modificationDate: now.addingTimeInterval(-seconds)], ofItemAtPath: directory.path("drop/\(name)"))
  }

  @Test(
    arguments: [
      (["--unhandled-for", "1h"], ["b.zip"], 75),
      (["--unhandled-for", "1h", "--list"], ["a.zip.handled", "b.zip", "c.txt"], 75),
      (["--unhandled-for", "3h"], [], 0),
      (["--unhandled-for", "3h", "--list"], ["a.zip.handled", "b.zip", "c.txt"], 0),
    ] as [([String], [String], Int32)])
  func `a feed that waits too long is reported`(arguments: [String], names: [String], status: Int32) throws {
    for name in ["a.zip.handled", "b.zip", "c.txt"] {
      try directory.write("drop/\(name)", "123")
      try age(name, by: 7200)
    }
    let outcome = try push.run(arguments + ["--to", target])
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == (status == 0 ? 0 : 1))
    #expect(outcome.lines.dropLast().count == names.count)
    for (line, name) in zip(outcome.lines, names) { #expect(line.contains("\"name\":\"\(name)\"")) }
    #expect(outcome.end == summary(status == 0))
  }

  @Test func `a check delivers nothing and leaves nothing`() throws {
    let outcome = try push.run(["--check", "--to", target])
    #expect(outcome.status == 0 && outcome.errors == "" && outcome.lines == [summary(true)])
    #expect(dropped == [])
    #expect(try push.run(["--check", "--to", "file:///nonexistent"]).status == 73)
    #expect(try push.run(["--check", "--to", "file:///sys/kernel"]).status == 73)
  }
}
