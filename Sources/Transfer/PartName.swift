import Files
import Glibc
import SystemPackage

/// The name under which a file is written until it is whole: `.NAME.part-PID-HOST`, which does not end in `.zip`.
struct PartName {
  let name: String
  private let final: String
  private let host: String

  /// The name for which a check writes its file.
  static let check = "feed-push-check"

  private static let separator = ".part-"

  init(for name: String) {
    final = name
    host = Self.hostName()
    self.name = ".\(name)\(Self.separator)\(getpid())-\(host)"
  }

  /// A file is what a dead process of ours has left: its process is gone from this host, or it is this one in an earlier try, or it
  /// was not written to for so long that its host must have given up.
  ///
  /// Each night's zip has another name, so it is not only files of the same NAME.
  func isDead(_ entry: DropEntry, now: Int) -> Bool {
    guard let (process, otherHost) = owner(of: entry.name) else { return false }
    if otherHost ?? host[...] == host, process == getpid() || !ProcessState.isRunning(process) { return true }
    return entry.age(now: now).map { $0 > Self.longestSilence } ?? false
  }

  /// A temporary name of ours, for whatever file and by whatever process.
  func isOurs(_ name: String) -> Bool { owner(of: name) != nil }

  /// An hour in seconds: far longer than a transfer can stall and live.
  static let longestSilence = 3600

  /// Who writes a file of a temporary name of ours; nil where it is another program's. The host is nil where the name has none, as
  /// other stages give it: they write on this host, and only of the same NAME is it certain that it is ours.
  private func owner(of file: String) -> (process: pid_t, host: Substring?)? {
    guard file.hasPrefix(".") else { return nil }
    // Names and hosts may have the separator in them.
    return file.ranges(of: Self.separator).lazy.compactMap { separator in
      owner(of: file[..<separator.lowerBound].dropFirst(), file[separator.upperBound...])
    }.first
  }

  private func owner(of other: Substring, _ rest: Substring) -> (process: pid_t, host: Substring?)? {
    let parts = rest.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let process = pid_t(parts[0]), process > 0 else {
      return nil
    }
    guard parts.count == 2 else { return other == final ? (process, nil) : nil }
    let isOurs = other == final || other.hasSuffix(".zip") || other.hasPrefix(Self.check)
    return isOurs && !parts[1].isEmpty && parts[1].utf8.allSatisfy(Self.isPlain) ? (process, parts[1]) : nil
  }

  private static func hostName() -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.prefix(64).filter(isPlain)
    return name.isEmpty ? "localhost" : String(decoding: name, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    isalnum(Int32(byte)) != 0 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
