import Calendar
import Stage

/// Formats numbers, times and text of the stream for a sentence.
package enum Phrase {
  /// `1 person`, `1,204 people`.
  static func people(_ count: Int) -> String { counted(count, "person", "people") }

  /// The number, and the noun in the singular or plural.
  package static func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
    "\(number(count)) \(count == 1 ? singular : plural)"
  }

  /// The number with a comma between thousands.
  package static func number(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }

  /// Text from another program, as one line of printable characters.
  /// - Parameter limit: the maximum length in Unicode scalars. `...` marks a cut.
  package static func excerpt(_ text: String, limit: Int = 64) -> String {
    let head = String(text.unicodeScalars.prefix(limit + 1))
    let isCut = head.unicodeScalars.count > limit
    return Diagnostics.escaped(isCut ? String(head.unicodeScalars.prefix(limit)) + "..." : head)
  }

  /// `00:45`, with the day before it if it is another one. In UTC.
  static func clock(_ instant: Instant, on day: Day?) -> String {
    (instant.day == day ? "" : "\(instant.day) ") + instant.description.dropFirst(11).prefix(5)
  }

  /// `50 s`, `40 min`, `30 h`, `3 days`: a duration, rounded down.
  package static func duration(_ seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }

  /// `2026-11-21 to 2026-11-22`, or `all people` without days.
  static func window(_ since: Day?, _ until: Day?) -> String {
    if let since, let until { "\(since) to \(until)" } else { "all people" }
  }

  /// `2026-11-22 00:45 UTC`.
  static func time(_ instant: Instant) -> String {
    "\(instant.day) \(instant.description.dropFirst(11).prefix(5)) UTC"
  }
}
