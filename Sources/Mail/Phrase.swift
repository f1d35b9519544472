import Calendar
import StageSupport

/// Small pieces of English, and of data made fit to stand in it.
enum Phrase {
  /// `1 person`, `1,204 people`.
  static func people(_ count: Int) -> String { counted(count, "person", "people") }

  static func counted(_ count: Int, _ one: String, _ many: String) -> String {
    "\(number(count)) \(count == 1 ? one : many)"
  }

  /// With a comma between thousands.
  static func number(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }

  /// Text from the stream, in one line, and cut where it is long.
  static func data(_ text: String, limit: Int = 64) -> String {
    let head = String(text.unicodeScalars.prefix(limit + 1))
    let isCut = head.unicodeScalars.count > limit
    return Diagnostics.escaped(isCut ? String(head.unicodeScalars.prefix(limit)) + "..." : head)
  }

  /// A moment for people: `2026-11-22 00:45 UTC`.
  static func time(_ instant: Instant) -> String {
    "\(instant.day) \(instant.description.dropFirst(11).prefix(5)) UTC"
  }
}
