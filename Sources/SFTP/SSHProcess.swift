import CLinux
import Files
import Glibc
import Subprocess
import SystemPackage

/// ssh as a child, and the pipes to it.
///
/// Its standard error goes to a file in memory, which cannot fill up as a pipe would.
struct SSHProcess: ~Copyable {
  /// Why no bytes went through.
  enum Trouble: Error {
    /// ssh has ended, or the server has closed the session.
    case ended
    /// Nothing has moved for too long.
    case silent
  }

  private let input: FileDescriptor
  private let output: FileDescriptor
  private let errors: FileDescriptor
  private let child: Awaited<TerminationStatus>
  /// What the questions of ssh are answered with, while it runs.
  private let answers: AskpassAnswers

  init(_ command: SSHCommand) throws {
    let answers = try AskpassAnswers(command)
    let errors = try FileDescriptor.memory("ssh")
    let (childInput, input) = try FileDescriptor.pipe()
    let (output, childOutput) = try FileDescriptor.pipe()
    let words = command.words
    let configuration = Configuration(
      executable: words[0].hasPrefix("/") ? .path(FilePath(words[0])) : .name(words[0]),
      arguments: Arguments(Array(words.dropFirst())), environment: answers.environment)
    // Our end alone: a server that reads no more must not hold us for ever.
    _ = fcntl(input.rawValue, F_SETFL, O_WRONLY | O_NONBLOCK)
    // Room for many writes, so that we and ssh seldom wait for each other.
    linux_widen_pipe(input.rawValue, 1 << 20)
    // ssh may end while we write.
    signal(SIGPIPE, SIG_IGN)
    child = Awaited {
      try await Subprocess.run(
        configuration, input: .fileDescriptor(childInput, closeAfterSpawningProcess: true),
        output: .fileDescriptor(childOutput, closeAfterSpawningProcess: true),
        error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
      ).terminationStatus
    }
    self.answers = answers
    self.errors = errors
    self.input = input
    self.output = output
  }

  /// Ends ssh, and waits for it.
  deinit {
    try? input.close()
    if child.result(within: 5) == nil {
      child.cancel()
      _ = child.result(within: 5)
    }
    try? output.close()
    try? errors.close()
    signal(SIGPIPE, SIG_DFL)
  }

  /// Sends all the bytes.
  func write(_ bytes: Span<UInt8>, until deadline: ContinuousClock.Instant) throws(Trouble) {
    var sent = 0
    while sent < bytes.count {
      let rest = bytes.extracting(sent..<bytes.count)
      let count = unsafe rest.withUnsafeBufferPointer { unsafe Glibc.write(input.rawValue, $0.baseAddress, $0.count) }
      if count >= 0 {
        sent += count
        continue
      }
      switch Errno.current {
      case .interrupted: continue
      case .resourceTemporarilyUnavailable: try wait(for: input, Int16(POLLOUT), until: deadline)
      default: throw .ended
      }
    }
  }

  /// Reads what has come, at least one byte.
  func read(
    into buffer: inout [UInt8], from start: Int, until deadline: ContinuousClock.Instant
  ) throws(Trouble) -> Int {
    while true {
      try wait(for: output, Int16(POLLIN), until: deadline)
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(output.rawValue, $0.baseAddress! + start, $0.count - start)
      }
      if count > 0 { return count }
      if count == 0 || Errno.current != .interrupted { throw .ended }
    }
  }

  private func wait(
    for file: FileDescriptor, _ events: Int16, until deadline: ContinuousClock.Instant
  ) throws(Trouble) {
    var request = pollfd(fd: file.rawValue, events: events, revents: 0)
    while true {
      let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
      guard rest > 0 else { throw .silent }
      let count = unsafe poll(&request, 1, Int32(rest.rounded(.up)))
      if count > 0 { return }
      if count < 0, Errno.current != .interrupted { throw .ended }
    }
  }

  /// Why ssh could not be started at all; nil where it was.
  func failure() -> (any Error)? {
    guard case .failure(let error) = child.result(within: 5) else { return nil }
    return error
  }

  /// The signal that has ended ssh; nil where it has ended by itself.
  func endingSignal() -> Int? {
    switch child.result(within: 5) {
    case .success(.signaled(let signal)): Int(signal)
    // A shell in between, for a command in place of ssh, tells it so.
    case .success(.exited(let status)) where (129...192).contains(status): Int(status) - 128
    default: nil
    }
  }

  /// All that ssh has said on its standard error, once it has ended.
  func errorText() -> String {
    try? input.close()
    _ = child.result(within: 5)
    var bytes = [UInt8](repeating: 0, count: 256 << 10)
    let count = try? unsafe bytes.withUnsafeMutableBytes { try unsafe errors.read(fromAbsoluteOffset: 0, into: $0) }
    return String(decoding: bytes.prefix(count ?? 0), as: UTF8.self)
  }
}

extension FileDescriptor {
  /// A file in memory, without a name.
  static func memory(_ label: String) throws -> FileDescriptor {
    let file = unsafe linux_memory_file(label)
    if file < 0 { throw Errno.current }
    return FileDescriptor(rawValue: file)
  }
}
