public import Calendar
import Glibc
public import StageErrors

/// The time of day. If SOURCE_DATE_EPOCH is set, it is always that, so that the same input gives the same bytes.
public struct Clock: Sendable {
  private let fixed: Instant?
  private let start = ContinuousClock.now

  /// The clock of the process.
  public init() throws(SettingError) {
    guard let text = Environment.value("SOURCE_DATE_EPOCH") else {
      fixed = nil
      return
    }
    guard let seconds = Int(text), (0...253_402_300_799).contains(seconds) else {
      throw SettingError("SOURCE_DATE_EPOCH is '\(text)', but has to be a number of seconds since 1970")
    }
    fixed = Instant(seconds: seconds)
  }

  public var now: Instant { fixed ?? Instant(seconds: time(nil)) }

  /// The time since the clock was made; zero if SOURCE_DATE_EPOCH is set.
  public var elapsed: Duration { fixed == nil ? start.duration(to: .now) : .zero }
}

/// How long something may wait: `90m`, `24h`, `2d`, or `5400s`.
package struct WaitingTime: Equatable, Sendable {
  /// 24 hours.
  package static let day = WaitingTime("24h")!

  package let seconds: Int
  private let text: String

  /// Returns nil if the text is not one to nine digits and a unit.
  package init?(_ text: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last, let unit = units[last] else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits)
    else { return nil }
    seconds = number * unit
    self.text = text
  }
}

extension WaitingTime: CustomStringConvertible {
  /// As it was written.
  package var description: String { text }
}
