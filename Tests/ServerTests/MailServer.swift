import Foundation
import TestSupport

/// A real mail server on loopback that keeps what it gets, and goes wrong as it is told.
final class MailServer {
  struct Envelope: Decodable, Equatable {
    let sender: String
    let recipients: [String]
    let tls: Bool
    let login: Bool
  }

  let directory: TemporaryDirectory
  let port: Int
  private let process = Process()

  /// - Parameters:
  ///   - how: what Servers/smtp.py knows.
  ///   - host: whom its certificate is for.
  init(_ how: [String] = [], host: String = "localhost") throws {
    directory = try TemporaryDirectory()
    try Certificates.make(for: host, in: directory)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Servers/smtp.py")
    process.arguments =
      ["-W", "ignore", script.path, directory.url.path, directory.path("server.crt"), directory.path("server.key")]
      + how
    let output = Pipe()
    process.standardOutput = output
    try directory.write("errors", "")
    process.standardError = FileHandle(forWritingAtPath: directory.path("errors"))
    try process.run()
    // Blocks until it listens, or has died.
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = Int(line.trimmingCharacters(in: .newlines)) else {
      throw CocoaError(
        .executableLoad, userInfo: ["why": String(decoding: try directory.read("errors"), as: UTF8.self)])
    }
    self.port = port
  }

  deinit {
    // Threads of tests block the gentler signals, and children inherit that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// The flags that lead to it.
  func flags(_ scheme: String = "smtp") -> [String] {
    ["--smtp", "\(scheme)://localhost:\(port)", "--ca-file", directory.path("ca.crt")]
  }

  static let login = ["SMTP_USER": "mailer", "SMTP_PASSWORD": "p@ss wörd"]

  /// The messages that it has taken, in their order.
  var messages: [Data] { files("eml").compactMap { try? directory.read($0) } }

  var envelopes: [Envelope] {
    files("json").compactMap { try? JSONDecoder().decode(Envelope.self, from: directory.read($0)) }
  }

  /// What it was asked to do.
  var log: [String] {
    ((try? directory.read("log")).map { String(decoding: $0, as: UTF8.self) } ?? "").split(separator: "\n").map(
      String.init)
  }

  private func files(_ suffix: String) -> [String] {
    directory.names.filter { $0.hasSuffix(".\(suffix)") }
      .sorted { (Int($0.split(separator: ".")[0]) ?? 0) < (Int($1.split(separator: ".")[0]) ?? 0) }
  }
}
