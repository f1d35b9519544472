import Encodings
public import Glibc
import SystemPackage

/// The processes of this host.
public enum ProcessState {
  /// The name of this host for file names: at most 64 letters, digits, hyphens and dots; `localhost` if it is unknown.
  package static var hostName: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.prefix(64).filter(isHostByte)
    return name.isEmpty ? "localhost" : String(decoding: name, as: UTF8.self)
  }

  /// Whether a byte may be in `hostName`.
  package static func isHostByte(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || "-.".utf8.contains(byte)
  }

  /// Whether a process is running. A zombie is not: it remains if the first process of a container does not wait for
  /// its children.
  public static func isRunning(_ process: pid_t) -> Bool {
    if kill(process, 0) != 0, Errno.current == .noSuchProcess { return false }
    guard let bytes = try? FileContents.read("/proc/\(process)/stat", limit: 4096) else { return true }
    // The name is in parentheses, and may contain parentheses. The state is the letter after it.
    let text = String(decoding: bytes, as: UTF8.self)
    guard let name = text.lastIndex(of: ")") else { return true }
    return !["Z", "X"].contains(text[text.index(after: name)...].first { $0 != " " })
  }
}
