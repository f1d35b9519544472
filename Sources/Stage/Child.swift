import CLinux
package import Files
import Glibc
package import StageErrors
package import SystemPackage

/// A program that this process has started: ssh(1), ssh-keygen(1), sendmail(8).
///
/// It uses posix_spawnp(3) and a blocking wait, because stages are synchronous. Give the program files in memory or a
/// socket as its standard files: with pipes, both sides can wait for each other.
///
/// The program starts with no signal blocked, and with the default actions for SIGPIPE, SIGTERM and SIGXFSZ. This
/// process ignores SIGXFSZ, and may have been started with the others ignored or blocked.
///
/// If a value is dropped before the program has ended, the program is killed.
@safe
package struct Child: ~Copyable {
  /// How a program ended.
  package enum End: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)
  }

  private let process: pid_t
  /// Readable when the program has ended; -1 on kernels without pidfd_open(2), where `end` polls.
  private let file: Int32

  /// Starts a program. It inherits no file of this process but the three given here.
  /// - Parameters:
  ///   - words: the program and its arguments. A program without a slash is looked for in PATH.
  ///   - variables: added to the environment of this process, from which the secrets of all stages are removed.
  ///   - output: nil for `/dev/null`; likewise `errors`.
  /// - Throws: the error of posix_spawnp(3) if the program cannot be run; see `exitStatus(of:)`.
  package init(
    _ words: [String], variables: [String: String] = [:], input: FileDescriptor, output: FileDescriptor? = nil,
    errors: FileDescriptor? = nil
  ) throws(Errno) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGTERM, SIGXFSZ] { unsafe sigaddset(&signals, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    for (number, file) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
      if let file {
        unsafe posix_spawn_file_actions_adddup2(&actions, file.rawValue, number)
      } else {
        unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
      }
    }
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    var environment = unsafe Self.environment(variables).map { unsafe strdup($0) } + [nil]
    defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
    var process: pid_t = 0
    let result = unsafe posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &environment)
    guard result == 0 else { throw Errno(rawValue: result) }
    self.process = process
    file = linux_process_file(process)
  }

  /// The exit status for an error of `init`: 75 if the limit of processes is reached, 74 for lack of memory, otherwise
  /// 78.
  package static func exitStatus(of error: Errno) -> ExitStatus {
    switch error {
    case .resourceTemporarilyUnavailable: .temporary
    case .noMemory: .inputOutput
    default: .configuration
    }
  }

  private static func environment(_ variables: [String: String]) -> [String] {
    let replaced = Secret.variables + variables.keys
    var result = variables.map { "\($0)=\($1)" }
    var next = unsafe environ
    while let variable = unsafe next.pointee {
      let text = unsafe String(cString: variable)
      if !replaced.contains(where: { text.hasPrefix("\($0)=") }) { result.append(text) }
      unsafe next += 1
    }
    return result
  }

  /// Waits until the program has ended.
  /// - Returns: nil if it has not ended within the limit.
  package func end(within limit: Duration) -> End? {
    let deadline = ContinuousClock.now + limit
    while true {
      // WNOWAIT keeps the result for the next call.
      var information = unsafe siginfo_t()
      let result = unsafe waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
      if result == 0, unsafe information.si_signo == SIGCHLD {
        let number = unsafe information._sifields._sigchld.si_status
        return unsafe information.si_code == CLD_EXITED ? .exited(number) : .signaled(number)
      }
      let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
      guard left > 0, result == 0 || Errno.current == .interrupted else { return nil }
      let wait = Int32(clamping: Int(left.rounded(.up)))
      var request = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      unsafe poll(&request, 1, file < 0 ? min(wait, 100) : wait)
    }
  }

  deinit {
    if end(within: .zero) == nil {
      kill(process, SIGKILL)
      // A program in uninterruptible sleep does not end even then.
      _ = end(within: .seconds(5))
    }
    waitpid(process, nil, WNOHANG)
    if file >= 0 { close(file) }
  }
}

extension FileDescriptor {
  /// A file in memory, without a name, that contains these bytes: memfd_create(2).
  package static func memory(_ bytes: [UInt8] = []) throws(FileError) -> FileDescriptor {
    let number = unsafe linux_memory_file("alma-people")
    if number < 0 { throw FileError(.create, "a file in memory", Errno.current) }
    let file = FileDescriptor(rawValue: number)
    do { _ = try file.writeAll(toAbsoluteOffset: 0, bytes) } catch {
      try? file.close()
      throw FileError(.create, "a file in memory", error)
    }
    return file
  }

  /// The text of a file in memory, up to a limit in bytes.
  package func text(limit: Int) -> String {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = try? unsafe bytes.withUnsafeMutableBytes { try unsafe read(fromAbsoluteOffset: 0, into: $0) }
    return String(decoding: bytes.prefix(count ?? 0), as: UTF8.self)
  }
}
