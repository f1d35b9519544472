import Foundation
import TestSupport
import Testing

/// feed-push and Debian's sshd.
@Suite struct FeedPushServerTests {
  let directory: TemporaryDirectory
  let push = Executable("feed-push")
  let name = "alma_people_2026-11-21_2026-11-22_E.xml.zip"

  init() throws {
    directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: directory.path("out"), withIntermediateDirectories: false)
  }

  func stream(_ contents: String = "zip bytes") throws -> FeedStream {
    try FeedStream(zips: [directory.write("out/\(name)", contents)])
  }

  func run(_ server: SSHServer, _ arguments: [String] = [], _ stream: FeedStream? = nil) throws -> Executable.Outcome {
    let arguments = ["--to", server.url] + server.login + arguments
    return try push.run(arguments, input: stream?.data ?? self.stream().data)
  }

  func names(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  func write(_ server: SSHServer, _ name: String, _ text: String) throws {
    try server.directory.write("drop/\(name)", text)
  }

  // Delivering

  @Test func `a feed is delivered completely, with its mode, and recorded in the ledger`() throws {
    let server = try SSHServer()
    let outcome = try run(server, ["--verify", "sha256", "--ledger", directory.path("ledger")])
    #expect(outcome.status == 0 && outcome.errors == "")
    let digest = FeedStream.digest(Data("zip bytes".utf8))
    let record =
      #"{"kind":"delivery","outcome":"delivered","status":"E","since":"2026-11-21","until":"2026-11-22","started":"2026-11-22T00:45:00Z","users":2,"#
      + #""remote":"\#(server.url)/\#(name)","bytes":9,"sha256":"\#(digest)","at":"2026-11-22T00:45:00Z"}"#
    #expect(outcome.lines.dropLast().last == record)
    #expect(try directory.read("ledger") == Data((record + "\n").utf8))
    #expect(names(server.drop) == [name])
    #expect(try server.directory.read("drop/\(name)") == Data("zip bytes".utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: server.directory.path("drop/\(name)"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func `the mode is that of --mode, whatever the server's umask`() throws {
    let server = try SSHServer(["ForceCommand internal-sftp -u 077"])
    #expect(try run(server, ["--mode", "0664"]).status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: server.directory.path("drop/\(name)"))
    #expect(attributes[.posixPermissions] as? Int == 0o664)
  }

  @Test func `a large feed arrives byte for byte`() throws {
    let server = try SSHServer()
    var bytes = Data(count: 20_000_001)
    for index in stride(from: 0, to: bytes.count, by: 1009) { bytes[index] = UInt8(truncatingIfNeeded: index / 1009) }
    try bytes.write(to: directory.url.appendingPathComponent("out/\(name)"))
    let outcome = try run(server, ["--verify", "sha256"], FeedStream(zips: [directory.path("out/\(name)")]))
    #expect(outcome.status == 0)
    #expect(try server.directory.read("drop/\(name)") == bytes)
  }

  @Test func `several zips are delivered over one connection`() throws {
    let server = try SSHServer()
    let zips = try ["b.zip", "a.zip", "c.zip"].map { try directory.write("out/\($0)", "bytes of \($0)") }
    let outcome = try run(server, [], FeedStream(zips: zips))
    #expect(outcome.status == 0 && names(server.drop) == ["a.zip", "b.zip", "c.zip"])
    let log = String(decoding: try server.directory.read("log"), as: UTF8.self)
    #expect(log.split(separator: "\n").filter { $0.contains("Accepted publickey") }.count == 1)
  }

  @Test(arguments: ["", ".handled"])
  func `the same bytes are already there, taken or not`(suffix: String) throws {
    let server = try SSHServer()
    try write(server, name + suffix, "zip bytes")
    let outcome = try run(server)
    #expect(outcome.status == 0 && outcome.text.contains("\"already-there\""))
    #expect(names(server.drop) == [name + suffix])
  }

  @Test(arguments: ["other bytes", "zip bytez"])
  func `a different file that waits is not changed`(waiting: String) throws {
    let server = try SSHServer()
    try write(server, name, waiting)
    let outcome = try run(server)
    #expect(outcome.status == 73 && outcome.errorLines.count == 1)
    #expect(try server.directory.read("drop/\(name)") == Data(waiting.utf8))
    #expect(names(server.drop) == [name])
  }

  @Test(arguments: ["internal-sftp", "internal-sftp -P posix-rename,fsync,statvfs"])
  func `a different file that waits is replaced on demand`(subsystem: String) throws {
    let server = try SSHServer(subsystem: subsystem)
    try write(server, name, "other bytes")
    #expect(try run(server, ["--replace"]).status == 0)
    #expect(try server.directory.read("drop/\(name)") == Data("zip bytes".utf8))
    #expect(names(server.drop) == [name])
  }

  @Test func `an older feed of the same name that was taken is ignored`() throws {
    let server = try SSHServer()
    try write(server, name + ".handled", "other bytes")
    #expect(try run(server).status == 0)
    #expect(names(server.drop) == [name, name + ".handled"])
  }

  // Servers of other kinds

  @Test(arguments: [
    (["ed25519"], ["HostKeyAlgorithms ssh-ed25519", "PubkeyAcceptedAlgorithms ssh-ed25519"], "ed25519"),
    (["rsa"], ["HostKeyAlgorithms rsa-sha2-512", "PubkeyAcceptedAlgorithms rsa-sha2-512"], "rsa"),
    (
      ["ed25519"],
      [
        "KexAlgorithms curve25519-sha256", "Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com",
        "MACs hmac-sha2-512-etm@openssh.com",
      ], "ecdsa"
    ),
    (["ed25519"], ["KexAlgorithms sntrup761x25519-sha512@openssh.com"], "ed25519"),
    (
      ["ed25519"], ["ForceCommand internal-sftp", "AllowTcpForwarding no", "PermitTTY no", "X11Forwarding no"],
      "ed25519"
    ),
  ])
  func `servers with strict settings can be used`(hostKeys: [String], options: [String], client: String) throws {
    let server = try SSHServer(options, hostKeys: hostKeys)
    let arguments = ["--to", server.url, "--known-hosts", server.directory.path("known")]
    let outcome = try push.run(arguments + ["--identity", Keys.path("client_\(client)")], input: stream().data)
    #expect(outcome.status == 0 && outcome.errors == "")
  }

  @Test(.enabled(if: geteuid() == 0, "only root may change the root of others"))
  func `a server with chroot can be used`() throws {
    // Every directory above has to belong to root, and be writable by nobody else.
    let root = "/run/alma-people-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(atPath: root + "/drop", withIntermediateDirectories: true)
    let server = try SSHServer(["ForceCommand internal-sftp", "ChrootDirectory \(root)"])
    try FileManager.default.setAttributes([.ownerAccountName: server.user], ofItemAtPath: root + "/drop")
    let url = "sftp://\(server.user)@127.0.0.1:\(server.port)"
    #expect(try push.run(["--to", "\(url)/drop"] + server.login, input: stream().data).status == 0)
    #expect(names(root + "/drop") == [name])
    #expect(
      try push.run(["--to", "\(url)/~/drop"] + server.login, input: stream().data).text.contains("already-there"))
  }

  @Test func `a directory that may be written and not read can be used`() throws {
    let server = try SSHServer()
    try FileManager.default.setAttributes([.posixPermissions: 0o300], ofItemAtPath: server.drop)
    #expect(try run(server).status == 0)
    #expect(try run(server).text.contains("already-there"))
    let waiting = try run(server, [], stream("other bytes"))
    #expect(waiting.status == 73)
    let listing = try run(server, ["--list"])
    #expect(listing.status == 77 && listing.errorLines.count == 1)
  }

  @Test func `if reading back is refused, --verify sha256 fails and leaves nothing`() throws {
    let server = try SSHServer(subsystem: "internal-sftp -P read")
    let outcome = try run(server, ["--verify", "sha256"])
    #expect(outcome.status == 77 && outcome.errors.contains("--verify size"))
    #expect(names(server.drop) == [])
    #expect(try run(server).status == 0)
  }

  @Test func `a server without extensions can be used`() throws {
    let server = try PasswordServer(["noext"])
    let environment = ["SFTP_PASSWORD": PasswordServer.password]
    #expect(try push.run(server.target, input: stream().data, environment: environment).status == 0)
    #expect(names(server.drop) == [name])
  }

  // Looking

  @Test func `the drop directory is listed, and zips that wait too long are reported`() throws {
    let server = try SSHServer()
    try write(server, "a.zip.handled", "123")
    try write(server, "b.zip", "12345")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_795_308_300 - 7200)],
      ofItemAtPath: server.directory.path("drop/b.zip"))
    let outcome = try run(server, ["--list"])
    #expect(outcome.status == 0 && outcome.lines.count == 3)
    #expect(
      outcome.lines[1]
        == #"{"kind":"drop","name":"b.zip","bytes":5,"modified":"2026-11-21T22:45:00Z","handled":false,"age_seconds":7200}"#
    )
    #expect(try run(server, ["--unhandled-for", "1h"]).status == 75)
    #expect(try run(server, ["--unhandled-for", "3h"]).status == 0)
  }

  @Test func `a check logs in, tries to write, and leaves nothing`() throws {
    let server = try SSHServer()
    let outcome = try run(server, ["--check"])
    #expect(outcome.status == 0 && outcome.errors == "" && outcome.lines.count == 1)
    #expect(names(server.drop) == [])
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: server.drop)
    #expect(try run(server, ["--check"]).status == 77)
  }

  // What is in the way

  @Test func `a directory that may not be written is access denied`() throws {
    let server = try SSHServer()
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: server.drop)
    let outcome = try run(server)
    #expect(outcome.status == 77 && outcome.errorLines.count == 1)
    #expect(outcome.lines.dropLast().last?.contains("\"outcome\":\"failed\"") == true)
  }

  @Test func `a directory that does not exist is reported`() throws {
    let server = try SSHServer()
    try FileManager.default.removeItem(atPath: server.drop)
    let outcome = try run(server)
    #expect(outcome.status == 73 && outcome.errorLines.count == 1)
  }

  @Test func `a server without SFTP refuses for good`() throws {
    let outcome = try run(SSHServer(subsystem: nil))
    #expect(outcome.status == 69 && outcome.errorLines.count == 1)
  }

  @Test func `a server without a common algorithm is a protocol error`() throws {
    let server = try SSHServer(["Ciphers aes128-ctr"])
    let config = try directory.write("config", "Ciphers aes256-gcm@openssh.com\n")
    let outcome = try run(server, ["--ssh-config", config])
    #expect(outcome.status == 76 && outcome.errors.contains("aes128-ctr"))
  }

  @Test func `an exceeded quota is reported with the server's message`() throws {
    let server = try PasswordServer(["quota=100000"])
    let environment = ["SFTP_PASSWORD": PasswordServer.password]
    let stream = try stream(String(repeating: "zip", count: 100_000))
    let outcome = try push.run(server.target, input: stream.data, environment: environment)
    #expect(outcome.status == 74 && outcome.errors.contains("Disk quota exceeded"))
    #expect(names(server.drop) == [])
  }

  @Test func `a refused connection is retried, and then temporary`() throws {
    let (file, port) = try SSHServer.bound()
    defer { close(file) }
    let arguments = ["--to", "sftp://nobody@127.0.0.1:\(port)/drop", "--retries", "1", "-v"]
    let outcome = try push.run(arguments, input: stream().data)
    #expect(outcome.status == 75 && outcome.errors.contains("Connection refused"))
    #expect(outcome.errorLines.filter { $0.contains("connecting to") }.count == 2)
    #expect(try push.run(arguments.dropLast(), input: stream().data).errorLines.count == 1)
  }

  @Test func `a server that never replies is a timeout`() throws {
    let (file, port) = try SSHServer.bound()
    defer { close(file) }
    listen(file, 1)
    let arguments = ["--to", "sftp://nobody@127.0.0.1:\(port)/drop", "--connect-timeout", "1", "--retries", "0"]
    let outcome = try push.run(arguments, input: stream().data)
    #expect(outcome.status == 75 && outcome.errors.contains("timed out"))
  }
}
