import Foundation
import TestSupport
import Testing

/// feed-push and SFTP servers that are odd in the ways of real ones: `Servers/odd_sftp.py`.
@Suite struct FeedPushOddServerTests {
  let directory: TemporaryDirectory
  let push = Executable("feed-push")
  let name = "feed.xml.zip"

  init() throws {
    directory = try TemporaryDirectory()
    for name in ["out", "drop"] {
      try FileManager.default.createDirectory(atPath: directory.path(name), withIntermediateDirectories: false)
    }
  }

  func run(_ oddities: [String], _ arguments: [String] = [], zip: String = "zip bytes") throws -> Executable.Outcome {
    let script = Executable.root.appendingPathComponent("Tests/ServerTests/Servers/odd_sftp.py").path
    let command = (["exec /usr/bin/python3", script] + oddities).joined(separator: " ")
    let target = ["--to", "sftp://alma@library\(directory.path("drop"))", "--ssh-command", command, "--retries", "0"]
    let stream = try FeedStream(zips: [directory.write("out/\(name)", zip)])
    return try push.run(target + arguments, input: stream.data)
  }

  var dropped: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path("drop"))) ?? []).sorted()
  }

  func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: directory.path("drop/\(name)"))[.posixPermissions] as? Int
  }

  /// The clock of the tests stands at 2026-11-22T00:45:00Z.
  func age(_ name: String, by seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_795_308_300 - seconds)],
      ofItemAtPath: directory.path("drop/\(name)"))
  }

  // Delivering

  @Test(
    arguments: [
      ["empty-name"], ["no-type"], ["no-permissions"], ["no-size"], ["no-times"], ["bare-list"],
      ["no-type", "no-size", "no-times"], ["no-permissions", "setstat=4"], ["setstat=3", "open-attributes=4"],
      ["setstat=4", "open-attributes=8"], ["setstat=8", "open-leaves=4"], ["setstat=5", "open-attributes=5"],
      ["fsync=4"], ["fsync=8"], ["overwrite"], ["exists=11"], ["missing=3"], ["missing=4"], ["missing=4", "opendir=3"],
      ["opendir=3"], ["opendir=4"], ["opendir=8"], ["readdir=4"], ["stat=3"], ["stat=4"], ["stat=3", "opendir=4"],
      ["stat=3", "read=3"], ["close=4"], ["endless-list"], ["missing=3", "setstat=3", "opendir=3", "read=3"],
    ] as [[String]])
  func `an odd server gets the whole feed, once and without messages`(oddities: [String]) throws {
    let outcome = try run(oddities)
    #expect(outcome.status == 0 && outcome.errors == "" && outcome.text.contains("\"delivered\",\"status\""))
    #expect(dropped == [name])
    #expect(try directory.read("drop/\(name)") == Data("zip bytes".utf8))
  }

  @Test(
    arguments: [
      ["empty-name"], ["no-type"], ["no-permissions"], ["no-size"], ["missing=3"], ["missing=4"], ["opendir=4"],
      ["overwrite"], ["read=4"], ["close=4"], ["stat=3"], ["stat=4"], ["stat=4", "overwrite"],
    ] as [[String]])
  func `an odd server is not sent the same again, taken or not`(oddities: [String]) throws {
    for suffix in ["", ".handled"] {
      try directory.write("drop/\(name)\(suffix)", "zip bytes")
      let outcome = try run(oddities)
      #expect(outcome.status == 0 && outcome.text.contains("\"already-there\",\"status\""))
      #expect(dropped == [name + suffix])
      try FileManager.default.removeItem(atPath: directory.path("drop/\(name)\(suffix)"))
    }
  }

  @Test(
    arguments: [
      ["empty-name"], ["no-type"], ["no-size"], ["no-size", "read=3"], ["overwrite"], ["missing=4"], ["opendir=3"],
      ["stat=3"],
      ["stat=4", "overwrite"],
      ["endless-file"], ["long-data"],
    ] as [[String]])
  func `on an odd server a different file that waits is not touched`(oddities: [String]) throws {
    try directory.write("drop/\(name)", "zip bytez")
    let outcome = try run(oddities)
    #expect(outcome.status == (oddities == ["long-data"] ? 76 : 73) && outcome.errorLines.count == 1)
    #expect(dropped == [name])
    #expect(try directory.read("drop/\(name)") == Data("zip bytez".utf8))
  }

  @Test(arguments: [["empty-name"], ["missing=3"], ["missing=4"], ["no-size"], ["taken-at-open"]] as [[String]])
  func `on an odd server a different file is replaced on demand`(oddities: [String]) throws {
    try directory.write("drop/\(name)", "zip bytez")
    #expect(try run(oddities, ["--replace"]).status == 0)
    #expect(try directory.read("drop/\(name)") == Data("zip bytes".utf8))
  }

  @Test(
    arguments: [["setstat=4"], ["setstat=8", "open-attributes=4"], ["no-permissions", "setstat=3"]] as [[String]])
  func `permissions that are refused are a note`(oddities: [String]) throws {
    let outcome = try run(oddities, ["-v", "--mode", "0664"])
    #expect(outcome.status == 0 && outcome.errors.contains("permissions"))
  }

  @Test func `permissions are set where only OPEN refuses them`() throws {
    #expect(try run(["open-attributes=4"], ["--mode", "0664"]).status == 0)
    #expect(try mode(name) == 0o664)
  }

  @Test func `an fsync that is offered and refused is a note`() throws {
    let outcome = try run(["fsync=4"], ["-v"])
    #expect(outcome.status == 0 && outcome.errors.contains("the disk"))
  }

  @Test func `a server whose rename overwrites does not lose a file that was created meanwhile`() throws {
    let other = try directory.write("other", "other bytes")
    let outcome = try run(["overwrite", "comes-at-open=\(other)"])
    #expect(outcome.status == 73)
    #expect(try directory.read("drop/\(name)") == Data("other bytes".utf8))
    #expect(dropped == [name])
  }

  @Test func `after a server dies before its reply to the rename, the directory is searched again`() throws {
    let outcome = try run(["dies-after-rename=/dev/null/x"], ["--ledger", directory.path("ledger")])
    #expect(outcome.status == 0 && outcome.text.contains(#""outcome":"already-there""#), "\(outcome.errors)")
    #expect(dropped == [name])
  }

  @Test(arguments: ["pass/word", #"pass\u002fword"#, "pass%2fword", "pass&#47;word"])
  func `a password that a server repeats is hidden`(spelling: String) throws {
    let secret = try directory.write("password", "pass/word\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
    try FeedStream(zips: [directory.write("out/\(name)", "zip bytes")]).data.write(
      to: directory.url.appendingPathComponent("stream"))
    let refused = try run(["write=4", "'says=no: \(spelling)'"], ["--password-file", secret])
    #expect(refused.status != 0 && refused.errors.contains("no: (secret)"), "\(refused.errors)")
    // A shell that greets, and ssh's own words.
    for command in [
      "'echo \"hello \(spelling) there\"; cat >/dev/null'",
      "'echo \"no \(spelling)\" >&2; head -c 9 >/dev/null; exit 255'",
    ] {
      let outcome = try Executable.shell(
        "feed-push --retries 0 --to sftp://alma@library/x --password-file password --ssh-command \(command) stream",
        in: directory.url)
      #expect(outcome.errors.contains("(secret)") && !outcome.errors.contains(spelling), "\(outcome.errors)")
    }
  }

  @Test
  func `if it is unknown whether the rename was done, the stage is not accounted for, and the next run finds out`()
    throws
  {
    let (mark, account) = (directory.path("down"), directory.path("account"))
    let arguments = ["--ledger", directory.path("ledger"), "--stream-to", account]
    let outcome = try run(["dies-after-rename=\(mark)"], arguments)
    #expect(outcome.status == 75 && dropped == [name])
    #expect(!FileManager.default.fileExists(atPath: account))
    try FileManager.default.removeItem(atPath: mark)
    #expect(try run([], arguments + ["--unless-later"]).status == 0)
    #expect(String(decoding: try directory.read("ledger"), as: UTF8.self).contains(#""outcome":"already-there""#))
    #expect(FileManager.default.fileExists(atPath: account))
  }

  @Test func `an open file that cannot be removed is closed first`() throws {
    let outcome = try run(["busy", "write=4"])
    #expect(outcome.status == 74 && dropped == [])
  }

  @Test(arguments: [["write=4"], ["rename=4"], ["rename=3", "stat=3"]] as [[String]])
  func `a refusal is reported, and leaves nothing`(oddities: [String]) throws {
    let outcome = try run(oddities)
    #expect([74, 77].contains(outcome.status) && outcome.errorLines.count == 1)
    #expect(dropped == [])
  }

  // Alma

  @Test func `a zip that is taken during the comparison is already there`() throws {
    try directory.write("drop/\(name)", "zip bytes")
    let outcome = try run(["taken-at-open"])
    #expect(outcome.status == 0 && outcome.text.contains("\"already-there\",\"status\""))
    #expect(dropped == [name + ".handled"])
  }

  @Test(arguments: [[], ["missing=4"], ["missing=3"]] as [[String]])
  func `an older zip that is taken during the comparison is ignored`(oddities: [String]) throws {
    try directory.write("drop/\(name)", "zip bytez")
    let outcome = try run(["taken-at-open"] + oddities)
    #expect(outcome.status == 0 && outcome.text.contains("\"delivered\",\"status\""))
    #expect(dropped == [name, name + ".handled"])
  }

  // What waits

  @Test(arguments: [["empty-name"], ["no-type"], ["no-permissions"], ["no-size"], ["bare-list"]] as [[String]])
  func `a zip that waits too long on an odd server is reported`(oddities: [String]) throws {
    for name in ["a.zip", "b.zip.handled", "c.zip"] {
      try directory.write("drop/\(name)", "12345")
      try age(name, by: name == "c.zip" ? 60 : 7200)
    }
    let outcome = try run(oddities, ["--unhandled-for", "1h"])
    #expect(outcome.status == 75 && outcome.lines.count == 2)
    #expect(outcome.lines.first?.contains("\"name\":\"a.zip\"") == true)
    #expect(try run(oddities, ["--unhandled-for", "3h"]).status == 0)
  }

  @Test(arguments: [["no-times"], ["zero-times"], ["bare-list", "stat=3"]] as [[String]])
  func `an age that is not sent is unknown, and not since 1970`(oddities: [String]) throws {
    try directory.write("drop/b.zip.handled", "12345")
    #expect(try run(oddities, ["--unhandled-for", "1h"]).status == 0)
    try directory.write("drop/a.zip", "12345")
    let outcome = try run(oddities, ["--unhandled-for", "1h"])
    #expect(outcome.status == 69 && outcome.errorLines.count == 1 && outcome.errors.contains("a.zip"))
    #expect(outcome.lines.count == 2 && !outcome.text.contains("age_seconds") && !outcome.text.contains("1970"))
    #expect(try run(oddities, ["--list"]).status == 0)
  }

  @Test(arguments: ["opendir=3", "opendir=4", "opendir=8", "readdir=4", "endless-list"])
  func `an unknown age is not reported as success`(oddity: String) throws {
    let outcome = try run([oddity], ["--unhandled-for", "1h"])
    #expect(outcome.status != 0 && outcome.errorLines.count == 1)
  }

  // What does not end

  @Test(arguments: [(["endless-list"], ["--list"]), (["chatter"], [])] as [([String], [String])])
  func `a server that does not end is a timeout`(oddities: [String], arguments: [String]) throws {
    let outcome = try run(oddities, arguments)
    #expect(outcome.status == 76 && outcome.errorLines.count == 1)
  }

  // What a check tries

  @Test func `a check does all that a delivery does`() throws {
    #expect(try run(["fsync=4", "log=\(directory.path("log"))"], ["--check", "--verify", "sha256"]).status == 0)
    let log = String(decoding: try directory.read("log"), as: UTF8.self).split(separator: "\n")
    for request in ["OPENDIR", "OPEN", "WRITE", "SETSTAT", "200", "CLOSE", "STAT", "READ", "RENAME", "REMOVE"] {
      #expect(request == "SETSTAT" || log.contains { $0 == request }, "\(request)")
    }
    #expect(dropped == [])
  }

  @Test(
    arguments: [["rename=3"], ["rename=4"], ["write=4"], ["busy", "write=3"], ["rename=4", "stat=4"]] as [[String]])
  func `a check that fails leaves nothing`(oddities: [String]) throws {
    let outcome = try run(oddities, ["--check"])
    #expect([74, 77].contains(outcome.status) && outcome.errorLines.count == 1)
    #expect(dropped == [])
  }

  @Test(
    arguments: [["setstat=4"], ["open-leaves=4"], ["missing=3"], ["stat=3", "opendir=3"], ["no-size"]] as [[String]])
  func `a check succeeds if a delivery does`(oddities: [String]) throws {
    let outcome = try run(oddities, ["--check"])
    #expect(outcome.status == 0 && outcome.errors == "" && dropped == [])
  }

  // What nights leave

  @Test func `temporary files of processes that have ended are removed, whatever their NAME`() throws {
    let dead = try Process.run(URL(fileURLWithPath: "/bin/true"), arguments: [])
    dead.waitUntilExit()
    let host = ProcessInfo.processInfo.hostName
    let left = [
      ".older.xml.zip.part-\(dead.processIdentifier)-\(host)", ".older.xml.zip.part-1-elsewhere",
      ".feed-push-check.part-\(dead.processIdentifier)-\(host)",
    ]
    let others = [
      ".older.xml.zip.part-1-\(host)", ".older.xml.zip.part-2-elsewhere", ".other.part-1-elsewhere",
      ".older.xml.zip.part-x-elsewhere", "older.xml.zip.part-1-elsewhere", ".older.xml.zip.part-4000000",
    ]
    for name in left + others {
      try directory.write("drop/\(name)", "half")
      try age(name, by: name.contains("-2-") || name.contains("-1-\(host)") ? 60 : 7200)
    }
    #expect(try run([]).status == 0)
    #expect(dropped == (others + [name]).sorted())
    try directory.write("drop/\(left[0])", "half")
    #expect(try run([], ["--check"]).status == 0)
    #expect(dropped == (others + [name]).sorted())
  }

  @Test func `the file of another host without a time is not abandoned`() throws {
    try directory.write("drop/.\(name).part-1-elsewhere", "half")
    for oddity in ["no-times", "zero-times"] { #expect(try run([oddity]).status == 0) }
    #expect(dropped == [".\(name).part-1-elsewhere", name])
  }
}
