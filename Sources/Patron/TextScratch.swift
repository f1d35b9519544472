import Calendar
import JSONText

/// The text that filters work on, in two buffers that are used again for each person.
struct TextScratch: ~Copyable, Sendable {
  /// The text, trimmed.
  private(set) var text = ByteBuffer()
  private var spare = ByteBuffer()

  /// The maximum length of a text that filters make, in bytes.
  private static let maxBytes = 1 << 20

  /// Starts with a range of a text.
  mutating func load(_ source: Span<UInt8>, _ range: Range<Int>) {
    text.removeAll()
    text.append(source, range)
  }

  /// Takes a step.
  /// - Parameter literals: the plan's bytes.
  /// - Returns: the rule that the text breaks, if no text can be made.
  mutating func apply(_ step: FilterStep, _ plan: Plan, _ literals: Span<UInt8>) -> Rule? {
    if let fault = make(step, plan, literals) { return fault }
    if text.count > Self.maxBytes { return .tooLong }
    let (start, end) = text.withSpan { WhiteSpace.trim($0, 0, $0.count) }
    text.truncate(to: end)
    text.removeFirst(min(start, end))
    return nil
  }

  private mutating func make(_ step: FilterStep, _ plan: Plan, _ literals: Span<UInt8>) -> Rule? {
    switch step {
    case .upper: changeCase(isUpper: true)
    case .lower: changeCase(isUpper: false)
    case .left(let count): text.truncate(to: offset(of: count))
    case .skip(let count): text.removeFirst(offset(of: count))
    case .right(let count): text.removeFirst(offset(of: max(0, scalarCount - count)))
    case .before(let end): if let place = find(end, from: 0, literals) { text.truncate(to: place) }
    case .after(let start):
      text.removeFirst(find(start, from: 0, literals).map { $0 + start.range.count } ?? text.count)
    case .replace(let old, let new): replace(old, new, literals)
    case .digits: keepDigits()
    case .pad(let count): text.prepend(UInt8(ascii: "0"), count: count - scalarCount)
    case .unpad:
      var zeros = 0
      while zeros < text.count, text[zeros] == UInt8(ascii: "0") { zeros &+= 1 }
      text.removeFirst(zeros == text.count ? max(0, zeros - 1) : zeros)
    case .shape(let shape, let places): if places == scalarCount { reshape(shape, literals) }
    case .not(let texts): for index in texts.range where has(plan.literals[index], literals) { text.removeAll() }
    case .table(let rows, let others): return lookUp(rows, others, plan, literals)
    case .date(let patterns):
      for index in patterns.range { if let day = day(plan.dayPatterns[index], plan) { return take(day) } }
      return .invalidDate
    case .shift(let count, let unit): return take(day?.shifted(by: count, unit))
    case .next(let month, let day): return take(self.day?.next(month: month, day: day))
    case .flag:
      let isFlag = text.withSpan { $0.hasText("true") || $0.hasText("false") }
      return isFlag ? nil : .unmappedValue
    }
    return nil
  }

  private var day: Day? { text.withSpan { Day($0, count: $0.count) } }

  private func day(_ pattern: Plan.Extent, _ plan: Plan) -> Day? {
    text.withSpan { text in
      plan.daySigns.withSpan { DayPattern.day(in: text, $0.extracting(pattern.range)) }
    }
  }

  private mutating func take(_ day: Day?) -> Rule? {
    guard let (year, month, number) = day?.parts else { return .invalidDate }
    text.removeAll()
    append(year / 100)
    append(year % 100)
    text.append(UInt8(ascii: "-"))
    append(month)
    text.append(UInt8(ascii: "-"))
    append(number)
    return nil
  }

  /// Appends a number of two digits.
  private mutating func append(_ number: Int) {
    text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10))
    text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10))
  }

  private mutating func changeCase(isUpper: Bool) {
    let first = UInt8(ascii: isUpper ? "a" : "A")
    for index in text.indices {
      let byte = text[index]
      if byte >= 0x80 { return changeCaseBeyondASCII(isUpper: isUpper) }
      if byte &- first < 26 { text[index] = byte ^ 0x20 }
    }
  }

  /// The letters of ASCII may have been changed already.
  @inline(never)
  private mutating func changeCaseBeyondASCII(isUpper: Bool) {
    let old = string
    text.removeAll()
    for scalar in old.unicodeScalars {
      for byte in (isUpper ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping).utf8 {
        text.append(byte)
      }
    }
  }

  /// The text as a string. For rare cases only, because it allocates.
  var string: String {
    text.withSpan { text in
      unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  private mutating func keepDigits() {
    var count = 0
    for index in text.indices where text[index] &- UInt8(ascii: "0") < 10 {
      text[count] = text[index]
      count &+= 1
    }
    text.truncate(to: count)
  }

  private var scalarCount: Int {
    var count = 0
    for index in text.indices where text[index] & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  /// The offset behind so many characters, at most the end.
  private func offset(of count: Int) -> Int {
    var left = count
    for index in text.indices where text[index] & 0xC0 != 0x80 {
      if left == 0 { return index }
      left &-= 1
    }
    return text.count
  }

  private func has(_ part: Plan.Literal, _ literals: Span<UInt8>) -> Bool {
    part.range.count == text.count && isPart(part, at: 0, literals)
  }

  private func isPart(_ part: Plan.Literal, at place: Int, _ literals: Span<UInt8>) -> Bool {
    let start = Int(part.start)
    for index in 0..<part.range.count where text[place &+ index] != literals[start &+ index] { return false }
    return true
  }

  private func find(_ part: Plan.Literal, from start: Int, _ literals: Span<UInt8>) -> Int? {
    var place = start
    while place <= text.count &- part.range.count {
      if isPart(part, at: place, literals) { return place }
      place &+= 1
    }
    return nil
  }

  private mutating func replace(_ old: Plan.Literal, _ new: Plan.Literal, _ literals: Span<UInt8>) {
    spare.removeAll()
    var start = 0
    while spare.count <= Self.maxBytes, let place = find(old, from: start, literals) {
      text.withSpan { spare.append($0, start..<place) }
      spare.append(literals, new.range)
      start = place + old.range.count
    }
    text.withSpan { spare.append($0, start..<$0.count) }
    swap(&text, &spare)
  }

  /// Puts the characters in the places of `#`, of which there are as many.
  private mutating func reshape(_ shape: Plan.Literal, _ literals: Span<UInt8>) {
    spare.removeAll()
    var offset = 0
    for index in shape.range {
      if literals[index] != UInt8(ascii: "#") {
        spare.append(literals[index])
        continue
      }
      repeat {
        spare.append(text[offset])
        offset &+= 1
      } while offset < text.count && text[offset] & 0xC0 == 0x80
    }
    swap(&text, &spare)
  }

  private mutating func lookUp(
    _ rows: Plan.Extent, _ others: Plan.Literal?, _ plan: Plan, _ literals: Span<UInt8>
  ) -> Rule? {
    var place = text.withSpan { TableRow.hash($0, 0..<$0.count) }
    var found = others
    while let row = plan.tableRows[Int(rows.first) &+ place & (Int(rows.count) &- 1)].row {
      if has(row.code, literals) {
        found = row.text
        break
      }
      place &+= 1
    }
    guard let found else { return .unmappedValue }
    text.removeAll()
    text.append(literals, found.range)
    return nil
  }
}

extension Span where Element == UInt8 {
  fileprivate func hasText(_ expected: StaticString) -> Bool {
    guard count == expected.utf8CodeUnitCount else { return false }
    // A StaticString's bytes live as long as the program.
    for index in indices where unsafe self[index] != expected.utf8Start[index] { return false }
    return true
  }
}

extension Day {
  /// 0001-01-01 and 9999-12-31.
  private static var first: Day { Day(number: -719_162) }
  private static var last: Day { Day(number: 2_932_896) }

  /// The day so many units later; nil outside the calendar. A month that is too short ends on its last day.
  func shifted(by count: Int, _ unit: DayUnit) -> Day? {
    if unit == .day {
      let day = adding(days: count)
      return Self.first <= day && day <= Self.last ? day : nil
    }
    let (year, month, number) = parts
    let months = year * 12 + month - 1 + (unit == .year ? count * 12 : count)
    guard months >= 12 else { return nil }
    for day in (1...number).reversed() {
      if let found = Day(year: months / 12, month: months % 12 + 1, day: day) { return found }
    }
    return nil
  }

  /// The first such day of a year that is not earlier; nil outside the calendar.
  func next(month: Int, day: Int) -> Day? {
    let year = parts.year
    for year in year...year + 1 {
      if let found = Day(year: year, month: month, day: day), found >= self { return found }
    }
    return nil
  }
}
