import Foundation
import TestSupport

/// An SFTP server that takes passwords, and has faults that sshd has not: `Servers/sftp.py`.
final class PasswordServer {
  static let password = "s3cret-Pä55 'word'"

  let directory: TemporaryDirectory
  let port: Int
  private let process: ServerProcess

  init(_ options: [String] = []) throws {
    directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: directory.path("root/drop"), withIntermediateDirectories: true)
    process = try ServerProcess(
      [
        "/usr/bin/python3", Executable.root.appendingPathComponent("Tests/ServerTests/Servers/sftp.py").path,
        Keys.path("host_ed25519"), directory.path("root"), directory.path("port"),
      ] + options)
    let directory = directory
    try process.wait { FileManager.default.fileExists(atPath: directory.path("port")) }
    port = Int(String(decoding: try directory.read("port"), as: UTF8.self)) ?? 0
    try SSHServer.trust(["ed25519"], port, in: directory.path("known"))
  }

  var drop: String { directory.path("root/drop") }

  var target: [String] { ["--to", "sftp://alma@127.0.0.1:\(port)/drop", "--known-hosts", directory.path("known")] }
}
