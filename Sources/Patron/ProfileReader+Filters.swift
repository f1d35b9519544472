import Calendar

/// The filters of placeholders.
extension ProfileReader {
  /// Reads a filter: its name and the words after it.
  mutating func readFilter(_ words: [String], _ place: Place) throws(ProfileFault) -> Filter {
    guard let name = words.first else {
      throw fault(place, "no filter after “|”", "one of \(Self.filterNames)")
    }
    guard let usage = Filter.usages.first(where: { $0.name == name }) else {
      throw fault(place, "no filter “\(name)”", "one of \(Self.filterNames)")
    }
    let words = Array(words.dropFirst())
    switch name {
    case "not", "date": if words.isEmpty { throw wrongWords(usage, words, place) }
    default: if words.count != Self.wordCount(usage.words) { throw wrongWords(usage, words, place) }
    }
    switch name {
    case "upper": return .upper
    case "lower": return .lower
    case "digits": return .digits
    case "unpad": return .unpad
    case "left": return .left(try number(words[0], from: 1, place))
    case "right": return .right(try number(words[0], from: 1, place))
    case "skip": return .skip(try number(words[0], from: 1, place))
    case "pad": return .pad(try number(words[0], from: 1, upTo: 255, place))
    case "before": return .before(try someText(words[0], name, place))
    case "after": return .after(try someText(words[0], name, place))
    case "replace": return .replace(try someText(words[0], name, place), with: Array(words[1].utf8))
    case "shape":
      guard words[0].contains("#") else { throw fault(place, "“\(words[0])” as a shape", "“#” in place of characters") }
      return .shape(Array(words[0].unicodeScalars))
    case "not": return .not(words.map { Array($0.utf8) })
    case "table": return .table(try tableName(words[0], place))
    case "date":
      return .date(
        try words.map { (word) throws(ProfileFault) in
          guard let pattern = DayPattern(word) else {
            throw fault(place, "“\(word)” as a day", "YYYY or YY, MM or M, and DD or D, each once")
          }
          return pattern
        })
    case "next":
      guard let (month, day) = MonthDay.parse(words[0]), (month, day) != (2, 29) else {
        throw fault(place, "“\(words[0])” as a day of each year", "MM-DD, a day that each year has")
      }
      return .next(month: month, day: day)
    default:
      guard let unit = DayUnit.allCases.first(where: { words[1] == $0.rawValue || words[1] == "\($0.rawValue)s" })
      else {
        throw fault(place, "“\(words[1])” as a unit", "days, months or years")
      }
      let count = try number(words[0], from: 0, upTo: 99_999, place)
      return .shift(name == "+" ? count : -count, unit)
    }
  }

  private static let filterNames = Filter.usages.map(\.name).joined(separator: ", ")

  private static func wordCount(_ usage: String) -> Int { usage.isEmpty ? 0 : usage.split(separator: " ").count }

  private func wrongWords(
    _ usage: (name: String, words: String), _ words: [String], _ place: Place
  ) -> ProfileFault {
    fault(
      place, "the filter “\(usage.name)” with \(words.count == 1 ? "one word" : "\(words.count) words")",
      usage.words.isEmpty ? "“\(usage.name)” alone" : "“\(usage.name) \(usage.words)”")
  }

  private func number(
    _ word: String, from min: Int, upTo max: Int = maxTextLength, _ place: Place
  ) throws(ProfileFault) -> Int {
    guard word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(word), (min...max).contains(number)
    else {
      throw fault(place, "“\(word)” as a number", "a whole number from \(min) to \(max)")
    }
    return number
  }

  private func someText(_ word: String, _ filter: String, _ place: Place) throws(ProfileFault) -> [UInt8] {
    if word.isEmpty { throw fault(place, "the filter “\(filter)” with an empty text", "a text to look for") }
    return Array(word.utf8)
  }

  private mutating func tableName(_ name: String, _ place: Place) throws(ProfileFault) -> String {
    guard tables[name] != nil else {
      throw fault(place, "no table “\(name)”", list(tables.keys.sorted()))
    }
    usedTables.insert(name)
    return name
  }
}

/// A day of any year.
enum MonthDay {
  /// The month and day written `MM-DD`, in years that have a 29 February; nil if there is no such day.
  static func parse(_ text: String) -> (month: Int, day: Int)? {
    guard text.utf8.count == 5, let day = Day("2000-" + text) else { return nil }
    return (day.parts.month, day.parts.day)
  }
}
