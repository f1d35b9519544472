/// A place in a profile.
struct Place: Sendable {
  /// The offset of its first byte.
  let offset: Int
  /// Its JSON Pointer (RFC 6901).
  let pointer: String
}

/// What a text of a user is made of.
indirect enum Value: Sendable {
  case text(Text, Place)
  /// The first of these that is not blank.
  case first([Value], Place)
  case choice(Choice)

  var place: Place {
    switch self {
    case .text(_, let place), .first(_, let place): place
    case .choice(let choice): choice.place
    }
  }

  /// A value under a condition, or the last or first of several days.
  struct Choice: Sendable {
    enum Kind: Sendable { case use, latest, earliest }

    let kind: Kind
    /// A single one if the kind is `use`.
    let values: [Value]
    let condition: Condition?
    /// The attribute `desc` of the element, if the value is used.
    let description: Text?
    let place: Place
  }
}

/// A condition on a person: one of several lists of tests, all of which must pass.
struct Condition: Hashable, Sendable {
  /// A test of a field or name: one of several patterns must fit, or none.
  struct Test: Hashable, Sendable {
    let source: Source
    let isNegated: Bool
    let patterns: [Pattern]
  }

  let alternatives: [[Test]]

  /// The condition that holds if both hold.
  static func both(_ first: Condition?, _ second: Condition?) -> Condition? {
    guard let first, let second else { return first ?? second }
    return Condition(alternatives: first.alternatives.flatMap { one in second.alternatives.map { one + $0 } })
  }
}

/// A pattern that a whole text fits or not.
enum Pattern: Hashable, Sendable {
  case blank
  case signs([Sign])
  /// From one text to another, both included; a nil end is open.
  case range(from: Text?, to: Text?)

  /// A part of a pattern.
  enum Sign: Hashable, Sendable {
    case text(String)
    case placeholder(Placeholder)
    /// `*`, `?` and `#`.
    case any, character, digit
  }

  /// The text, if only one text fits.
  var constant: String? {
    guard case .signs(let signs) = self else { return nil }
    var text = ""
    for sign in signs {
      guard case .text(let plain) = sign else { return nil }
      text += plain
    }
    return text
  }

  /// The placeholders, in their order.
  var placeholders: [Placeholder] {
    switch self {
    case .blank: []
    case .signs(let signs): signs.compactMap { if case .placeholder(let placeholder) = $0 { placeholder } else { nil } }
    case .range(let from, let to): (from?.placeholders ?? []) + (to?.placeholders ?? [])
    }
  }
}

/// An entry of a list of the user, or a group of which only the first that can be written is.
indirect enum Entry: Sendable {
  case single(Single)
  case first([Single], when: Condition?)

  struct Single: Sendable {
    /// The children given, by name; of types one value for each.
    let children: [String: [Value]]
    let condition: Condition?
    let place: Place
  }
}
