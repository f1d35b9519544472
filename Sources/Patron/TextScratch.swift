import Calendar
import JSONText

/// A step of a hole's filters, ready to be taken.
enum TextStep: Sendable {
  case filter(Filter)
  case table(TableStep)
  /// `true` and `false` only.
  case flag
}

/// The rows of a table, found by hash.
final class TableStep: Sendable {
  private let rows: [UInt64: [(code: [UInt8], text: [UInt8])]]
  /// The text of all other codes; nil if they have none.
  private let others: [UInt8]?

  init(_ table: Profile.Table) {
    let rows = table.rows.map { (code: Array($0.key.utf8), text: Array($0.value.utf8)) }
    self.rows = Dictionary(grouping: rows) { Self.hash($0.code) }
    others = table.others.map { Array($0.utf8) }
  }

  /// The length, the first and the last eight bytes of a code.
  private static func hash(_ code: [UInt8]) -> UInt64 {
    let text = code.span
    let last = text.word(at: max(0, code.count - 8), upTo: code.count)
    return (text.word(at: 0, upTo: code.count) &* 31 &+ last) &* 31 &+ UInt64(code.count)
  }

  /// The text of a code, or nil.
  func text(of code: [UInt8]) -> [UInt8]? {
    rows[Self.hash(code)]?.first { $0.code == code }?.text ?? others
  }
}

/// The text that filters work on, in two buffers that are used again for each person.
struct TextScratch: Sendable {
  /// The text, trimmed.
  private(set) var text: [UInt8] = []
  private var spare: [UInt8] = []

  /// The maximum length of a text that filters make, in bytes.
  private static let maxBytes = 1 << 20

  /// Starts with a range of a text.
  mutating func load(_ source: [UInt8], _ start: Int, _ end: Int) {
    text.removeAll(keepingCapacity: true)
    text += source[start..<end]
  }

  /// Takes a step.
  /// - Returns: the rule that the text breaks, if no text can be made.
  mutating func apply(_ step: TextStep) -> Rule? {
    spare.removeAll(keepingCapacity: true)
    let fault: Rule?
    switch step {
    case .filter(let filter): fault = make(filter)
    case .table(let table):
      guard let row = table.text(of: text) else { return .unmappedValue }
      spare += row
      fault = nil
    case .flag:
      guard text == Array("true".utf8) || text == Array("false".utf8) else { return .unmappedValue }
      spare += text
      fault = nil
    }
    swap(&text, &spare)
    if text.count > Self.maxBytes { return .tooLong }
    trim()
    return fault
  }

  private mutating func trim() {
    let (start, end) = WhiteSpace.trim(text.span, 0, text.count)
    if end < text.count { text.removeSubrange(end...) }
    if start > 0 { text.removeSubrange(..<min(start, text.count)) }
  }

  private mutating func make(_ filter: Filter) -> Rule? {
    switch filter {
    case .upper: changeCase(0x61...0x7A, \.uppercaseMapping)
    case .lower: changeCase(0x41...0x5A, \.lowercaseMapping)
    case .left(let count): spare += text[..<offset(of: count)]
    case .skip(let count): spare += text[offset(of: count)...]
    case .right(let count): spare += text[offset(of: max(0, scalarCount - count))...]
    case .before(let end): spare += text[..<(find(end, from: 0) ?? text.count)]
    case .after(let start): if let place = find(start, from: 0) { spare += text[(place + start.count)...] }
    case .replace(let old, let new): replace(old, new)
    case .digits: for byte in text where (0x30...0x39).contains(byte) { spare.append(byte) }
    case .pad(let count):
      spare += repeatElement(0x30, count: max(0, count - scalarCount))
      spare += text
    case .unpad:
      spare += text.drop { $0 == 0x30 }
      if spare.isEmpty { spare.append(0x30) }
    case .shape(let shape): reshape(shape)
    case .not(let texts): if !texts.contains(text) { spare += text }
    // Tables are steps of their own.
    case .table: return .unmappedValue
    case .date(let patterns):
      for pattern in patterns { if let day = pattern.day(in: text) { return take(day) } }
      return .invalidDate
    case .shift(let count, let unit): return take(day?.shifted(by: count, unit))
    case .next(let month, let day): return take(self.day?.next(month: month, day: day))
    }
    return nil
  }

  private var day: Day? { Day(text.span, count: text.count) }

  private mutating func take(_ day: Day?) -> Rule? {
    guard let day else { return .invalidDate }
    let (year, month, number) = day.parts
    for (value, digits) in [(year, 4), (month, 2), (number, 2)] {
      if digits == 2 { spare.append(UInt8(ascii: "-")) }
      var unit = digits == 4 ? 1000 : 10
      while unit > 0 {
        spare.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
        unit /= 10
      }
    }
    return nil
  }

  private mutating func changeCase(
    _ letters: ClosedRange<UInt8>, _ mapping: KeyPath<Unicode.Scalar.Properties, String>
  ) {
    if text.allSatisfy({ $0 < 0x80 }) {
      for byte in text { spare.append(letters.contains(byte) ? byte ^ 0x20 : byte) }
    } else {
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        spare += scalar.properties[keyPath: mapping].utf8
      }
    }
  }

  private var scalarCount: Int { text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }

  /// The offset behind so many characters, at most the end.
  private func offset(of count: Int) -> Int {
    var left = count
    for index in text.indices where text[index] & 0xC0 != 0x80 {
      if left == 0 { return index }
      left -= 1
    }
    return text.count
  }

  private func find(_ part: [UInt8], from start: Int) -> Int? {
    guard part.count <= text.count - start else { return nil }
    for place in start...text.count - part.count
    where text[place] == part[0] && text[place..<place + part.count].elementsEqual(part) {
      return place
    }
    return nil
  }

  private mutating func replace(_ old: [UInt8], _ new: [UInt8]) {
    var start = 0
    while let place = find(old, from: start) {
      spare += text[start..<place]
      spare += new
      start = place + old.count
      if spare.count > Self.maxBytes { return }
    }
    spare += text[start...]
  }

  /// Puts the characters in the places of `#`; the text stays as it was if it has another number of them.
  private mutating func reshape(_ shape: [Unicode.Scalar]) {
    guard shape.reduce(0, { $0 + ($1 == "#" ? 1 : 0) }) == scalarCount else {
      spare += text
      return
    }
    var offset = 0
    for sign in shape {
      if sign != "#" {
        spare += UTF8.encode(sign) ?? UTF8.encodedReplacementCharacter
        continue
      }
      repeat {
        spare.append(text[offset])
        offset += 1
      } while offset < text.count && text[offset] & 0xC0 == 0x80
    }
  }
}

extension Day {
  /// The day so many units later; nil outside the calendar. A month that is too short ends on its last day.
  func shifted(by count: Int, _ unit: DayUnit) -> Day? {
    if unit == .day {
      let day = adding(days: count)
      return (1...9999).contains(day.parts.year) ? day : nil
    }
    let months = parts.year * 12 + parts.month - 1 + (unit == .year ? count * 12 : count)
    guard months >= 12 else { return nil }
    for day in (1...parts.day).reversed() {
      if let found = Day(year: months / 12, month: months % 12 + 1, day: day) { return found }
    }
    return nil
  }

  /// The first such day of a year that is not earlier; nil outside the calendar.
  func next(month: Int, day: Int) -> Day? {
    for year in parts.year...parts.year + 1 {
      if let found = Day(year: year, month: month, day: day), found >= self { return found }
    }
    return nil
  }
}
