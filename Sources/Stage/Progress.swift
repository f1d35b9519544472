import Glibc
import SystemPackage

/// When the live count is shown.
package enum ProgressMode: String, CaseIterable, Sendable {
  /// On standard error, if that is a terminal.
  case auto
  /// On standard error.
  case always
  /// On the terminal of the session, if there is one, whatever standard error is.
  case terminal
  case never
}

/// A live count and rate, for long work at a terminal.
///
/// Of the stages of a pipe, one at a time shows its line: it holds a lock on the terminal until its work is done.
package struct Progress: Sendable {
  private let program: String
  private let file: FileDescriptor?
  /// Whether other stages may show their lines on the same terminal.
  private let isShared: Bool
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  /// Whether a line is shown. If the terminal is shared, its lock is held.
  private var isShown = false
  private var calls = 0

  package init(program: String, mode: ProgressMode) {
    self.program = program
    isShared = mode != .always
    switch mode {
    case .auto: file = Diagnostics.isTerminal ? .standardError : nil
    case .always: file = .standardError
    case .terminal:
      file = try? FileDescriptor.open(FilePath("/dev/tty"), .readWrite, options: .closeOnExec)
    case .never: file = nil
    }
  }

  /// Calls `show` every 1,024 calls.
  @inline(__always)
  package mutating func update(_ count: () -> (Int, String)) {
    guard file != nil else { return }
    calls &+= 1
    if calls & 0x3FF == 0 { show(count()) }
  }

  /// Shows the count if half a second has passed since it was last shown.
  package mutating func show(_ count: (number: Int, unit: String)) {
    let now = ContinuousClock.now
    guard let file, shown.duration(to: now) >= .milliseconds(500) else { return }
    shown = now
    guard isShown || !isShared || Self.lock(file, F_WRLCK) else { return }
    isShown = true
    let seconds = Double(start.duration(to: now).components.seconds) + 0.5
    write("\(program): \(count.number) \(count.unit), \(Int(Double(count.number) / seconds))/s")
  }

  /// Erases the progress line before other output.
  package mutating func clear() {
    guard isShown, let file else { return }
    write("")
    if isShared { _ = Self.lock(file, F_UNLCK) }
    isShown = false
  }

  private func write(_ line: String) { _ = try? file?.writeAll("\r\u{1B}[K\(line)".utf8) }

  /// Locks or unlocks a terminal for this process: fcntl(2).
  /// - Returns: false if another process holds the lock.
  private static func lock(_ file: FileDescriptor, _ type: Int32) -> Bool {
    var lock = flock()
    lock.l_type = Int16(type)
    lock.l_whence = Int16(SEEK_SET)
    if unsafe fcntl(file.rawValue, F_SETLK, &lock) == 0 { return true }
    return errno != EAGAIN && errno != EACCES
  }
}
