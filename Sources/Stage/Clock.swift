package import Calendar
import Glibc
package import StageErrors

/// The time. It is always SOURCE_DATE_EPOCH if that is set, so that the same input gives the same output.
package struct Clock: Sendable {
  private let fixed: Instant?
  private let start = ContinuousClock.now

  /// The clock of the process.
  package init() throws(SettingError) {
    guard let text = Environment.value("SOURCE_DATE_EPOCH") else {
      fixed = nil
      return
    }
    guard let seconds = Int(text), (0...253_402_300_799).contains(seconds) else {
      throw SettingError("SOURCE_DATE_EPOCH is '\(text)', but has to be a number of seconds since 1970")
    }
    fixed = Instant(seconds: seconds)
  }

  package var now: Instant { fixed ?? Instant(seconds: time(nil)) }

  /// The time since the clock was created; zero if SOURCE_DATE_EPOCH is set.
  package var elapsed: Duration { fixed == nil ? start.duration(to: .now) : .zero }
}
