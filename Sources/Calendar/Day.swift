/// A day of the Gregorian calendar, from 0001-01-01 to 9999-12-31, written `YYYY-MM-DD`.
public struct Day: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let number: Int

  public init(number: Int) { self.number = number }

  /// The day written `YYYY-MM-DD` in ten bytes from `start` on; nil if there is no such day.
  @inlinable
  public init?(_ text: Span<UInt8>, from start: Int = 0, count: Int) {
    guard count == 10, start >= 0, start + 10 <= text.count else { return nil }
    var digits: (year: Int, month: Int, day: Int) = (0, 0, 0)
    for index in 0..<10 {
      let byte = text[start &+ index]
      if index == 4 || index == 7 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let digit = Int(byte &- UInt8(ascii: "0"))
      if index < 4 {
        digits.year = digits.year &* 10 &+ digit
      } else if index < 7 {
        digits.month = digits.month &* 10 &+ digit
      } else {
        digits.day = digits.day &* 10 &+ digit
      }
    }
    self.init(year: digits.year, month: digits.month, day: digits.day)
  }

  /// The day written `YYYY-MM-DD`; nil if there is no such day.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(bytes.span, count: bytes.count)
  }

  /// The day with these numbers; nil if there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.lastDay(of: month, year)
    else { return nil }
    // Counted from 1 March of year 0, so that the leap day is the last of its year.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.epoch
  }

  /// Days from 0000-03-01 to 1970-01-01.
  private static let epoch = 719_468

  private static func lastDay(of month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  public func adding(days: Int) -> Day { Day(number: number + days) }

  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

  /// Year, month and day as numbers.
  public var parts: (year: Int, month: Int, day: Int) {
    let shifted = number + Self.epoch
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension Day: CustomStringConvertible {
  public var description: String {
    let (year, month, day) = parts
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

/// A number with leading zeros.
func padded(_ number: Int, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
