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

  /// Does something in a session, on a thread of its own: a connection waits for work of Swift's concurrency, which has no more
  /// threads than those that the tests run on.
  /// - Parameter isHasty: the server has a few seconds for each answer.
  func withSession<Value: Sendable>(
    _ oddity: String = "", isHasty: Bool = false,
    _ work: @escaping @Sendable (inout SFTPConnection) throws(SFTPError) -> Value
  ) async throws -> Result<Value, SFTPError> {
    var command = SSHCommand(try #require(SSHDestination(user: "alma", host: "library", port: nil)))
    let script = Executable.root.appendingPathComponent("Tests/ServerTests/Servers/odd_sftp.py").path
    command.replacement = "exec /usr/bin/python3 \(script) \(oddity)"
    if isHasty { (command.connectTimeout, command.answerTimeout) = (1, 4) }
    let session = command
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let result: Result<Value, SFTPError>
        do throws(SFTPError) {
          var connection = try SFTPConnection.begin(session)
          try connection.greet()
          result = .success(try work(&connection))
        } catch {
          result = .failure(error)
        }
        continuation.resume(returning: result)
      }
    }
  }

  func listing(_ oddity: String, isHasty: Bool = false) async throws -> StageErrors.ExitStatus? {
    let path = directory.url.path
    let result = try await withSession(oddity, isHasty: isHasty) { (connection) throws(SFTPError) in
      try connection.list(path).count
    }
    guard case .failure(let error) = result else { return nil }
    return error.exitStatus
  }

  @Test(arguments: ["slow-list", "drip"])
  func `a listing that comes slowly and without end is given up, to be tried again`(oddity: String) async throws {
    #expect(try await listing(oddity, isHasty: true) == .temporary)
  }

  @Test(arguments: ["endless-list", "chatter"])
  func `a listing that comes fast and without end is nonsense`(oddity: String) async throws {
    #expect(try await listing(oddity) == .protocolViolation)
  }

  @Test func `a listing may end by an empty packet of names`() async throws {
    #expect(try await listing("empty-name") == nil)
  }

  @Test(arguments: [("", 0, 0), ("", 1, 1), ("", 9, 9), ("", 1000, 9), ("endless-file", 100_001, 100_001)])
  func `a file is read to its end, or as far as was asked for`(oddity: String, most: Int, count: Int) async throws {
    let path = directory.path("file")
    let counts = try await withSession(oddity) { (connection) throws(SFTPError) in
      var count = 0
      try connection.read(path, atMost: most) { count += $0.count }
      // The session goes on.
      return [count, try connection.attributes(of: path)?.size]
    }
    #expect(try counts.get() == [count, 9])
  }
}
