import Calendar

/// A way in which days are written, such as `M/D/YYYY`.
struct DayPattern: Hashable, Sendable {
  private enum Sign: Hashable, Sendable {
    /// A number of digits, between a minimum and a maximum.
    case year(Int)
    case month(ClosedRange<Int>)
    case day(ClosedRange<Int>)
    case any
    case byte(UInt8)
  }

  private let signs: [Sign]

  /// Reads a pattern: `YYYY` or `YY`, `MM` or `M`, `DD` or `D` once each; `*` is anything, and all else is itself.
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
      case (UInt8(ascii: "M"), 1...2): signs.append(.month(run...2))
      case (UInt8(ascii: "D"), 1...2): signs.append(.day(run...2))
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
  func day(in text: [UInt8]) -> Day? { Self.match(signs[...], text[...], (0, 0, 0)) }

  private static func match(
    _ signs: ArraySlice<Sign>, _ text: ArraySlice<UInt8>, _ parts: (year: Int, month: Int, day: Int)
  ) -> Day? {
    guard let sign = signs.first else {
      return text.isEmpty ? Day(year: parts.year, month: parts.month, day: parts.day) : nil
    }
    let rest = signs.dropFirst()
    switch sign {
    case .byte(let byte): return text.first == byte ? match(rest, text.dropFirst(), parts) : nil
    case .any:
      for start in text.startIndex...text.endIndex {
        if let day = match(rest, text[start...], parts) { return day }
      }
      return nil
    case .year(let count):
      guard let year = number(text, count) else { return nil }
      return match(rest, text.dropFirst(count), (count == 2 ? 2000 + year : year, parts.month, parts.day))
    case .month(let counts):
      return counts.reversed().lazy.compactMap { count in
        number(text, count).flatMap { match(rest, text.dropFirst(count), (parts.year, $0, parts.day)) }
      }.first
    case .day(let counts):
      return counts.reversed().lazy.compactMap { count in
        number(text, count).flatMap { match(rest, text.dropFirst(count), (parts.year, parts.month, $0)) }
      }.first
    }
  }

  /// The number that so many digits are, or nil.
  private static func number(_ text: ArraySlice<UInt8>, _ count: Int) -> Int? {
    guard text.count >= count else { return nil }
    var number = 0
    for byte in text.prefix(count) {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }
}
