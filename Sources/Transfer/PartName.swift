import Encodings
import Files
import Glibc

/// The temporary name of a file until it is complete: `.NAME.part-PID-HOST`. Alma ignores it, because it does not end
/// in `.zip`.
struct PartName {
  let name: String
  private let final: String
  private let host: String

  /// The NAME of the test file of `--check`.
  static let check = "feed-push-check"

  private static let separator = ".part-"

  init(for name: String) {
    final = name
    host = ProcessState.hostName
    self.name = ".\(name)\(Self.separator)\(getpid())-\(host)"
  }

  /// Whether the process that wrote a temporary file has ended: it no longer runs on this host, or it is an earlier
  /// attempt of this process, or the file was not modified for `maxSilence`.
  func isAbandoned(_ entry: DropEntry, now: Int) -> Bool {
    guard let (process, otherHost) = owner(of: entry.name) else { return false }
    if otherHost ?? host[...] == host, process == getpid() || !ProcessState.isRunning(process) { return true }
    return entry.age(now: now).map { $0 > Self.maxSilence } ?? false
  }

  /// Whether a name is a temporary name, of any process and NAME.
  func isTemporary(_ name: String) -> Bool { owner(of: name) != nil }

  /// One hour, in seconds. Stalled transfers time out much earlier.
  static let maxSilence = 3600

  /// The process and host in a temporary name; nil for any other name. The names of other stages, which write on this
  /// host, have no host; they are recognized only if their NAME is the same.
  private func owner(of file: String) -> (process: pid_t, host: Substring?)? {
    guard file.hasPrefix(".") else { return nil }
    // NAME and HOST may contain the separator.
    return file.ranges(of: Self.separator).lazy.compactMap { separator in
      owner(of: file[..<separator.lowerBound].dropFirst(), file[separator.upperBound...])
    }.first
  }

  private func owner(of other: Substring, _ rest: Substring) -> (process: pid_t, host: Substring?)? {
    let parts = rest.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0].utf8.allSatisfy(\.isASCIIDigit), let process = pid_t(parts[0]), process > 0 else { return nil }
    guard parts.count == 2 else { return other == final ? (process, nil) : nil }
    let isOurs = other == final || other.hasSuffix(".zip") || other.hasPrefix(Self.check)
    return isOurs && !parts[1].isEmpty && parts[1].utf8.allSatisfy(ProcessState.isHostByte) ? (process, parts[1]) : nil
  }
}
