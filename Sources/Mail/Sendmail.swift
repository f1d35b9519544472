import CLinux
import Files
import Glibc
import Report
import Stage
import StageErrors
import SystemPackage

/// The local mail system, by `sendmail -t -i`, which takes the recipients from the message's header.
package struct Sendmail: MessageSink {
  private let path: String
  private let timeout: Duration

  /// - Parameters:
  ///   - path: the program.
  ///   - timeout: the program is killed if it runs longer.
  package init(_ path: String, timeout: Duration = .seconds(300)) {
    self.path = path
    self.timeout = timeout
  }

  package func send(_ message: Message, to recipients: [String]) throws -> SendResult {
    let input = try Self.memoryFile(message.bytes)
    defer { try? input.close() }
    let errors = try Self.memoryFile([])
    defer { try? errors.close() }
    let child = try start(["-t", "-i"], input: input, errors: errors)
    guard let status = Self.wait(for: child, atMost: timeout) else {
      throw MailError("\(path): did not end within \(timeout.components.seconds) s and was killed", .temporary)
    }
    guard status == 0 else { throw failure(status, Self.text(of: errors)) }
    return SendResult(accepted: message.recipients)
  }

  package func check() throws {
    if unsafe access(path, X_OK) != 0 { throw MailError("cannot run \(path): \(Errno.current)", .configuration) }
  }

  /// Starts the program with files as its standard input and error. With pipes both sides could block.
  private func start(_ arguments: [String], input: FileDescriptor, errors: FileDescriptor) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors.rawValue, STDERR_FILENO)
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    var variables = unsafe Self.environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    // If SIGCHLD is ignored, as under some schedulers, the kernel keeps no exit status of children.
    signal(SIGCHLD, SIG_DFL)
    var child: pid_t = 0
    let result = unsafe posix_spawn(&child, path, &actions, nil, &words, &variables)
    guard result == 0 else {
      throw MailError("cannot run \(path): \(Errno(rawValue: result))", .configuration)
    }
    return child
  }

  /// The environment of this process without the variables for secrets.
  private static var environment: [String] {
    var variables: [String] = []
    var next = unsafe environ
    while let variable = unsafe next.pointee {
      let text = unsafe String(cString: variable)
      if !Secret.variables.contains(where: { text.hasPrefix("\($0)=") }) { variables.append(text) }
      unsafe next += 1
    }
    return variables
  }

  /// Waits until the program ends, and kills it after the timeout.
  /// - Returns: its exit status; 128 plus the signal's number if a signal ended it; nil after the timeout.
  private static func wait(for child: pid_t, atMost timeout: Duration) -> Int32? {
    // -1 on kernels without pidfd_open, where the loop below polls.
    let file = linux_process_file(child)
    defer { if file >= 0 { close(file) } }
    if let status = status(of: child, file, until: .now + timeout) { return status }
    kill(child, SIGKILL)
    // A program in uninterruptible sleep does not end even then.
    _ = status(of: child, file, until: .now + .seconds(5))
    return nil
  }

  private static func status(of child: pid_t, _ file: Int32, until end: ContinuousClock.Instant) -> Int32? {
    while true {
      var status: Int32 = 0
      let ended = unsafe waitpid(child, &status, WNOHANG)
      if ended == child { return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
      if ended < 0, Errno.current != .interrupted { return nil }
      let left = ContinuousClock.now.duration(to: end)
      if left <= .zero { return nil }
      let milliseconds = Int32(
        clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
      var request = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      unsafe poll(&request, 1, file < 0 ? min(milliseconds, 100) : milliseconds)
    }
  }

  /// The exit statuses of sendmail are those of sysexits.h.
  private func failure(_ status: Int32, _ errorText: String) -> MailError {
    let detail = errorText.isEmpty ? "" : ": \(Phrase.excerpt(errorText, limit: 300))"
    switch status {
    case 75, 71: return MailError("\(path): deferred\(detail)", .temporary)
    case 128...: return MailError("\(path): ended by signal \(status - 128)\(detail)", .temporary)
    case 74, 76, 77, 78:
      return MailError("\(path): failed with status \(status)\(detail)", ExitStatus(rawValue: status) ?? .refused)
    default: return MailError("\(path): refused with status \(status)\(detail)", .refused)
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

  /// The first 4096 bytes of the program's standard error, in one line.
  private static func text(of file: FileDescriptor) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = try? unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: 0, into: $0) }
    let lines = String(decoding: bytes.prefix(count ?? 0), as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.joined(separator: " ")
  }
}
