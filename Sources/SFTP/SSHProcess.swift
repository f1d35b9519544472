import Files
import Glibc
import Stage
import SystemPackage

/// ssh(1) as a child, started as sftp(1) starts it, and the socket that is its standard input and output.
///
/// It is a socket, because a write to a socket can fail without SIGPIPE. The standard error of ssh is a file in memory,
/// because a pipe could fill up.
struct SSHProcess: ~Copyable {
  /// Why no bytes could be sent or received.
  enum Failure: Error {
    /// ssh has ended, or the server has closed the session.
    case ended
    /// No byte was sent or received before the deadline.
    case timeout
  }

  private let socket: FileDescriptor
  private let errors: FileDescriptor
  private let ssh: Child
  /// The secrets, which have to stay readable while ssh runs.
  private let answers: AskpassAnswers

  /// The seconds that ssh has to end after its input has ended. Then it is killed.
  private static let timeToEnd = Duration.seconds(5)

  /// - Throws: `Errno` or `FileError` if ssh cannot be started.
  init(_ command: SSHCommand) throws {
    let answers = try AskpassAnswers(command)
    let errors = try FileDescriptor.memory()
    let (socket, other) = try Self.socketPair()
    defer { try? other.close() }
    ssh = try Child(command.words, variables: answers.variables, input: other, output: other, errors: errors)
    self.answers = answers
    self.errors = errors
    self.socket = socket
  }

  private static func socketPair() throws(Errno) -> (FileDescriptor, FileDescriptor) {
    var files: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    if unsafe socketpair(AF_UNIX, type, 0, &files) != 0 { throw Errno.current }
    return (FileDescriptor(rawValue: files[0]), FileDescriptor(rawValue: files[1]))
  }

  /// Ends ssh, and waits for it.
  deinit {
    endInput()
    _ = ssh.end(within: Self.timeToEnd)
    try? socket.close()
    try? errors.close()
  }

  private func endInput() { shutdown(socket.rawValue, Int32(SHUT_WR)) }

  /// Sends all the bytes.
  func write(_ bytes: Span<UInt8>, until deadline: ContinuousClock.Instant) throws(Failure) {
    var sent = 0
    while sent < bytes.count {
      let rest = bytes.extracting(sent..<bytes.count)
      let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
      let count = unsafe rest.withUnsafeBufferPointer {
        unsafe send(socket.rawValue, $0.baseAddress, $0.count, flags)
      }
      if count >= 0 {
        sent += count
        continue
      }
      switch Errno.current {
      case .interrupted: continue
      case .resourceTemporarilyUnavailable: try wait(Int16(POLLOUT), until: deadline)
      default: throw .ended
      }
    }
  }

  /// Receives at least one byte, and puts the bytes into the buffer from an offset on.
  /// - Returns: the number of bytes.
  func read(
    into buffer: inout [UInt8], from start: Int, until deadline: ContinuousClock.Instant
  ) throws(Failure) -> Int {
    while true {
      try wait(Int16(POLLIN), until: deadline)
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe recv(socket.rawValue, $0.baseAddress! + start, $0.count - start, 0)
      }
      if count > 0 { return count }
      if count == 0 || Errno.current != .interrupted { throw .ended }
    }
  }

  private func wait(_ events: Int16, until deadline: ContinuousClock.Instant) throws(Failure) {
    var request = pollfd(fd: socket.rawValue, events: events, revents: 0)
    while true {
      let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
      guard left > 0 else { throw .timeout }
      let count = unsafe poll(&request, 1, Int32(left.rounded(.up)))
      if count > 0 { return }
      if count < 0, Errno.current != .interrupted { throw .ended }
    }
  }

  /// Ends the input of ssh, and waits for ssh to end.
  /// - Returns: the signal that ended it, or nil if none did; and what it has written to standard error, up to 256 KiB.
  func end() -> (signal: Int32?, errors: String) {
    endInput()
    let signal: Int32? =
      switch ssh.end(within: Self.timeToEnd) {
      case .signaled(let signal): signal
      // A shell that ran ssh reports its signal so.
      case .exited(let status) where (129...192).contains(status): status - 128
      default: nil
      }
    return (signal, errors.text(limit: 256 << 10))
  }
}
