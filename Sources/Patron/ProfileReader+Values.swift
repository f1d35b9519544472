import Calendar

/// Values and conditions.
extension ProfileReader {
  /// Reads a value.
  /// - Parameter element: the element that it is for; nil for a name, which has no description.
  mutating func readValue(_ item: Item, of element: UserElement? = nil) throws(ProfileFault) -> Value {
    if item.isString { return .text(try readText(item), item.place) }
    if item.isArray { return .first(try readValues(item, of: element), item.place) }
    guard item.isObject else { throw fault(item, expecting: "a text, a list of values, or an object with “use”") }
    return .choice(try readChoice(item, of: element))
  }

  private mutating func readValues(_ item: Item, of element: UserElement?) throws(ProfileFault) -> [Value] {
    var values: [Value] = []
    for element_ in try item.elements(expecting: "a list of values", in: self) {
      values.append(try readValue(element_, of: element))
    }
    return values
  }

  private mutating func readChoice(_ item: Item, of element: UserElement?) throws(ProfileFault) -> Value.Choice {
    let kinds = ["use", "latest", "earliest"]
    let members = try item.members(kinds + ["when", "desc"], in: self)
    let given = members.all.filter { kinds.contains($0.name) }
    guard let member = given.first else { throw fault(item.place, "none of \(kinds.quotedList)", "one of them") }
    if given.count > 1 {
      throw fault(given[1].place, "“\(member.name)” and “\(given[1].name)” in one value", "one of them")
    }
    let values: [Value]
    switch member.name {
    case "use": values = [try readValue(member.item, of: element)]
    default:
      values = try readValues(member.item, of: nil)
      try refuseNoDays(values)
    }
    let condition = try members["when"].map { (item) throws(ProfileFault) in try readCondition(item) }
    let description = try members["desc"].map { (item) throws(ProfileFault) in
      try readDescription(item, of: element, values)
    }
    return Value.Choice(
      kind: member.name == "use" ? .use : member.name == "latest" ? .latest : .earliest, values: values,
      condition: condition, description: description, place: item.place)
  }

  /// The texts that `latest` and `earliest` compare must be days.
  private func refuseNoDays(_ values: [Value]) throws(ProfileFault) {
    for (text, place) in values.flatMap(\.texts) {
      if let constant = text.constant, !constant.isEmpty, Day(constant) == nil {
        throw fault(place, "“\(constant)” as a day", "a day of the calendar, YYYY-MM-DD")
      }
    }
  }

  private mutating func readDescription(
    _ item: Item, of element: UserElement?, _ values: [Value]
  ) throws(ProfileFault) -> Text {
    guard let element, let maxLength = element.maxDescription else {
      let name = element.map { "“\($0.name)”" } ?? "this value"
      throw fault(item.place, "“desc”, which \(name) does not have", "no “desc”")
    }
    let text = try readText(item)
    if let constant = text.constant {
      if constant.isEmpty { throw fault(item.place, "a blank “desc”", "a text, or no “desc”") }
      try checkLength(constant, maxLength, item.place)
    } else {
      guard values.count == 1, case .text(text, _)? = values.first else {
        throw fault(
          item.place, "a “desc” with placeholders of its own", "a text without placeholders, or the same text as “use”")
      }
    }
    return text
  }

  func checkLength(_ text: String, _ maxLength: Int?, _ place: Place) throws(ProfileFault) {
    if let maxLength, text.unicodeScalars.count > maxLength {
      throw fault(place, "a text of \(text.unicodeScalars.count) characters", "at most \(maxLength) here")
    }
  }

  /// Reads a condition: an object of tests, or a list of them.
  mutating func readCondition(_ item: Item) throws(ProfileFault) -> Condition {
    let expected = "a condition: an object of fields and patterns, or a list of such objects"
    guard item.isObject || item.isArray else { throw fault(item, expecting: expected) }
    var alternatives: [[Condition.Test]] = []
    for object in try item.elementsOrSelf(expecting: expected, in: self) {
      guard object.isObject else { throw fault(object, expecting: expected) }
      let members = try object.members(nil, in: self)
      if members.all.isEmpty { throw fault(object.place, "a condition without a field", "a field and a pattern") }
      var tests: [Condition.Test] = []
      for member in members.all { tests.append(try readTest(member)) }
      alternatives.append(tests)
    }
    return Condition(alternatives: alternatives)
  }

  private mutating func readTest(_ member: Members.Member) throws(ProfileFault) -> Condition.Test {
    if member.name.unicodeScalars.contains(where: { $0 == "{" || $0 == "}" || $0 == "|" }) {
      throw fault(member.place, "“\(member.name)” as a field", "a field without braces, “|” and filters")
    }
    let source = try readSource(member.name, member.place)
    if !member.item.isObject {
      return Condition.Test(source: source, isNegated: false, patterns: try readPatterns(member.item))
    }
    let members = try member.item.members(["not"], in: self)
    guard let not = members["not"] else { throw fault(member.item.place, "an object without “not”", "“not”") }
    return Condition.Test(source: source, isNegated: true, patterns: try readPatterns(not))
  }

  private mutating func readPatterns(_ item: Item) throws(ProfileFault) -> [Pattern] {
    let expected = "a pattern or a list of patterns"
    var patterns: [Pattern] = []
    for element in try item.elementsOrSelf(expecting: expected, in: self) {
      patterns.append(try readPattern(try string(element, expecting: expected), element.place))
    }
    return patterns
  }

  private mutating func readPattern(_ text: String, _ place: Place) throws(ProfileFault) -> Pattern {
    try checkText(text, place)
    if text.isEmpty { return .blank }
    var scan = HoleScan(text)
    var signs: [Pattern.Sign] = []
    /// The text before `..`; nil until `..` has been read.
    var from: [Pattern.Sign]?
    while let scalar = scan.next() {
      switch scalar {
      case "*": if signs.last != .any { signs.append(.any) }
      case "?": signs.append(.character)
      case "#": signs.append(.digit)
      case "\\":
        guard let next = scan.next() else {
          throw fault(place, "a “\\” at the end of a pattern", "a character after it, which is taken literally")
        }
        signs.append(plain: next)
      case "." where from == nil && scan.take("."):
        from = signs
        signs = []
      case "{" where scan.take("{"): signs.append(plain: "{")
      case "{": signs.append(.placeholder(try readPlaceholder(&scan, place)))
      case "}":
        guard scan.take("}") else { throw loneBrace("}", place) }
        signs.append(plain: "}")
      default: signs.append(plain: scalar)
      }
    }
    if let from { return try range(from, signs, place) }
    return .signs(signs)
  }

  private func range(
    _ from: [Pattern.Sign], _ to: [Pattern.Sign], _ place: Place
  ) throws(ProfileFault) -> Pattern {
    let ends = [try rangeEnd(from, place), try rangeEnd(to, place)]
    let constants = ends.compactMap { $0?.constant }
    let expected =
      "A..B, A.. or ..B with whole numbers, days (YYYY-MM-DD) or days of the year (MM-DD); “\\..” for two dots"
    let limits = constants.compactMap(RangeLimit.init)
    guard ends.contains(where: { $0 != nil }), limits.count == constants.count,
      Set(limits.map(\.kind)).count <= 1
    else { throw fault(place, "an invalid range", expected) }
    if limits.count == 2, limits[0].kind != .dayOfYear, limits[1] < limits[0] {
      throw fault(place, "a range whose first end is after its last", "the smaller end first")
    }
    return .range(from: ends[0], to: ends[1])
  }

  private func rangeEnd(_ signs: [Pattern.Sign], _ place: Place) throws(ProfileFault) -> Text? {
    if signs.isEmpty { return nil }
    var parts: [Text.Part] = []
    for sign in signs {
      switch sign {
      case .text(let text): parts.append(.plain(text))
      case .placeholder(let placeholder): parts.append(.placeholder(placeholder))
      default: throw fault(place, "“*”, “?” or “#” in a range", "“\\” before a sign to take it literally")
      }
    }
    return Text(parts: parts)
  }
}

extension [Pattern.Sign] {
  /// Appends a character that fits only itself.
  fileprivate mutating func append(plain scalar: Unicode.Scalar) {
    if case .text(let text)? = last {
      self[count - 1] = .text(text + String(scalar))
    } else {
      append(.text(String(scalar)))
    }
  }
}

extension Value {
  /// All texts of the value, with their places.
  var texts: [(Text, Place)] {
    switch self {
    case .text(let text, let place): [(text, place)]
    case .first(let values, _): values.flatMap(\.texts)
    case .choice(let choice): choice.values.flatMap(\.texts)
    }
  }

  /// The fields and names that the value uses.
  var sources: [Source] {
    switch self {
    case .text(let text, _): text.placeholders.map(\.source)
    case .first(let values, _): values.flatMap(\.sources)
    case .choice(let choice): (choice.condition?.sources ?? []) + choice.values.flatMap(\.sources)
    }
  }
}

extension Condition {
  /// The fields and names that the condition uses, in its order.
  var sources: [Source] {
    alternatives.joined().flatMap { test in [test.source] + test.patterns.flatMap { $0.placeholders.map(\.source) } }
  }
}
