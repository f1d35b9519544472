import Glibc
import StageSupport
import SystemPackage

/// The name under which a file is written until it is whole: `.NAME.part-PID-HOST`, which does not end in `.zip`.
struct PartName {
  let name: String
  private let prefix: String
  private let host: String

  init(for name: String) {
    prefix = ".\(name).part-"
    host = Self.hostName()
    self.name = "\(prefix)\(getpid())-\(host)"
  }

  /// A file is what a dead process has left of the same NAME: its process is gone from this host, or it is this one in an
  /// earlier try, or it was not written to for so long that its host must have given up.
  func isDead(_ entry: DropEntry, now: Int) -> Bool {
    guard entry.name.hasPrefix(prefix) else { return false }
    let parts = entry.name.dropFirst(prefix.count).split(separator: "-", maxSplits: 1)
    guard let first = parts.first, let process = pid_t(first), process > 0 else { return false }
    // Without a host it is a name as other stages give it, and they write on this host.
    if parts.count == 1 || parts[1] == host,
      process == getpid() || (kill(process, 0) != 0 && Errno.current == .noSuchProcess)
    {
      return true
    }
    return now - entry.modified > Self.longestSilence
  }

  /// An hour in seconds: far longer than a transfer can stall and live.
  static let longestSilence = 3600

  private static func hostName() -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    let isPlain = { (byte: UInt8) in isalnum(Int32(byte)) != 0 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
    let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.prefix(64).filter(isPlain)
    return name.isEmpty ? "localhost" : String(decoding: name, as: UTF8.self)
  }
}
