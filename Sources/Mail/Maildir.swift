import Files
import Glibc
import SystemPackage

/// A maildir(5): a directory with a file for each message.
package struct Maildir: MessageSink {
  private let path: String

  /// - Parameter path: the directory. It is created, with mode 0700, if it does not exist.
  package init(_ path: String) { self.path = path }

  /// Writes the message in `tmp`, and links it into `new` after `fsync`.
  package func send(_ message: Message, to recipients: [String]) throws -> SendResult {
    try make()
    let temporary = file("tmp", Self.name(0))
    Directory.remove(temporary)
    defer { Directory.remove(temporary) }
    try Self.write(message.bytes, to: temporary)
    try link(temporary)
    return SendResult(accepted: message.recipients)
  }

  package func check() throws {
    try make()
    for directory in ["tmp", "new"] where unsafe access(file(directory, ""), W_OK | X_OK) != 0 {
      throw FileError(.create, file(directory, ""), Errno.current)
    }
  }

  /// Creates the directory and its three subdirectories if they do not exist.
  private func make() throws(FileError) {
    for directory in [path] + ["tmp", "new", "cur"].map({ file($0, "") }) {
      if unsafe mkdir(directory, 0o700) != 0, Errno.current != .fileExists {
        throw FileError(.create, directory, Errno.current)
      }
    }
  }

  private func link(_ temporary: String) throws(FileError) {
    // An earlier process with the same number may have used the name in the same second.
    for number in 0..<1000 {
      let target = file("new", Self.name(number))
      if unsafe Glibc.link(temporary, target) == 0 { return Directory.synchronizeIfPossible(containing: target) }
      guard Errno.current == .fileExists else { throw FileError(.create, target, Errno.current) }
    }
    throw FileError(.create, file("new", Self.name(0)), Errno.fileExists)
  }

  private func file(_ directory: String, _ name: String) -> String {
    let directory = FilePath(path).appending(directory)
    return name.isEmpty ? directory.string : directory.appending(name).string
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
      try file.closeAfter {
        _ = try file.writeAll(bytes)
        if fsync(file.rawValue) != 0 { throw Errno.current }
      }
    } catch {
      throw FileError(.write, path, error)
    }
  }

  /// A name that no other running process uses: time, process, number, host.
  private static func name(_ number: Int) -> String {
    "\(time(nil)).P\(getpid())Q\(number).\(ProcessState.hostName)"
  }
}
