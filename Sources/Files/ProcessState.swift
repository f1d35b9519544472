public import Glibc
import SystemPackage

/// What is known of another process on this host.
public enum ProcessState {
  /// It has not ended. One that has, and that nobody has waited for, a zombie, has its number still, and has ended all the same: in a
  /// container whose first process waits for nobody it stays for good.
  public static func isRunning(_ process: pid_t) -> Bool {
    if kill(process, 0) != 0, Errno.current == .noSuchProcess { return false }
    guard let bytes = try? FileContents.read("/proc/\(process)/stat", limit: 4096) else { return true }
    // The name stands in parentheses, and may have some in it; the state is the letter behind it.
    let text = String(decoding: bytes, as: UTF8.self)
    guard let name = text.lastIndex(of: ")") else { return true }
    return !["Z", "X"].contains(text[text.index(after: name)...].first { $0 != " " })
  }
}
