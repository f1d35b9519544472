/// A text of a profile, with placeholders for the texts of a person's fields.
struct Text: Hashable, Sendable {
  /// A piece of a text.
  enum Part: Hashable, Sendable {
    case plain(String)
    case placeholder(Placeholder)
  }

  let parts: [Part]

  /// The text, if it is the same for every person; trimmed.
  var constant: String? {
    var text = ""
    for part in parts {
      guard case .plain(let plain) = part else { return nil }
      text += plain
    }
    return text.trimmed
  }

  /// The placeholders, in their order.
  var placeholders: [Placeholder] {
    parts.compactMap { if case .placeholder(let placeholder) = $0 { placeholder } else { nil } }
  }
}

/// A place in a text for the text of a field or a name, perhaps through filters.
struct Placeholder: Hashable, Sendable {
  let source: Source
  let filters: [Filter]
}

/// What a placeholder or a condition looks at.
enum Source: Hashable, Sendable {
  /// A member of the person.
  case field(String)
  /// A member of the profile's `set`, without its `$`.
  case name(String)
  /// The day of the feed, `YYYY-MM-DD`.
  case today
}

/// A step from one text to another, in a placeholder.
enum Filter: Hashable, Sendable {
  case upper, lower
  /// The first characters, the last, or all but the first.
  case left(Int), right(Int), skip(Int)
  /// The text before or after the first occurrence of another.
  case before([UInt8]), after([UInt8])
  case replace([UInt8], with: [UInt8])
  case digits
  /// With zeros in front up to a number of characters; without zeros in front.
  case pad(Int), unpad
  /// The characters of the text in the places of `#`.
  case shape([Unicode.Scalar])
  /// Blank if the text is one of these.
  case not([[UInt8]])
  /// The text of a table, by its name.
  case table(String)
  /// A day by the first of these patterns that fits.
  case date([DayPattern])
  /// So many days, months or years later.
  case shift(Int, DayUnit)
  /// The first such day of a year that is not earlier.
  case next(month: Int, day: Int)

  /// The names of all filters, with the words that follow each.
  static let usages: [(name: String, words: String)] = [
    ("upper", ""), ("lower", ""), ("left", "N"), ("right", "N"), ("skip", "N"), ("before", "X"), ("after", "X"),
    ("replace", "A B"), ("digits", ""), ("pad", "N"), ("unpad", ""), ("shape", "###-####"), ("not", "A B …"),
    ("table", "NAME"), ("date", "PATTERN …"), ("+", "N unit"), ("-", "N unit"), ("next", "MM-DD"),
  ]
}

/// A unit of time by which days are shifted.
enum DayUnit: String, CaseIterable, Sendable { case day, month, year }

extension String {
  /// The text without white space at both ends; empty if it has only white space and format characters.
  var trimmed: String {
    let bytes = Array(utf8)
    let (start, end) = WhiteSpace.trim(bytes.span, 0, bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
