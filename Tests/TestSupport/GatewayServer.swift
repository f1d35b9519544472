import Foundation

/// A gateway before an API store, on loopback, which does what the first part of a path says: `Servers/gateway.py`.
public final class GatewayServer {
  public struct Request: Decodable {
    public let method: String
    public let path: String
    public let headers: [String: String]
    public let body: String
  }

  public let directory: TemporaryDirectory
  public private(set) var port = ""
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var heard = Data()
  private let isPlain: Bool

  /// - Parameters:
  ///   - modes: what Servers/gateway.py knows.
  ///   - host: whom its certificate is for.
  ///   - program: the server's program, if it is another one of Servers with the same arguments.
  public init(_ modes: [String] = [], host: String = "localhost", program: String = "gateway.py") throws {
    directory = try TemporaryDirectory()
    isPlain = modes.contains("--plain")
    try Certificates.make(for: host, in: directory)
    let script = Executable.root.appendingPathComponent("Tests/ServerTests/Servers/\(program)")
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
  public func line() -> String {
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
  public func goOn() throws { try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

  public func url(_ name: String, host: String = "localhost") -> String {
    "\(isPlain ? "http" : "https")://\(host):\(port)/\(name)"
  }

  /// The requests that it has had, in their order.
  public var requests: [Request] {
    ((try? directory.read("log")) ?? Data()).split(separator: 0x0A)
      .compactMap { try? JSONDecoder().decode(Request.self, from: $0) }
  }

  /// How often it was asked for people.
  public var fetches: Int { requests.count { $0.method == "GET" } }
}
