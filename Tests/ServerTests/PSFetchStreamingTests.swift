import Foundation
import TestSupport
import Testing

/// People that stream: while they arrive, at the reader's pace, and in memory that does not grow.
@Suite(.serialized) struct PSFetchStreamingTests {
  private func start(_ server: GatewayServer, _ name: String) throws -> Running {
    let running = try Executable("ps-fetch").start(
      server.arguments(name, []), environment: ["PS_CLIENT_SECRET": GatewayServer.secret])
    running.errors.collect()
    return running
  }

  @Test func `the first person is printed before the last has arrived`() throws {
    let server = try GatewayServer()
    let running = try start(server, "step")
    #expect(server.line() == "one person sent")
    var seen = Data()
    while seen.count(where: { $0 == 0x0A }) < 2 {
      let more = running.output.pipe.fileHandleForReading.availableData
      try #require(!more.isEmpty)
      seen += more
    }
    #expect(String(decoding: seen, as: UTF8.self).hasSuffix(#"{"EMPLID":"1"}"# + "\n"))
    try server.goOn()
    let rest = running.output.collect().wait()
    #expect(String(decoding: rest, as: UTF8.self).hasPrefix(#"{"EMPLID":"2"}"# + "\n"))
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 0)
  }

  @Test func `a reader that is slow slows the download, and memory stays flat`() throws {
    // The promise is for 1 GB; `ALMA_PEOPLE_BIG` sends that much.
    let isBig = ProcessInfo.processInfo.environment["ALMA_PEOPLE_BIG"] == "1"
    let megabytes = isBig ? 1000 : 64
    let server = try GatewayServer()
    let running = try start(server, "many-\(megabytes)")
    // Nobody reads, and so the server gets rid of no more than fits into the pipes between.
    let blocked = server.line().split(separator: " ")
    #expect(blocked.first == "blocked")
    #expect(Int(blocked.last ?? "") ?? .max < 16_000_000)
    let reader = Reader(running.output.pipe.fileHandleForReading.fileDescriptor)
    var peak = 0
    while reader.read(most: 8_000_000) > 0 {
      peak = max(peak, Self.peakMemory(of: running.process.processIdentifier))
    }
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 0)
    #expect(server.line() == "sent \(reader.lines - 2)")
    #expect(reader.bytes > megabytes * 990_000)
    #expect(peak > 0 && peak < 32 << 20, "\(peak >> 10) KB")
  }

  /// Reads a pipe and counts what comes.
  private final class Reader {
    private let file: Int32
    private var block = [UInt8](repeating: 0, count: 1 << 20)
    private(set) var bytes = 0
    private(set) var lines = 0

    init(_ file: Int32) { self.file = file }

    /// Reads until about so many bytes have come.
    func read(most: Int) -> Int {
      var taken = 0
      while taken < most {
        let count = unsafe block.withUnsafeMutableBytes { unsafe Foundation.read(file, $0.baseAddress!, $0.count) }
        if count <= 0 { break }
        taken += count
        countLines(count)
      }
      bytes += taken
      return taken
    }

    private func countLines(_ count: Int) {
      unsafe block.withUnsafeBytes { bytes in
        let base = bytes.baseAddress!
        var offset = 0
        // A loop over the bytes would be the slowest part of the test.
        while offset < count, let found = unsafe memchr(base + offset, 0x0A, count - offset) {
          offset = unsafe UnsafeRawPointer(found) - base + 1
          lines += 1
        }
      }
    }
  }

  /// VmHWM of a process, in bytes.
  private static func peakMemory(of process: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }

  @Test func `a reader that goes away ends it as any filter`() throws {
    let server = try GatewayServer()
    let ps = Executable("ps-fetch").path
    let words = server.arguments("many-16", []).map { "'\($0)'" }.joined(separator: " ")
    let outcome = try Executable(program: "/bin/bash").run(
      ["-c", "'\(ps)' \(words) | head -n 2 >/dev/null; echo ${PIPESTATUS[0]}"],
      environment: ["PS_CLIENT_SECRET": GatewayServer.secret])
    #expect(outcome.text == "141\n")
    #expect(outcome.errors == "")
  }

  @Test func `a reader that goes away ends it also where the signal is blocked`() throws {
    let server = try GatewayServer()
    let ps = Executable("ps-fetch").path
    let words = server.arguments("many-16", []).map { "'\($0)'" }.joined(separator: " ")
    let block =
      "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE]); os.execv(sys.argv[1], sys.argv[1:])"
    let outcome = try Executable(program: "/bin/bash").run(
      ["-c", "python3 -c '\(block)' '\(ps)' \(words) | head -n 2 >/dev/null; echo ${PIPESTATUS[0]}"],
      environment: ["PS_CLIENT_SECRET": GatewayServer.secret])
    #expect(["74\n", "141\n"].contains(outcome.text))
    #expect(server.fetches == 1)
  }

  @Test func `a full disk is reported`() throws {
    let server = try GatewayServer()
    let ps = Executable("ps-fetch").path
    let words = server.arguments("ok", []).map { "'\($0)'" }.joined(separator: " ")
    let outcome = try Executable(program: "/bin/bash").run(
      ["-c", "'\(ps)' \(words) >/dev/full"], environment: ["PS_CLIENT_SECRET": GatewayServer.secret])
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("No space left on device") && outcome.errorLines.count == 1)
  }
}
