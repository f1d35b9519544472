import Foundation
import TestSupport

/// A gateway before an API store, on loopback, which does what the first part of a path says: `Servers/gateway.py`.
final class GatewayServer {
  struct Request: Decodable {
    let method: String
    let path: String
    let headers: [String: String]
    let body: String
  }

  let directory = try! TemporaryDirectory()
  private(set) var port = ""
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var heard = Data()
  private let isPlain: Bool

  /// - Parameters:
  ///   - modes: what Servers/gateway.py knows.
  ///   - host: whom its certificate is for.
  init(_ modes: [String] = [], host: String = "localhost") throws {
    isPlain = modes.contains("--plain")
    try Certificates.make(for: host, in: directory)
    let script = Executable.root.appendingPathComponent("Tests/ServerTests/Servers/gateway.py")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments =
      ["-W", "ignore", script.path, directory.path("server.crt"), directory.path("server.key"), directory.path("log")]
      + modes
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    port = line()
  }

  deinit {
    // Threads of tests block the gentler signals, and children inherit that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Waits for the next line that it prints; empty where it has died.
  func line() -> String {
    while true {
      if let end = heard.firstIndex(of: 0x0A) {
        defer { heard = heard[(end + 1)...] }
        return String(decoding: heard[..<end], as: UTF8.self)
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return "" }
      heard += more
    }
  }

  /// Lets a server go on that waits for the test.
  func goOn() throws { try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

  func url(_ name: String, host: String = "localhost") -> String {
    "\(isPlain ? "http" : "https")://\(host):\(port)/\(name)"
  }

  /// The requests that it has had, in their order.
  var requests: [Request] {
    ((try? directory.read("log")) ?? Data()).split(separator: 0x0A)
      .compactMap { try? JSONDecoder().decode(Request.self, from: $0) }
  }

  /// How often it was asked for people.
  var fetches: Int { requests.count { $0.method == "GET" } }

  static let secret = "s3cret&more"

  /// What its client is started with.
  func arguments(_ name: String, _ more: [String]) -> [String] {
    [
      "--base-url", url(name), "--feed-path", "/people/v1/", "--client-id", "lib", "--ca-file",
      directory.path("ca.crt"),
    ]
      + more
  }

  /// Fetches to the end; without retries unless others are asked for.
  func fetch(_ name: String, _ more: [String] = [], environment: [String: String] = [:]) throws -> Executable.Outcome {
    let retries = more.contains("--retries") ? [] : ["--retries", "0"]
    return try Executable("ps-fetch").run(
      arguments(name, retries + more), environment: ["PS_CLIENT_SECRET": Self.secret].merging(environment) { $1 })
  }
}

extension Executable.Outcome {
  /// The lines that are no records.
  var people: [String] { lines.filter { !$0.hasPrefix(#"{"kind":"#) } }

  /// The last line says that all is there, and how many.
  func isComplete(_ count: Int) -> Bool {
    lines.last == #"{"kind":"summary","stage":"ps-fetch","complete":true,"people":\#(count),"seconds":0}"#
  }

  /// The last line says that something is missing.
  func isIncomplete(_ count: Int) -> Bool {
    end == #"{"kind":"summary","stage":"ps-fetch","complete":false,"people":\#(count),"seconds":0}"#
  }
}
