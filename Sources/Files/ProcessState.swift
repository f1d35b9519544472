public import Glibc
import SystemPackage

/// The state of another process on this host.
public enum ProcessState {
  /// The process has not ended. A zombie has ended; in a container whose first process does not wait for children, it stays.
  public static func isRunning(_ process: pid_t) -> Bool {
    if kill(process, 0) != 0, Errno.current == .noSuchProcess { return false }
    guard let bytes = try? FileContents.read("/proc/\(process)/stat", limit: 4096) else { return true }
    // The name is in parentheses, and may contain parentheses. The state is the letter after it.
    let text = String(decoding: bytes, as: UTF8.self)
    guard let name = text.lastIndex(of: ")") else { return true }
    return !["Z", "X"].contains(text[text.index(after: name)...].first { $0 != " " })
  }
}
