import Files
import Foundation
import StageErrors
import TestSupport
import Testing

@Suite struct AppendLogTests {
  let directory: TemporaryDirectory
  let line = Array(#"{"kind":"delivery","outcome":"delivered","status":"E"}"#.utf8)
  var text: String { String(decoding: line, as: UTF8.self) + "\n" }

  init() throws { directory = try TemporaryDirectory() }

  private func contents() throws -> String { String(decoding: try directory.read("log"), as: UTF8.self) }

  @Test func `a log is made where it is absent, for its owner alone`() throws {
    try AppendLog(directory.path("log")).append([line, line])
    #expect(try contents() == text + text)
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("log"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test(arguments: ["before\n", ""])
  func `lines are appended`(before: String) throws {
    try directory.write("log", before)
    try AppendLog(directory.path("log")).append([line])
    #expect(try contents() == before + text)
  }

  @Test(arguments: ["{\"kind\":\"deliv", "whole\n\0\0\0\0", "\0"])
  func `what a death has left at the end is ended first`(before: String) throws {
    try directory.write("log", before)
    try AppendLog(directory.path("log")).append([line])
    #expect(try contents() == before + "\n" + text)
  }

  @Test func `room is reserved without a trace`() throws {
    let log = try AppendLog(directory.path("log"))
    try log.reserve(100_000)
    #expect(try contents() == "")
    try log.append([line])
    #expect(try contents() == text)
  }

  @Test func `a full disk is reported`() throws {
    #expect { try AppendLog("/dev/full").append([line]) } throws: { error in
      (error as? FileError)?.exitStatus == .inputOutput && "\(error)".contains("No space left on device")
    }
  }

  @Test func `a directory that is missing is told when it is opened`() {
    #expect { _ = try AppendLog("/nonexistent/log") } throws: { ($0 as? FileError)?.exitStatus == .cannotCreate }
  }

  @Test func `writers at once do not mix their lines`() throws {
    let path = directory.path("log")
    let threads = (0..<4).map { number in
      let thread = Thread {
        for _ in 0..<50 {
          try? AppendLog(path).append([Array(repeating: UInt8(ascii: "a") + UInt8(number), count: 5000)])
        }
      }
      thread.start()
      return thread
    }
    while !threads.allSatisfy(\.isFinished) { usleep(1000) }
    let lines = try contents().split(separator: "\n")
    #expect(lines.count == 200 && lines.allSatisfy { $0.count == 5000 && Set($0).count == 1 })
  }
}
