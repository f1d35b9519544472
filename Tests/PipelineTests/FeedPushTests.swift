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
      #"{"kind":"delivery","outcome":"\#(outcome)","status":"E","since":"2026-11-21","until":"2026-11-22","users":2,"#
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

  @Test func `two targets may follow each other in one pipe`() throws {
    let first = try run([], stream())
    let second = try push.run(["--to", "file://\(directory.path("out"))"], input: first.output)
    #expect(second.status == 0)
    #expect(second.lines.dropLast(2) == first.lines[...])
    #expect(second.lines.dropLast().last?.contains("already-there") == true)
  }

  @Test func `the environment gives settings, and a flag wins`() throws {
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
  func `a different file that waits is not touched`(waiting: String) throws {
    try directory.write("drop/\(name)", waiting)
    let outcome = try run([], stream())
    #expect(outcome.status == 73)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("--replace"))
    #expect(try directory.read("drop/\(name)") == Data(waiting.utf8))
    #expect(outcome.lines.suffix(2).first?.hasPrefix(try record("failed", error: ",\"error\":\"").dropLast()) == true)
    #expect(outcome.lines.last == summary(false, failed: 1))
    #expect(dropped == [name])
  }

  @Test func `a different file that waits is replaced on demand`() throws {
    try directory.write("drop/\(name)", "other bytes")
    let outcome = try run(["--replace"], stream())
    #expect(outcome.status == 0 && outcome.text.contains("\"delivered\",\"status\""))
    #expect(try directory.read("drop/\(name)") == Data("zip bytes".utf8))
    #expect(dropped == [name])
  }

  @Test func `an older feed of the name that was taken is no obstacle`() throws {
    try directory.write("drop/\(name).handled", "other bytes")
    let outcome = try run(["-v"], stream())
    #expect(outcome.status == 0 && outcome.errors.contains("was taken"))
    #expect(dropped == [name, name + ".handled"])
  }

  // What is not delivered

  @Test(arguments: [
    ("\"complete\":true,\"users\"", "\"complete\":false,\"users\""),
    ("\"people\":4,\"accepted\"", "\"people\":5,\"accepted\""),
    ("\"accepted\":2", "\"accepted\":3"),
  ])
  func `a stream that is incomplete or does not add up is not delivered`(text: String, other: String) throws {
    let stream = try stream().replacing(text, with: other)
    let outcome = try run(["--ledger", directory.path("ledger")], stream)
    #expect(outcome.status == 65 && outcome.errorLines.count == 1)
    #expect(dropped == [])
    #expect(outcome.lines.dropLast(2) == stream.lines[...])
    #expect(
      outcome.lines.suffix(2).first?.hasPrefix(
        #"{"kind":"delivery","outcome":"failed","status":"E","since":"2026-11-21","until":"2026-11-22","remote":"\#(target)","at":"2026-11-22T00:45:00Z","error":"#
      ) == true)
    #expect(outcome.lines.last == summary(false, failed: 1))
    #expect((try? directory.read("ledger")) == nil)
  }

  @Test func `a stream cut at any line is not delivered`() throws {
    let stream = try stream()
    for count in 0..<stream.lines.count {
      var cut = stream
      cut.lines.removeLast(stream.lines.count - count)
      #expect(try run([], cut).status == 65, "after \(count) lines")
    }
    #expect(dropped == [])
  }

  @Test func `a stream cut within its last line is not delivered`() throws {
    let data = try stream().data
    #expect(try push.run(["--to", target], input: data.dropLast(3)).status == 65)
    #expect(dropped == [])
  }

  @Test func `on demand the incomplete is delivered, and says so`() throws {
    let stream = try stream().replacing("\"complete\":true,\"users\"", with: "\"complete\":false,\"users\"")
    let outcome = try run(["--allow-partial", "--ledger", directory.path("ledger")], stream)
    #expect(outcome.status == 0)
    let expected = try record("delivered", error: ",\"partial\":true")
    #expect(outcome.lines.dropLast().last == expected)
    #expect(try directory.read("ledger") == Data((expected + "\n").utf8))
  }

  @Test func `an incomplete stream without a zip has nothing to deliver, even on demand`() throws {
    var stream = try stream()
    stream.lines = Array(stream.lines.prefix(1))
    let outcome = try run(["--allow-partial"], stream)
    #expect(outcome.status == 65 && outcome.text.contains("\"failed\"") && !outcome.text.contains("\"empty\","))
  }

  @Test(arguments: ["zip bytez", "zip byte"])
  func `a zip that has changed since keeps all of them back`(changed: String) throws {
    let zips = try ["a.zip", "b.zip"].map { try directory.write("out/\($0)", "zip bytes") }
    let stream = try FeedStream(zips: zips)
    try directory.write("out/b.zip", changed)
    let outcome = try run([], stream)
    #expect(outcome.status == 65 && outcome.errors.contains("b.zip") && outcome.errorLines.count == 1)
    #expect(dropped == [])
  }

  @Test func `a zip that is gone is a missing input`() throws {
    let stream = try stream()
    try FileManager.default.removeItem(atPath: directory.path("out/\(name)"))
    let outcome = try run([], stream)
    #expect(outcome.status == 66 && outcome.text.contains("\"failed\""))
  }

  @Test func `a zip whose record has no digest is not delivered`() throws {
    #expect(try run([], stream().replacing("\"sha256\"", with: "\"sha1\"")).status == 65)
  }

  @Test func `a feed without people is delivered as empty, and remembered`() throws {
    let stream = try FeedStream(zips: [])
    let outcome = try run(["--ledger", directory.path("ledger")], stream)
    let expected =
      #"{"kind":"delivery","outcome":"empty","status":"E","since":"2026-11-21","until":"2026-11-22","users":0,"at":"2026-11-22T00:45:00Z"}"#
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.lines == stream.lines + [expected, summary(true, empty: 1)])
    #expect(try directory.read("ledger") == Data((expected + "\n").utf8))
    #expect(dropped == [])
  }

  @Test func `a second feed line is refused`() throws {
    var stream = try stream()
    stream.lines.insert(stream.lines[0], at: 1)
    let outcome = try run([], stream)
    #expect(outcome.status == 65 && dropped == [] && outcome.text.contains("\"failed\""))
  }

  @Test(arguments: ["nowhere", "out/file"])
  func `a drop directory that is missing is told`(place: String) throws {
    try directory.write("out/file", "")
    let outcome = try push.run(["--to", "file://\(directory.path(place))"], input: stream().data)
    #expect(outcome.status == 73 && outcome.errorLines.count == 1 && outcome.text.contains("\"failed\""))
  }

  @Test func `a drop directory that may not be written is told`() throws {
    let outcome = try push.run(["--to", "file:///sys/kernel"], input: stream().data)
    #expect(outcome.status == 73 && outcome.errorLines.count == 1)
  }

  @Test func `a full disk leaves nothing under the final name`() throws {
    let stream = try stream(String(repeating: "zip", count: 100_000))
    // A small file system that is there for this process alone.
    let script = "mount -t tmpfs -o size=64k tmpfs \"$1\" && { \"$0\" --to \"file://$1\"; echo $?; ls -A \"$1\"; }"
    let outcome = try Executable(program: "/usr/bin/unshare").run(
      ["-rm", "sh", "-c", script, push.path, directory.path("drop")], input: stream.data)
    #expect(outcome.lines.last == "74")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("No space left on device"))
  }

  @Test func `a full standard output is told, and the feed is delivered`() throws {
    let script = "\"$0\" --to \"$1\" > /dev/full"
    let outcome = try Executable(program: "/bin/sh").run(["-c", script, push.path, target], input: stream().data)
    #expect(outcome.status == 74 && outcome.errorLines.count == 1)
    #expect(dropped == [name])
  }

  @Test func `a reader that goes away ends it`() throws {
    let script = "(\"$0\" --to \"$1\"; echo $? >&2) | true"
    let outcome = try Executable(program: "/bin/sh").run(["-c", script, push.path, target], input: stream().data)
    #expect(outcome.errors == "141\n")
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

  @Test func `a ledger that cannot be written is told with the delivery`() throws {
    let outcome = try run(["--ledger", "/dev/full"], stream())
    #expect(outcome.status == 74 && outcome.errorLines.count == 1 && outcome.errors.contains("was delivered"))
    #expect(outcome.lines.suffix(2) == [try record("delivered"), summary(false, delivered: 1)])
    #expect(dropped == [name])
  }

  @Test func `a ledger that cannot be opened is told before anything is delivered`() throws {
    let outcome = try run(["--ledger", directory.path("nowhere/ledger")], stream())
    #expect(outcome.status == 73 && dropped == [] && outcome.text.contains("\"failed\""))
  }

  @Test func `the ledger is written only after the last file`() throws {
    let zips = try ["a.zip", "b.zip"].map { try directory.write("out/\($0)", "zip bytes") }
    try directory.write("drop/b.zip", "other bytes")
    let outcome = try run(["--ledger", directory.path("ledger")], FeedStream(zips: zips))
    #expect(outcome.status == 73)
    #expect(outcome.lines.last == summary(false, delivered: 1, failed: 1))
    #expect(try directory.read("ledger") == Data())
  }

  // What deaths leave

  @Test func `a push killed at any point leaves no half file, and the next makes it good`() throws {
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

  // Looking

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
  func `a feed that waits too long is told`(arguments: [String], names: [String], status: Int32) throws {
    for name in ["a.zip.handled", "b.zip", "c.txt"] {
      try directory.write("drop/\(name)", "123")
      try age(name, by: 7200)
    }
    let outcome = try push.run(arguments + ["--to", target])
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == (status == 0 ? 0 : 1))
    #expect(outcome.lines.dropLast().count == names.count)
    for (line, name) in zip(outcome.lines, names) { #expect(line.contains("\"name\":\"\(name)\"")) }
    #expect(outcome.lines.last == summary(status == 0))
  }

  @Test func `a check delivers nothing and leaves nothing`() throws {
    let outcome = try push.run(["--check", "--to", target])
    #expect(outcome.status == 0 && outcome.errors == "" && outcome.lines == [summary(true)])
    #expect(dropped == [])
    #expect(try push.run(["--check", "--to", "file:///nonexistent"]).status == 73)
    #expect(try push.run(["--check", "--to", "file:///sys/kernel"]).status == 73)
  }

  // Bad usage

  @Test(arguments: [
    [], ["--to", "/srv/drop"], ["--to", "file:///x", "--mode", "999"],
    ["--to", "file:///x", "--unhandled-for", "soon"],
    ["--to", "file:///x", "--list", "--check"], ["--to", "file:///x", "--list", "operand"],
    ["--to", "file:///x", "--handled-suffix", ""], ["--to", "file:///x", "--verify", "md5"],
  ])
  func `bad usage is one line and 64`(arguments: [String]) throws {
    let outcome = try push.run(arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1)
  }

  @Test func `a bad setting of the environment names its variable`() throws {
    let outcome = try push.run(environment: ["FEED_PUSH_TO": "/srv/drop"])
    #expect(outcome.status == 78 && outcome.errors.contains("FEED_PUSH_TO"))
  }
}
