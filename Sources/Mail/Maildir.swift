import Glibc
import StageSupport
import SystemPackage

/// A directory of messages, a file each, as mail programs read it: maildir(5).
public struct Maildir: MessageSink {
  private let path: String

  public init(_ path: String) { self.path = path }

  /// Writes the message in `tmp`, and links it into `new` when it is whole and on the disk.
  public func send(_ message: Message, to recipients: [String]) throws -> Dispatch {
    try make()
    let temporary = file("tmp", Self.name(0))
    unlink(temporary)
    try Self.write(message.bytes, to: temporary)
    defer { unlink(temporary) }
    try link(temporary)
    return Dispatch(accepted: message.recipients)
  }

  public func check() throws {
    try make()
    for directory in ["tmp", "new"] where unsafe access(file(directory, ""), W_OK | X_OK) != 0 {
      throw FileError(.create, file(directory, ""), Errno.current)
    }
  }

  /// Makes what is missing of the directory and the three in it.
  private func make() throws(FileError) {
    for directory in [path] + ["tmp", "new", "cur"].map({ file($0, "") }) {
      if unsafe mkdir(directory, 0o700) != 0, Errno.current != .fileExists {
        throw FileError(.create, directory, Errno.current)
      }
    }
  }

  private func link(_ temporary: String) throws(FileError) {
    // Another message of this process may have the name already, from an earlier start with the same process number.
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

  private func unlink(_ path: String) { _ = unsafe Glibc.unlink(path) }

  private static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
      try file.closeAfter {
        do {
          _ = try file.writeAll(bytes)
          if fsync(file.rawValue) != 0 { throw Errno.current }
        } catch {
          unsafe Glibc.unlink(path)
          throw error
        }
      }
    } catch {
      throw FileError(.write, path, error)
    }
  }

  /// A name that no other process gives: the time, the process, a number, the host.
  private static func name(_ number: Int) -> String {
    var host = [CChar](repeating: 0, count: 256)
    let isKnown = unsafe gethostname(&host, host.count - 1) == 0
    let text =
      isKnown ? String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "localhost"
    let safe = text.map { $0 == "/" || $0 == ":" ? "_" : String($0) }.joined()
    return "\(time(nil)).P\(getpid())Q\(number).\(safe)"
  }
}
