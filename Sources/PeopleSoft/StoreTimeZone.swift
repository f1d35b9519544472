public import Calendar
import Glibc
import Stage
public import StageErrors

/// The time zone in which the API store counts its days.
public struct StoreTimeZone: Sendable {
  /// Makes it the time zone of the whole process: to be called before there are threads.
  /// - Parameter name: as in the variable TZ; nil for the machine's own.
  public init(_ name: String?) throws(SettingError) {
    if let name {
      guard Self.isKnown(name) else {
        throw SettingError(
          "no time zone is called '\(name)' on this machine; PS_TZ is a name such as America/New_York (is tzdata installed?)"
        )
      }
      unsafe setenv("TZ", name, 1)
    }
    tzset()
  }

  /// The day that it is there at a moment.
  public func day(of moment: Instant) -> Day {
    var seconds = time_t(moment.seconds)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil,
      let day = unsafe Day(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
    else { return moment.day }
    return day
  }

  /// tzset(3) takes a name that it does not know for UTC, which would be another day.
  private static func isKnown(_ name: String) -> Bool {
    let name = name.hasPrefix(":") ? String(name.dropFirst()) : name
    let directory = Environment.value("TZDIR") ?? "/usr/share/zoneinfo"
    if !name.split(separator: "/").contains(".."), isFile(name.hasPrefix("/") ? name : "\(directory)/\(name)") {
      return true
    }
    if name == "UTC" || name == "GMT" { return true }
    // What is in no file may be a rule, such as EST5EDT,M3.2.0,M11.1.0 or <-03>3: letters, then an offset.
    let offset = name.hasPrefix("<") ? name.drop { $0 != ">" }.dropFirst() : name.drop(while: \.isLetter)
    let first = offset.first == "+" || offset.first == "-" ? offset.dropFirst().first : offset.first
    return name.count - offset.count >= 3 && first.map { ("0"..."9").contains($0) } == true
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
