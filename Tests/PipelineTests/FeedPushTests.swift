import Foundation
import TestSupport
import Testing

@Suite struct FeedPushTests {
  let directory: TemporaryDirectory
  let push = Executable("feed-push")
  let name = "alma_people_2026-11-21_2026-11-22_E.xml.zip"

  init() throws {
    directory = try TemporaryDirectory()
    for name in ["out", "drop"] {
      try FileManager.default.createDirectory(
        at: directory.url.appendingPathComponent(name), withIntermediateDirectories: false)
    }
  }

  var target: String { "file://\(directory.path("drop"))" }

  func stream(_ contents: String = "zip bytes") throws -> FeedStream {
    try FeedStream(zips: [directory.write("out/\(name)", contents)])
  }

  func run(_ arguments: [String] = [], _ stream: FeedStream, environment: [String: String] = [:]) throws
    -> Executable.Outcome
  {
    try push.run(["--to", target] + arguments, input: stream.data, environment: environment)
  }

  var dropped: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path("drop"))) ?? []).sorted()
  }

  func record(_ outcome: String, error: String = "") throws -> String {
    let data = try directory.read("out/\(name)")
    return
      #"{"kind":"delivery","outcome":"\#(outcome)","status":"E","since":"2026-11-21","until":"2026-11-22","started":"2026-11-22T00:45:00Z","users":2,"#
      + #""remote":"\#(target)/\#(name)","bytes":\#(data.count),"sha256":"\#(FeedStream.digest(data))","at":"2026-11-22T00:45:00Z"\#(error)}"#
  }

  func summary(_ complete: Bool, delivered: Int = 0, alreadyThere: Int = 0, empty: Int = 0, failed: Int = 0) -> String {
    #"{"kind":"summary","stage":"feed-push","complete":\#(complete),"delivered":\#(delivered),"already_there":\#(alreadyThere),"empty":\#(empty),"failed":\#(failed),"seconds":0}"#
  }

  // Delivering

  @Test func `a complete feed is delivered, and every line of the stream is copied`() throws {
    var stream = try stream()
    stream.lines.insert(#"{"kind":"weather", "sky" :"blue"}"#, at: 3)
    let outcome = try run([], stream)
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.lines == stream.lines + [try record("delivered"), summary(true, delivered: 1)])
    #expect(dropped == [name])
    #expect(try directory.read("drop/\(name)") == directory.read("out/\(name)"))
  }

  @Test func `the fields of a feed are in the ledger once it is delivered, and not before`() throws {
    let fields = #"{"kind":"fields","status":"E","until":"2026-11-22","people":20,"filled":["EMPLID"]}"#
    var stream = try stream()
    stream.lines.insert(fields, at: 3)
    let ledger = ["--ledger", directory.path("ledger")]
    let away = try push.run(["--to", "file:///nonexistent"] + ledger, input: stream.data)
    #expect(try away.status == 73 && !String(decoding: directory.read("ledger"), as: UTF8.self).contains("fields"))
    #expect(try run(ledger, stream).status == 0)
    let lines = String(decoding: try directory.read("ledger"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 2 && String(lines[1]) == fields)
  }

  @Test(arguments: [([], 0o640), (["--mode", "0664"], 0o664), (["--mode", "600"], 0o600)])
  func `a delivered file has the mode that was asked for`(arguments: [String], mode: Int) throws {
    #expect(try run(arguments, stream()).status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("drop/\(name)"))
    #expect(attributes[.posixPermissions] as? Int == mode)
  }

  @Test func `several zips are delivered in their order`() throws {
    let zips = try ["b.zip", "a.zip"].map { try directory.write("out/\($0)", "bytes of \($0)") }
    let outcome = try run(["--verify", "sha256"], FeedStream(zips: zips))
    #expect(outcome.status == 0)
    #expect(outcome.lines.filter { $0.contains("\"delivered\",") }.map { $0.contains("/b.zip") } == [true, false])
    #expect(dropped == ["a.zip", "b.zip"])
  }

  @Test func `two feed-push may follow each other in one pipe`() throws {
    let first = try run([], stream())
    let second = try push.run(["--to", "file://\(directory.path("out"))"], input: first.output)
    #expect(second.status == 0)
    #expect(second.lines.dropLast(2) == first.lines[...])
    #expect(second.lines.dropLast().last?.contains("already-there") == true)
  }

  @Test func `variables are settings, and a flag overrides them`() throws {
    let settings = ["FEED_PUSH_TO": target, "FEED_PUSH_MODE": "0600"]
    #expect(try push.run(["--mode", "0644"], input: stream().data, environment: settings).status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("drop/\(name)"))
    #expect(attributes[.posixPermissions] as? Int == 0o644)
  }

  // What is there already

  @Test(arguments: ["", ".handled"])
  func `the same bytes are already there, taken or not`(suffix: String) throws {
    let stream = try stream()
    try directory.write("drop/\(name)\(suffix)", "zip bytes")
    let outcome = try run([], stream)
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.lines.suffix(2) == [try record("already-there"), summary(true, alreadyThere: 1)])
    #expect(dropped == [name + suffix])
  }

  @Test func `the suffix of what was taken is a setting`() throws {
    try directory.write("drop/\(name).done", "zip bytes")
    #expect(try run(["--handled-suffix", ".done"], stream()).text.contains("already-there"))
  }

  @Test(arguments: ["other bytes here", "zip bytez"])
  func `a different file that waits is not changed`(waiting: String) throws {
    try directory.write("drop/\(name)", waiting)
    let outcome = try run([], stream())
    #expect(outcome.status == 73)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("a different file of that name waits"))
    #expect(try directory.read("drop/\(name)") == Data(waiting.utf8))
    #expect(outcome.lines.suffix(2).first?.hasPrefix(try record("failed", error: ",\"error\":\"").dropLast()) == true)
    #expect(outcome.end == summary(false, failed: 1))
    #expect(dropped == [name])
  }

  @Test func `a different file that waits is replaced on demand`() throws {
    try directory.write("drop/\(name)", "other bytes")
    let outcome = try run(["--replace"], stream())
    #expect(outcome.status == 0 && outcome.text.contains("\"delivered\",\"status\""))
    #expect(try directory.read("drop/\(name)") == Data("zip bytes".utf8))
    #expect(dropped == [name])
  }

  @Test func `an older feed of the same name that was taken is ignored`() throws {
    try directory.write("drop/\(name).handled", "other bytes")
    let outcome = try run(["-v"], stream())
    #expect(outcome.status == 0 && outcome.errors.contains("was taken"))
    #expect(dropped == [name, name + ".handled"])
  }

  // The ledger

  @Test func `the ledger has what was delivered, and never what failed`() throws {
    let ledger = directory.path("ledger")
    let stream = try stream()
    for _ in 0..<2 { #expect(try run(["--ledger", ledger], stream).status == 0) }
    let other = try self.stream("other bytes")
    #expect(try run(["--ledger", ledger], other).status == 73)
    try directory.write("out/\(name)", "zip bytes")
    #expect(
      try directory.read("ledger")
        == Data("\(try record("delivered"))\n\(try record("already-there"))\n".utf8))
  }

  @Test func `a ledger that cannot be written is reported with the delivery`() throws {
    let outcome = try run(["--ledger", "/dev/full"], stream())
    #expect(outcome.status == 74 && outcome.errorLines.count == 1 && outcome.errors.contains("was delivered"))
    #expect(outcome.lines.dropLast().last == (try record("delivered")) && outcome.end == summary(false, delivered: 1))
    #expect(dropped == [name])
  }

  @Test func `a ledger that cannot be opened is reported before anything is delivered`() throws {
    let outcome = try run(["--ledger", directory.path("nowhere/ledger")], stream())
    #expect(outcome.status == 73 && dropped == [] && outcome.text.contains("\"failed\""))
  }

  @Test func `the ledger is written only after the last file`() throws {
    let zips = try ["a.zip", "b.zip"].map { try directory.write("out/\($0)", "zip bytes") }
    try directory.write("drop/b.zip", "other bytes")
    let outcome = try run(["--ledger", directory.path("ledger")], FeedStream(zips: zips))
    #expect(outcome.status == 73)
    #expect(outcome.end == summary(false, delivered: 1, failed: 1))
    #expect(try directory.read("ledger") == Data())
  }

  // What deaths leave

  @Test func `a push killed at any point leaves no incomplete file, and the next run delivers it`() throws {
    let contents = String(repeating: "0123456789abcdef", count: 1 << 20)
    let stream = try stream(contents)
    for round in 0..<8 {
      let running = try push.start(["--to", target, "--verify", "sha256"])
      let output = running.output.collect()
      running.write(stream.data)
      // It dies when so much of it has arrived, or when it is done.
      let limit = round << 21
      while running.process.isRunning, !dropped.contains(where: { size(of: $0) > limit }) {}
      kill(running.process.processIdentifier, SIGKILL)
      running.process.waitUntilExit()
      _ = output.wait()
      if dropped.contains(name) { #expect(size(of: name) == contents.utf8.count) }
      #expect(try run([], stream).status == 0)
      #expect(dropped == [name])
      #expect(try directory.read("drop/\(name)") == Data(contents.utf8))
      try FileManager.default.removeItem(atPath: directory.path("drop/\(name)"))
    }
  }

  func size(of name: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: directory.path("drop/\(name)"))
    return attributes?[.size] as? Int ?? 0
  }
}
