import Foundation
import TestSupport

/// Debian's sshd on a free port of 127.0.0.1, with keys and a configuration of its own.
final class SSHServer {
  /// Its keys, its files, and the drop directory.
  let directory: TemporaryDirectory
  let port: Int
  /// Who logs in: somebody whom permissions bind, so not root.
  let user: String
  private let process: ServerProcess

  /// - Parameters:
  ///   - options: lines for its configuration.
  ///   - hostKeys: the types of its keys.
  ///   - prefix: a command that starts it.
  init(
    _ options: [String] = [], subsystem: String? = "internal-sftp", hostKeys: [String] = ["ed25519"],
    prefix: [String] = []
  )
    throws
  {
    let directory = try TemporaryDirectory()
    self.directory = directory
    let isRoot = geteuid() == 0
    user = isRoot ? "nobody" : NSUserName()
    let port = try Self.freePort()
    self.port = port
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: directory.url.path)
    try FileManager.default.createDirectory(atPath: directory.path("drop"), withIntermediateDirectories: false)
    if isRoot {
      try FileManager.default.setAttributes([.ownerAccountName: user], ofItemAtPath: directory.path("drop"))
      // For the privilege separation of sshd.
      try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
    }
    for type in hostKeys {
      try FileManager.default.copyItem(atPath: Keys.path("host_\(type)"), toPath: directory.path("host_\(type)"))
    }
    try directory.write("authorized", Keys.authorized)
    try Self.trust(hostKeys, port, in: directory.path("known"))
    let lines =
      [
        "Port \(port)", "ListenAddress 127.0.0.1", "PidFile none", "AuthorizedKeysFile \(directory.path("authorized"))",
        "StrictModes no",
      ] + hostKeys.map { "HostKey \(directory.path("host_\($0)"))" }
      + (subsystem.map { ["Subsystem sftp \($0)"] } ?? [])
      + options + ["UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no"]
    try directory.write("sshd_config", lines.joined(separator: "\n") + "\n")
    let command = prefix + ["/usr/sbin/sshd", "-D", "-f", directory.path("sshd_config"), "-E", directory.path("log")]
    process = try ServerProcess(command)
    try process.wait { SSHServer.accepts(port) }
  }

  var drop: String { directory.path("drop") }

  var url: String { "sftp://\(user)@127.0.0.1:\(port)\(drop)" }

  /// How to log in to it.
  var login: [String] { ["--known-hosts", directory.path("known"), "--identity", Keys.path("client_ed25519")] }

  /// The processes of its sessions.
  var sessions: [pid_t] { Self.children(of: process.identifier) }

  static func children(of process: pid_t) -> [pid_t] {
    let list = (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
    return list.split(separator: " ").compactMap { pid_t($0) }.flatMap { [$0] + children(of: $0) }
  }

  /// Writes a file of known hosts.
  static func trust(_ types: [String], _ port: Int, in path: String) throws {
    let lines = try types.map { type in
      let key = try String(contentsOfFile: Keys.path("host_\(type).pub"), encoding: .utf8).split(separator: " ")
      return "[127.0.0.1]:\(port) \(key[0]) \(key[1])\n"
    }
    try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: path))
  }

  static func freePort() throws -> Int {
    let (file, port) = try bound()
    close(file)
    return port
  }

  /// A socket on a port that nobody uses.
  static func bound() throws -> (Int32, Int) {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(file, $0, length) + getsockname(file, $0, &length)
      }
    }
    guard file >= 0, result == 0 else { throw ServerError("no free port") }
    return (file, Int(UInt16(bigEndian: address.sin_port)))
  }

  static func accepts(_ port: Int) -> Bool {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(file) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

struct ServerError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Keys for all servers and clients of the tests, made once.
enum Keys {
  static let passphrase = "open sesame"

  static func path(_ name: String) -> String { unsafe directory.path(name) }

  /// The public keys of all clients.
  static let authorized: String = {
    let names = ["client_ed25519", "client_ecdsa", "client_rsa", "locked"]
    return names.map { (try? String(contentsOfFile: path("\($0).pub"), encoding: .utf8)) ?? "" }.joined()
  }()

  nonisolated(unsafe) private static let directory: TemporaryDirectory = {
    do {
      let directory = try TemporaryDirectory()
      for role in ["host", "client"] {
        for type in ["ed25519", "ecdsa", "rsa"] { try make(directory.path("\(role)_\(type)"), type, "") }
      }
      try make(directory.path("host_other"), "ed25519", "")
      try make(directory.path("stranger"), "ed25519", "")
      try make(directory.path("locked"), "ed25519", passphrase)
      // What is static is never given up by itself.
      atexit { try? FileManager.default.removeItem(atPath: Keys.path("")) }
      return directory
    } catch {
      // An initial value cannot throw, and without keys no server of these tests can start.
      fatalError("no keys: \(error)")
    }
  }()

  private static func make(_ path: String, _ type: String, _ passphrase: String) throws {
    let made = try Executable(program: "/usr/bin/ssh-keygen").run(["-q", "-t", type, "-N", passphrase, "-f", path])
    guard made.status == 0 else { throw ServerError(made.errors) }
  }
}
