/// A day of the Gregorian calendar, from 0001-01-01 to 9999-12-31, written `YYYY-MM-DD`.
public struct Day: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let number: Int

  public init(number: Int) { self.number = number }

  /// The day written `YYYY-MM-DD` in ten bytes from `start` on; nil if there is no such day.
  @inlinable
  public init?(_ text: Span<UInt8>, from start: Int = 0, count: Int) {
    guard count == 10, start >= 0, start <= text.count &- 10 else { return nil }
    // The guard is the bounds check. The first byte is in the lowest bits.
    let head = UInt64(
      littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt64.self))
    let tail = UInt16(
      littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 8, as: UInt16.self))
    // XOR with `0000-00-` makes a digit its number and a hyphen 0. The addition sets the top bit of each byte that is
    // more than 9, or is not 0 where the hyphens are.
    let digits = head ^ 0x2D30_302D_3030_3030
    let last = tail ^ 0x3030
    guard (digits &+ 0x7F76_767F_7676_7676 | digits) & 0x8080_8080_8080_8080 == 0,
      (last &+ 0x7676 | last) & 0x8080 == 0
    else { return nil }
    func digit(_ place: UInt64) -> Int { Int(truncatingIfNeeded: digits &>> (place &* 8) & 0xF) }
    self.init(
      year: digit(0) &* 1000 &+ digit(1) &* 100 &+ digit(2) &* 10 &+ digit(3), month: digit(5) &* 10 &+ digit(6),
      day: Int(last & 0xF) &* 10 &+ Int(last &>> 8))
  }

  /// The day written `YYYY-MM-DD`; nil if there is no such day.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(bytes.span, count: bytes.count)
  }

  /// The day with these numbers; nil if there is no such day.
  @inlinable
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
  @usableFromInline static var epoch: Int { 719_468 }

  @inlinable
  static func lastDay(of month: Int, _ year: Int) -> Int {
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
