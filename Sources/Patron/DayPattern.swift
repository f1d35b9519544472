import Calendar

/// A form in which days are written, such as `M/D/YYYY`.
struct DayPattern: Hashable, Sendable {
  enum Sign: Hashable, BitwiseCopyable, Sendable {
    /// A number of digits.
    case year(Int)
    /// The minimum number of digits; the maximum is 2.
    case month(Int)
    case day(Int)
    case any
    case byte(UInt8)
  }

  let signs: [Sign]

  /// Reads a pattern: `YYYY` or `YY`, `MM` or `M`, `DD` or `D` once each; `*` fits any text, and every other character
  /// itself.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    var signs: [Sign] = []
    var found: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let letter = bytes[index]
      let run = bytes[index...].prefix { $0 == letter }.count
      switch (letter, run) {
      case (UInt8(ascii: "Y"), 2), (UInt8(ascii: "Y"), 4): signs.append(.year(run))
      case (UInt8(ascii: "M"), 1...2): signs.append(.month(run))
      case (UInt8(ascii: "D"), 1...2): signs.append(.day(run))
      case (UInt8(ascii: "Y"), _), (UInt8(ascii: "M"), _), (UInt8(ascii: "D"), _): return nil
      default:
        signs.append(letter == UInt8(ascii: "*") ? .any : .byte(letter))
        index += 1
        continue
      }
      found.append(letter)
      index += run
    }
    guard found.sorted() == Array("DMY".utf8) else { return nil }
    self.signs = signs
  }

  /// The day that a text is written for, or nil.
  static func day(in text: Span<UInt8>, _ signs: Span<Sign>) -> Day? {
    match(signs, 0, text, 0, year: 0, month: 0, day: 0)
  }

  private static func match(
    _ signs: Span<Sign>, _ sign: Int, _ text: Span<UInt8>, _ start: Int, year: Int, month: Int, day: Int
  ) -> Day? {
    if sign == signs.count { return start == text.count ? Day(year: year, month: month, day: day) : nil }
    switch signs[sign] {
    case .byte(let byte):
      guard start < text.count, text[start] == byte else { return nil }
      return match(signs, sign &+ 1, text, start &+ 1, year: year, month: month, day: day)
    case .any:
      for next in start...text.count {
        if let found = match(signs, sign &+ 1, text, next, year: year, month: month, day: day) { return found }
      }
    case .year(let count):
      guard let number = number(text, start, count) else { return nil }
      let year = count == 2 ? 2000 &+ number : number
      return match(signs, sign &+ 1, text, start &+ count, year: year, month: month, day: day)
    case .month(let fewest), .day(let fewest):
      let isMonth = if case .month = signs[sign] { true } else { false }
      var count = 2
      while count >= fewest {
        if let number = number(text, start, count),
          let found = match(
            signs, sign &+ 1, text, start &+ count, year: year, month: isMonth ? number : month,
            day: isMonth ? day : number)
        {
          return found
        }
        count &-= 1
      }
    }
    return nil
  }

  /// The number that so many digits are, or nil.
  private static func number(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    guard start &+ count <= text.count else { return nil }
    var number = 0
    for index in start..<start &+ count {
      let digit = text[index] &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      number = number &* 10 &+ Int(digit)
    }
    return number
  }
}
