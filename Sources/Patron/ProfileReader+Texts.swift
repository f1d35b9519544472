/// Texts with placeholders.
extension ProfileReader {
  /// The maximum length of a text in a profile, in Unicode scalars.
  static let maxTextLength = 4000

  mutating func readText(_ item: Item, expecting expected: String = "a text") throws(ProfileFault) -> Text {
    try readText(try string(item, expecting: expected), item.place)
  }

  mutating func readText(_ text: String, _ place: Place) throws(ProfileFault) -> Text {
    try checkText(text, place)
    var scan = HoleScan(text)
    var parts: [Text.Part] = []
    var plain = ""
    while let scalar = scan.next() {
      switch scalar {
      case "{" where scan.take("{"): plain.unicodeScalars.append("{")
      case "}":
        guard scan.take("}") else { throw loneBrace("}", place) }
        plain.unicodeScalars.append("}")
      case "{":
        if !plain.isEmpty { parts.append(.plain(plain)) }
        plain = ""
        parts.append(.placeholder(try readPlaceholder(&scan, place)))
      default: plain.unicodeScalars.append(scalar)
      }
    }
    if !plain.isEmpty { parts.append(.plain(plain)) }
    return Text(parts: parts)
  }

  func checkText(_ text: String, _ place: Place) throws(ProfileFault) {
    let count = text.unicodeScalars.count
    if count > Self.maxTextLength {
      throw fault(place, "a text of \(count) characters", "at most \(Self.maxTextLength)")
    }
    try refuseIllegal(text, place)
  }

  func loneBrace(_ brace: Unicode.Scalar, _ place: Place) -> ProfileFault {
    fault(place, "a “\(brace)” that belongs to no placeholder", "“\(brace)\(brace)” for a literal brace")
  }

  /// Reads a placeholder, after its opening brace.
  mutating func readPlaceholder(_ scan: inout HoleScan, _ place: Place) throws(ProfileFault) -> Placeholder {
    var field = ""
    var end = scan.next()
    while let scalar = end, scalar != "|", scalar != "}" {
      if scalar == "{" { throw fault(place, "a “{” inside a placeholder", "“}” or “|” after the field") }
      field.unicodeScalars.append(scalar)
      end = scan.next()
    }
    guard end != nil else { throw openHole(place) }
    let source = try readSource(field, place)
    var filters: [Filter] = []
    while end == "|" {
      let words: [String]
      (words, end) = try readWords(&scan, place)
      filters.append(try readFilter(words, place))
    }
    return Placeholder(source: source, filters: filters)
  }

  private func openHole(_ place: Place) -> ProfileFault {
    fault(
      place, "a “{” that belongs to no placeholder", "“}” at the end of the placeholder, or “{{” for a literal brace")
  }

  /// What a field's name or `$name` stands for.
  mutating func readSource(_ spelling: String, _ place: Place) throws(ProfileFault) -> Source {
    let field = spelling.trimmed
    if field.isEmpty { throw fault(place, "a placeholder without a field", "a field, or a name of “set” after “$”") }
    if field == "$today" { return .today }
    if field.hasPrefix("$") {
      let name = String(field.dropFirst())
      guard namePlaces[name] != nil else {
        throw fault(place, "no name “\(field)” in “set”", list(["$today"] + namePlaces.keys.sorted().map { "$\($0)" }))
      }
      usedNames.insert(name)
      return .name(name)
    }
    if field == "kind" {
      throw fault(place, "the field “kind”, which makes a line a record", "another name for that column")
    }
    usedFields.insert(field)
    return .field(field)
  }

  func list(_ names: [String]) -> String {
    names.isEmpty ? "none, because there are none" : "one of " + names.joined(separator: ", ")
  }

  /// The words of a filter, and what ends it: `|` or `}`.
  private func readWords(
    _ scan: inout HoleScan, _ place: Place
  ) throws(ProfileFault) -> (words: [String], end: Unicode.Scalar) {
    var words: [String] = []
    var word: String?
    while let scalar = scan.next() {
      switch scalar {
      case "|", "}":
        if let word { words.append(word) }
        return (words, scalar)
      case "{": throw fault(place, "a “{” inside a placeholder", "a word with a brace in apostrophes: '{'")
      case " ", "\t":
        if let word { words.append(word) }
        word = nil
      case "'" where word == nil:
        guard let quoted = scan.quoted() else {
          throw fault(place, "an apostrophe that is not closed", "a word in apostrophes: 'two words'")
        }
        words.append(quoted)
      default: word = (word ?? "") + String(scalar)
      }
    }
    throw openHole(place)
  }
}

/// Reads the scalars of a text one after the other.
struct HoleScan {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  mutating func next() -> Unicode.Scalar? {
    guard index < scalars.count else { return nil }
    index += 1
    return scalars[index - 1]
  }

  /// Skips a scalar if it is the next.
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard index < scalars.count, scalars[index] == scalar else { return false }
    index += 1
    return true
  }

  /// The text up to the next apostrophe, which is skipped; nil if there is none.
  mutating func quoted() -> String? {
    guard let end = scalars[index...].firstIndex(of: "'") else { return nil }
    defer { index = end + 1 }
    return String(String.UnicodeScalarView(scalars[index..<end]))
  }
}
