import Calendar
import Foundation
import Report
import StageErrors
import Testing

@testable import Mail

@Suite struct SendmailTests {
  private func send(_ script: String, timeout: Duration) throws -> SendResult {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("sendmail-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // Written by another process: one that is started beside us could inherit our open file, and a file that is open
    // for writing cannot be run.
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", #"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 700 "$1""#, "sh", path, script]
    try writer.run()
    writer.waitUntilExit()
    return try Sendmail(path, timeout: timeout).send(try Self.message(), to: ["a@x.example"])
  }

  private static func message() throws -> Message {
    let header = try MessageHeader(from: "f@x.example", to: ["a@x.example"], cc: [], replyTo: [], subject: nil)
    return Message(Report([]), header, attachment: nil, digest: "0", date: Instant(seconds: 1_795_308_300))
  }

  @Test func `a sendmail that does not end is killed when its time is over`() throws {
    let start = ContinuousClock.now
    let error = #expect(throws: MailError.self) { try send("exec sleep 1000", timeout: .milliseconds(300)) }
    #expect(error?.exitStatus == .temporary)
    #expect(start.duration(to: .now) < .seconds(20))
  }

  @Test func `a sendmail that ends in time is not`() throws {
    _ = try send("exit 0", timeout: .seconds(60))
    let error = #expect(throws: MailError.self) { try send("echo no space >&2; exit 75", timeout: .seconds(60)) }
    #expect(error?.description.hasSuffix("deferred: no space") == true)
    let killed = #expect(throws: MailError.self) { try send("kill -9 $$", timeout: .seconds(60)) }
    #expect(killed?.description.hasSuffix("ended by signal 9") == true)
  }
}
