import CLinux
import Glibc
import StageSupport
import SystemPackage

/// The local mail system, handed the message by its `sendmail -t -i`: recipients are taken from the head.
public struct Sendmail: MessageSink {
  /// Long enough for a queue that is slow; a program that hangs must not hold up the night.
  private static let patience: Int32 = 300

  private let path: String

  public init(_ path: String) { self.path = path }

  public func send(_ message: Message, to recipients: [String]) throws -> Dispatch {
    let input = try Self.memoryFile(message.bytes)
    defer { try? input.close() }
    let errors = try Self.memoryFile([])
    defer { try? errors.close() }
    let child = try start(["-t", "-i"], input: input, errors: errors)
    let status = Self.wait(for: child)
    guard status == 0 else { throw failure(status, Self.text(of: errors)) }
    return Dispatch(accepted: message.recipients)
  }

  public func check() throws {
    if unsafe access(path, X_OK) != 0 { throw MailError("cannot run \(path): \(Errno.current)", .configuration) }
  }

  /// Starts the program with files for its standard input and error: pipes could fill up on both sides.
  private func start(_ arguments: [String], input: FileDescriptor, errors: FileDescriptor) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors.rawValue, STDERR_FILENO)
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let result = unsafe posix_spawn(&child, path, &actions, nil, &words, environ)
    guard result == 0 else {
      throw MailError("cannot run \(path): \(Errno(rawValue: result))", .configuration)
    }
    return child
  }

  /// The program's exit status; 128 and the signal's number where one has ended it.
  private static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    let file = linux_process_file(child)
    var request = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    // A kernel without such files has the program waited for without a limit.
    if file >= 0, unsafe poll(&request, 1, patience * 1000) == 0 { kill(child, SIGKILL) }
    if file >= 0 { close(file) }
    while unsafe waitpid(child, &status, 0) < 0, Errno.current == .interrupted {}
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  /// Its status is one of sysexits.h, as sendmail's always were.
  private func failure(_ status: Int32, _ words: String) -> MailError {
    let said = words.isEmpty ? "" : ": \(Phrase.data(words, limit: 300))"
    switch status {
    case 75, 71: return MailError("\(path): put off\(said)", .temporary)
    case 128...: return MailError("\(path): ended by signal \(status - 128)\(said)", .temporary)
    case 74, 76, 77, 78:
      return MailError("\(path): failed with status \(status)\(said)", ExitStatus(rawValue: status) ?? .refused)
    default: return MailError("\(path): refused with status \(status)\(said)", .refused)
    }
  }

  private static func memoryFile(_ bytes: [UInt8]) throws(FileError) -> FileDescriptor {
    let number = unsafe linux_memory_file("mail")
    guard number >= 0 else { throw FileError(.create, "a file in memory", Errno.current) }
    let file = FileDescriptor(rawValue: number)
    do {
      _ = try file.writeAll(toAbsoluteOffset: 0, bytes)
    } catch {
      throw FileError(.write, "a file in memory", error)
    }
    return file
  }

  /// What the program has said, in one line.
  private static func text(of file: FileDescriptor) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = try? unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: 0, into: $0) }
    let lines = String(decoding: bytes.prefix(count ?? 0), as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.joined(separator: " ")
  }
}
