import Foundation
import TestSupport
import Testing

/// What is left when one side dies, and what Alma sees meanwhile.
@Suite struct FeedPushDeathTests {
  let directory: TemporaryDirectory
  let push = Executable("feed-push")
  let name = "feed.xml.zip"
  let contents = String(repeating: "0123456789abcdef", count: 1 << 20)

  init() throws {
    directory = try TemporaryDirectory()
    for name in ["out", "drop"] {
      try FileManager.default.createDirectory(atPath: directory.path(name), withIntermediateDirectories: false)
    }
  }

  /// A server without a network.
  static let pipe = ["--ssh-command", "exec /usr/lib/openssh/sftp-server -e"]

  var target: [String] { ["--to", "sftp://alma@library\(directory.path("drop"))"] }

  var dropped: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path("drop"))) ?? []).sorted()
  }

  func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
  }

  /// Waits until so much has arrived in a directory, or the process has ended.
  func wait(_ process: Process, for bytes: Int, in drop: String) {
    while process.isRunning {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: drop)) ?? []
      if names.contains(where: { size("\(drop)/\($0)") > bytes }) { return }
    }
  }

  @Test func `a push killed at any point leaves no incomplete file, and the next run delivers it`() throws {
    let server = try SSHServer()
    let stream = try FeedStream(zips: [directory.write("out/\(name)", contents)])
    let arguments = ["--to", server.url] + server.login
    for round in 0..<6 {
      let running = try push.start(arguments)
      let output = running.output.collect()
      running.write(stream.data)
      wait(running.process, for: round * 3 << 20, in: server.drop)
      kill(running.process.processIdentifier, SIGKILL)
      running.process.waitUntilExit()
      _ = output.wait()
      let path = server.directory.path("drop/\(name)")
      #expect(!FileManager.default.fileExists(atPath: path) || size(path) == contents.utf8.count)
      #expect(try push.run(arguments, input: stream.data).status == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: server.drop) == [name])
      #expect(try server.directory.read("drop/\(name)") == Data(contents.utf8))
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test func `a server that dies at any point is retried, and gets the whole file`() throws {
    let server = try SSHServer()
    let stream = try FeedStream(zips: [directory.write("out/\(name)", contents)])
    for round in 0..<4 {
      let running = try push.start(["--to", server.url] + server.login)
      let output = running.output.collect()
      let errors = running.errors.collect()
      running.write(stream.data)
      wait(running.process, for: round << 22, in: server.drop)
      for session in server.sessions { kill(session, SIGKILL) }
      let path = server.directory.path("drop/\(name)")
      #expect(!FileManager.default.fileExists(atPath: path) || size(path) == contents.utf8.count)
      running.process.waitUntilExit()
      let text = String(decoding: output.wait(), as: UTF8.self)
      #expect(running.process.terminationStatus == 0, "\(String(decoding: errors.wait(), as: UTF8.self))")
      #expect(text.contains("\"outcome\":\"delivered\"") || text.contains("\"outcome\":\"already-there\""))
      #expect(try FileManager.default.contentsOfDirectory(atPath: server.drop) == [name])
      #expect(try server.directory.read("drop/\(name)") == Data(contents.utf8))
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test func `Alma, which polls the directory, never sees an incomplete file`() throws {
    let server = try SSHServer()
    let feeds = 6
    let alma = try Executable(program: "/usr/bin/python3").start([
      Executable.root.appendingPathComponent("Tests/ServerTests/Servers/alma.py").path, String(server.port),
      server.user,
      Keys.path("client_ed25519"), server.directory.path("known"), server.drop, String(feeds),
    ])
    let errors = alma.errors.collect()
    #expect(alma.output.pipe.fileHandleForReading.availableData == Data("ready\n".utf8))
    for feed in 0..<feeds {
      let zip = try makeZip("feed\(feed).zip", users: 20_000)
      let outcome = try push.run(["--to", server.url] + server.login, input: FeedStream(zips: [zip]).data)
      #expect(outcome.status == 0 && outcome.text.contains("\"outcome\":\"delivered\""))
    }
    alma.process.waitUntilExit()
    #expect(alma.process.terminationStatus == 0, "\(String(decoding: errors.wait(), as: UTF8.self))")
    let expected = (0..<feeds).map { "feed\($0).zip.handled" }
    #expect(try FileManager.default.contentsOfDirectory(atPath: server.drop).sorted() == expected)
  }

  /// A zip with a document of many users in it, not compressed, so that it takes its time.
  func makeZip(_ name: String, users: Int) throws -> String {
    let path = directory.path("out/\(name)")
    let script = """
      import sys, zipfile
      text = "<users>" + "".join(f"<user><primary_id>{n}</primary_id></user>" for n in range(\(users))) + "</users>"
      zipfile.ZipFile(sys.argv[1], "w").writestr("people.xml", text)
      """
    let made = try Executable(program: "/usr/bin/python3").run(["-c", script, path])
    try #require(made.status == 0, "\(made.errors)")
    return path
  }

  // Without a network

  @Test func `temporary files of processes that have ended are removed, and those of running ones are not`() throws {
    let dead = try Process.run(URL(fileURLWithPath: "/bin/true"), arguments: [])
    dead.waitUntilExit()
    let host = ProcessInfo.processInfo.hostName
    let left = ".\(name).part-\(dead.processIdentifier)-\(host)"
    let living = ".\(name).part-1-\(host)"
    for file in [left, living] { try directory.write("drop/\(file)", "half") }
    let stream = try FeedStream(zips: [directory.write("out/\(name)", "zip bytes")])
    #expect(try push.run(target + Self.pipe, input: stream.data).status == 0)
    #expect(dropped == [living, name])
  }

  @Test func `the exit status of ssh is ignored`() throws {
    let stream = try FeedStream(zips: [directory.write("out/\(name)", "zip bytes")])
    let outcome = try push.run(
      target + ["--ssh-command", "/usr/lib/openssh/sftp-server -e; exit 255"], input: stream.data)
    #expect(outcome.status == 0 && outcome.errors == "")
  }

  @Test func `a temporary failure is retried`() throws {
    let stream = try FeedStream(zips: [directory.write("out/\(name)", "zip bytes")])
    let command =
      "if mkdir \(directory.path("once")); then echo 'ssh: connect to host library port 22: Connection refused' >&2; exit 255; fi; exec /usr/lib/openssh/sftp-server -e"
    let outcome = try push.run(target + ["--ssh-command", command], input: stream.data)
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(dropped == [name])
  }

  @Test func `a failure of the second zip does not deliver the first again`() throws {
    let zips = try ["a.zip", "b.zip"].map { try directory.write("out/\($0)", contents) }
    let drop = directory.path("drop")
    // The first session ends as soon as the first zip is in its place.
    let command =
      "if mkdir \(directory.path("once")); then (while [ ! -e \(drop)/a.zip ] && kill -0 $$ 2>/dev/null; do :; done; kill -9 $$) & fi; exec /usr/lib/openssh/sftp-server -e"
    let outcome = try push.run(target + ["--ssh-command", command], input: FeedStream(zips: zips).data)
    #expect(outcome.status == 0)
    #expect(outcome.lines.filter { $0.contains("\"kind\":\"delivery\"") }.count == 2)
    #expect(dropped == ["a.zip", "b.zip"])
  }

  @Test func `a full disk is reported`() throws {
    let stream = try FeedStream(zips: [directory.write("out/\(name)", contents)])
    let drop = directory.path("drop")
    // A small file system that is there for this server alone.
    let command =
      "exec unshare -rm sh -c 'mount -t tmpfs -o size=64k tmpfs \(drop) && exec /usr/lib/openssh/sftp-server -e'"
    let outcome = try push.run(target + ["--ssh-command", command], input: stream.data)
    #expect(outcome.status == 74 && outcome.errors.contains("no space is left"))
  }

  @Test func `text of a shell before the handshake is a protocol error`() throws {
    let outcome = try push.run(
      target + ["--check", "--ssh-command", "echo Welcome to the library; exec /usr/lib/openssh/sftp-server -e"])
    #expect(outcome.status == 76 && outcome.errors.contains("Welcome to the library"))
    #expect(outcome.errorLines.count == 1)
  }

  /// `exec` leaves no shell in between.
  @Test(arguments: ["kill -9 $$", "sh -c 'kill -9 $$'; exit $?", "echo 'debug1: connecting' >&2; kill -TERM $$"])
  func `an ssh that is killed during login is retried`(death: String) throws {
    let stream = try FeedStream(zips: [directory.write("out/\(name)", "zip bytes")])
    let command = "if mkdir \(directory.path("once")); then \(death); fi; exec /usr/lib/openssh/sftp-server -e"
    let outcome = try push.run(target + ["--ssh-command", command], input: stream.data)
    #expect(outcome.status == 0 && outcome.errors == "" && dropped == [name])
    let killed = try push.run(target + ["--check", "--retries", "0", "--ssh-command", death])
    #expect(killed.status == 75 && killed.errors.contains("signal"))
  }

  @Test func `a server that ends without a message refuses for good`() throws {
    #expect(try push.run(target + ["--check", "--ssh-command", "exit 1"]).status == 69)
  }

  @Test func `a path may be relative to the home, and have blanks`() throws {
    try FileManager.default.createDirectory(atPath: directory.path("a b"), withIntermediateDirectories: false)
    let stream = try FeedStream(zips: [directory.write("out/\(name)", "zip bytes")])
    let outcome = try push.run(
      ["--to", "sftp://alma@library/~/a%20b/"] + Self.pipe, input: stream.data, in: directory.url)
    #expect(outcome.status == 0 && outcome.text.contains("\"remote\":\"sftp://alma@library/~/a%20b/\(name)\""))
    #expect(try directory.read("a b/\(name)") == Data("zip bytes".utf8))
  }
}
