package import Calendar
import Glibc
package import StageErrors

/// The API store's time zone, in which its days begin and end. It is set for the whole process.
package struct StoreTimeZone: Sendable {
  private init() {}

  /// Sets the time zone of the process: setenv(3) of TZ, and tzset(3). Call this before any thread is started.
  /// - Parameter name: as in the variable TZ; nil for TZ of the environment, or else the machine's own.
  package static func set(_ name: String?) throws(SettingError) -> StoreTimeZone {
    if let name {
      guard isKnown(name) else {
        throw SettingError(
          "unknown time zone '\(name)'; PS_TZ has to be a name such as America/New_York (is tzdata installed?)"
        )
      }
      unsafe setenv("TZ", name, 1)
    }
    tzset()
    return StoreTimeZone()
  }

  /// The day in this time zone at a time.
  package func day(of moment: Instant) -> Day {
    var seconds = time_t(moment.seconds)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil,
      let day = unsafe Day(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
    else { return moment.day }
    return day
  }

  /// Whether tzset(3) knows a name. For an unknown name it uses UTC, in which the day can differ.
  private static func isKnown(_ name: String) -> Bool {
    let name = name.hasPrefix(":") ? String(name.dropFirst()) : name
    let directory = Environment.value("TZDIR") ?? "/usr/share/zoneinfo"
    if !name.split(separator: "/").contains(".."), isFile(name.hasPrefix("/") ? name : "\(directory)/\(name)") {
      return true
    }
    if name == "UTC" || name == "GMT" { return true }
    // A name without a file can be a rule, such as EST5EDT,M3.2.0,M11.1.0 or <-03>3: letters, then an offset.
    let offset = name.hasPrefix("<") ? name.drop { $0 != ">" }.dropFirst() : name.drop(while: \.isLetter)
    let first = offset.first == "+" || offset.first == "-" ? offset.dropFirst().first : offset.first
    return name.count - offset.count >= 3 && first.map { ("0"..."9").contains($0) } == true
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
