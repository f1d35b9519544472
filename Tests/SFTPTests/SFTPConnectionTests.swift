import Foundation
import Stage
import StageErrors
import TestSupport
import Testing

@testable import SFTP

/// A session with OpenSSH's server, without ssh in between.
@Suite struct SFTPConnectionTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func connect(_ command: String = "exec /usr/lib/openssh/sftp-server -e") throws -> SFTPConnection {
    var login = SSHLogin()
    login.replacement = command
    var connection = try SFTPConnection.begin(
      try #require(SSHDestination(user: nil, host: "library", port: nil)), login)
    try connection.open()
    return connection
  }

  func write(_ bytes: [UInt8], to name: String, _ connection: inout SFTPConnection) throws {
    var handle = try connection.create(directory.path(name), permissions: 0o600)
    try connection.write(bytes.span, to: &handle)
    try connection.finishWriting(&handle)
    try connection.synchronize(handle)
    try connection.close(handle)
  }

  /// More than are sent ahead.
  @Test func `a file of several windows is written and read back`() throws {
    let bytes = (0..<5 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    var connection = try connect()
    try write(bytes, to: "file", &connection)
    #expect(try directory.read("file") == Data(bytes))
    var found: [UInt8] = []
    try connection.read(directory.path("file"), atMost: bytes.count) { piece in
      for index in piece.indices { found.append(piece[index]) }
    }
    #expect(found == bytes)
    let attributes = try #require(try connection.attributes(of: directory.path("file")))
    #expect(attributes.size == bytes.count && attributes.permissions == 0o100600 && attributes.mayBeFile)
    #expect(try connection.attributes(of: directory.path("none")) == nil)
  }

  @Test func `a rename does not overwrite, and a replacement does`() throws {
    var connection = try connect()
    try write([1], to: "a", &connection)
    try write([2], to: "b", &connection)
    #expect(throws: SFTPError.self) { try connection.rename(directory.path("a"), to: directory.path("b")) }
    try connection.replace(directory.path("b"), with: directory.path("a"))
    #expect(try connection.list(directory.url.path).map(\.name) == ["b"])
    #expect(try directory.read("b") == Data([1]))
    try connection.remove(directory.path("b"))
    #expect(directory.names == [])
  }

  @Test func `a refusal has the server's message, and the session goes on`() throws {
    var connection = try connect()
    let error = #expect(throws: SFTPError.self) { try connection.remove(directory.path("none")) }
    #expect(error?.isMissing == true && error?.exitStatus == .cannotCreate)
    #expect(
      error?.description
        == "sftp://library: cannot remove \(directory.path("none")): no such file or directory (the server says: No such file)"
    )
    #expect(try connection.freeSpace(in: directory.url.path) ?? 0 > 0)
  }

  @Test func `a message before the end is why there is no session`() throws {
    let error = #expect(throws: SFTPError.self) {
      _ = try connect("echo 'ssh: connect to host library port 22: Connection refused' >&2; exit 255")
    }
    #expect(error?.exitStatus == .temporary && error?.description.hasSuffix("Connection refused") == true)
  }

  @Test func `a server that dies during a transfer is a lost connection, and no signal`() throws {
    var connection = try connect("echo $$ > '\(directory.path("process"))'; exec /usr/lib/openssh/sftp-server -e")
    var handle = try connection.create(directory.path("file"), permissions: nil)
    let text = String(decoding: try directory.read("process"), as: UTF8.self)
    kill(try #require(pid_t(text.split(separator: "\n")[0])), SIGKILL)
    let bytes = [UInt8](repeating: 1, count: 4 << 20)
    let error = #expect(throws: SFTPError.self) {
      try connection.write(bytes.span, to: &handle)
      try connection.finishWriting(&handle)
    }
    #expect(error?.exitStatus == .temporary && error?.description.contains("connection was lost") == true)
  }

  @Test func `secrets are in memory as long as ssh may ask for them`() throws {
    var login = SSHLogin()
    let destination = try #require(SSHDestination(user: nil, host: "library", port: nil))
    #expect(try AskpassAnswers(SSHCommand(destination, login)).variables == ["LC_ALL": "C"])
    login.password = Secret("hidden")
    let answers = try AskpassAnswers(SSHCommand(destination, login))
    let path = try #require(answers.variables["SFTP_ASKPASS_PASSWORD"])
    #expect(FileManager.default.contents(atPath: path) == Data("hidden".utf8))
    #expect(answers.variables["SSH_ASKPASS_REQUIRE"] == "force")
    #expect(answers.variables["SFTP_ASKPASS_PASSPHRASE"] == nil)
    #expect(!answers.variables.values.contains { $0.contains("hidden") })
  }
}
