import Foundation
import StageErrors
import TestSupport
import Testing

@testable import SFTP

/// Servers that always answer, and never get on with it: `Tests/ServerTests/Servers/odd_sftp.py`.
@Suite struct SFTPPaceTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("file", "zip bytes")
  }

  /// Does something in a session.
  /// - Parameter isHasty: the server has a few seconds for each answer.
  func withSession<Value>(
    _ oddity: String = "", isHasty: Bool = false, _ work: (inout SFTPConnection) throws(SFTPError) -> Value
  ) throws -> Result<Value, SFTPError> {
    var command = SSHCommand(try #require(SSHDestination(user: "alma", host: "library", port: nil)))
    let script = Executable.root.appendingPathComponent("Tests/ServerTests/Servers/odd_sftp.py").path
    command.login.replacement = "exec /usr/bin/python3 \(script) \(oddity)"
    if isHasty { (command.login.connectTimeout, command.answerTimeout) = (1, 4) }
    do throws(SFTPError) {
      var connection = try SFTPConnection.begin(command)
      try connection.open()
      return .success(try work(&connection))
    } catch {
      return .failure(error)
    }
  }

  func listing(_ oddity: String, isHasty: Bool = false) throws -> StageErrors.ExitStatus? {
    let path = directory.url.path
    let result = try withSession(oddity, isHasty: isHasty) { (connection) throws(SFTPError) in
      try connection.list(path).count
    }
    guard case .failure(let error) = result else { return nil }
    return error.exitStatus
  }

  @Test(arguments: ["slow-list", "drip"])
  func `a slow listing without end is a temporary failure`(oddity: String) throws {
    #expect(try listing(oddity, isHasty: true) == .temporary)
  }

  @Test(arguments: ["endless-list", "chatter"])
  func `a fast listing without end is a protocol error`(oddity: String) throws {
    #expect(try listing(oddity) == .protocolViolation)
  }

  @Test func `a listing may end by an empty packet of names`() throws {
    #expect(try listing("empty-name") == nil)
  }

  @Test(arguments: [("", 0, 0), ("", 1, 1), ("", 9, 9), ("", 1000, 9), ("endless-file", 100_001, 100_001)])
  func `a file is read to its end, or as far as was asked for`(oddity: String, most: Int, count: Int) throws {
    let path = directory.path("file")
    let counts = try withSession(oddity) { (connection) throws(SFTPError) in
      var count = 0
      try connection.read(path, atMost: most) { count += $0.count }
      // The session goes on.
      return [count, try connection.attributes(of: path)?.size]
    }
    #expect(try counts.get() == [count, 9])
  }
}
