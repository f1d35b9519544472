import Foundation
import TestSupport
import Testing

/// What is not delivered.
extension FeedPushTests {
  @Test(arguments: [
    ("\"complete\":true,\"users\"", "\"complete\":false,\"users\""),
    ("\"people\":4,\"accepted\"", "\"people\":5,\"accepted\""),
    ("\"accepted\":2", "\"accepted\":3"),
  ])
  func `a stream that is incomplete or whose counts disagree is not delivered`(text: String, other: String) throws {
    let stream = try stream().replacing(text, with: other)
    let outcome = try run(["--ledger", directory.path("ledger")], stream)
    #expect(outcome.status == 65 && outcome.errorLines.count == 1)
    #expect(dropped == [])
    #expect(outcome.lines.dropLast(2) == stream.lines[...])
    #expect(
      outcome.lines.suffix(2).first?.hasPrefix(
        #"{"kind":"delivery","outcome":"failed","status":"E","since":"2026-11-21","until":"2026-11-22","started":"2026-11-22T00:45:00Z","remote":"\#(target)","at":"2026-11-22T00:45:00Z","error":"#
      ) == true)
    #expect(outcome.end == summary(false, failed: 1))
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

  @Test func `with --allow-partial an incomplete stream is delivered as partial`() throws {
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
  func `if one zip has changed, none is delivered`(changed: String) throws {
    let zips = try ["a.zip", "b.zip"].map { try directory.write("out/\($0)", "zip bytes") }
    let stream = try FeedStream(zips: zips)
    try directory.write("out/b.zip", changed)
    let outcome = try run([], stream)
    #expect(outcome.status == 65 && outcome.errors.contains("b.zip") && outcome.errorLines.count == 1)
    #expect(dropped == [])
  }

  /// The session begins while the zips are looked at, and neither it nor what it takes may be heard first.
  @Test(arguments: [[:], ["SFTP_PASSWORD_FILE": "/nonexistent/password"]])
  func `a zip that has changed is reported before a server that cannot be reached`(environment: [String: String]) throws
  {
    let stream = try stream()
    try directory.write("out/\(name)", "zip bytez")
    let outcome = try push.run(
      ["--to", "sftp://nobody@127.0.0.1:1/drop"], input: stream.data, environment: environment)
    #expect(outcome.status == 65 && outcome.errors.contains(name) && outcome.errorLines.count == 1)
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

  @Test func `a feed without people is delivered as empty, and recorded in the ledger`() throws {
    let stream = try FeedStream(zips: [])
    let outcome = try run(["--ledger", directory.path("ledger")], stream)
    let expected =
      #"{"kind":"delivery","outcome":"empty","status":"E","since":"2026-11-21","until":"2026-11-22","started":"2026-11-22T00:45:00Z","users":0,"at":"2026-11-22T00:45:00Z"}"#
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
  func `a drop directory that does not exist is reported`(place: String) throws {
    try directory.write("out/file", "")
    let outcome = try push.run(["--to", "file://\(directory.path(place))"], input: stream().data)
    #expect(outcome.status == 73 && outcome.errorLines.count == 1 && outcome.text.contains("\"failed\""))
  }

  @Test func `a drop directory that is not writable is reported`() throws {
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

  @Test func `a full standard output is reported, and the feed is delivered`() throws {
    let script = "\"$0\" --to \"$1\" > /dev/full"
    let outcome = try Executable(program: "/bin/sh").run(["-c", script, push.path, target], input: stream().data)
    #expect(outcome.status == 74 && outcome.errorLines.count == 1)
    #expect(dropped == [name])
  }

  @Test func `it ends when the reader of its output ends`() throws {
    let script = "(\"$0\" --to \"$1\"; echo $? >&2) | true"
    let outcome = try Executable(program: "/bin/sh").run(["-c", script, push.path, target], input: stream().data)
    #expect(outcome.errors == "141\n")
  }

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
