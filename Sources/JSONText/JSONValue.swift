/// A JSON value as a tree, for small texts that are not on the hot path.
///
/// Members keep their order, and numbers their spelling. The grammar is the one of the scanner that reads people.
package indirect enum JSONValue: Equatable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A number, as spelled.
  case number(String)
  /// A string, its escapes resolved.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object. A name can occur more than once.
  case object([Member])

  /// A member of an object.
  package struct Member: Equatable, Sendable {
    /// The name, its escapes resolved.
    package var name: String
    /// The value.
    package var value: JSONValue

    /// Creates a member.
    package init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Parses a text that is one value, with white space around it allowed. A number at the very end is the fault
  /// `endsEarly`.
  /// - Throws: `JSONFault` if it is not, or is nested deeper than `maxDepth`.
  package init(parsing text: Span<UInt8>) throws(JSONFault) {
    var tokens = JSONTokenizer()
    self = try Self.value(from: try Self.next(&tokens, in: text), &tokens, in: text)
    _ = try tokens.peek(in: text)
  }

  /// The maximum nesting. Parsing is recursive, and deeper values could use up the stack.
  package static let maxDepth = 256

  /// The value of an object's first member of a name, or nil.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text, if this is a string.
  package var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, if this is an integer that fits an `Int`.
  package var integer: Int? { if case .number(let spelling) = self { Int(spelling) } else { nil } }

  /// The value, if this is a boolean.
  package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }

  /// The elements, if this is an array.
  package var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// Reads the rest of the value that begins with a token.
  private static func value(
    from token: JSONTokenizer.Token, _ tokens: inout JSONTokenizer, in text: Span<UInt8>
  ) throws(JSONFault) -> JSONValue {
    guard tokens.depth <= maxDepth else {
      throw JSONFault(offset: tokens.offset - 1, problem: .nestedTooDeeply)
    }
    switch token {
    case .scalar(let slice): return scalar(slice, in: text)
    case .beginArray:
      var elements: [JSONValue] = []
      while case let token = try next(&tokens, in: text), token != .endArray {
        elements.append(try value(from: token, &tokens, in: text))
      }
      return .array(elements)
    case .beginObject:
      var members: [Member] = []
      while case .name(let name) = try next(&tokens, in: text) {
        let value = try value(from: try next(&tokens, in: text), &tokens, in: text)
        members.append(Member(name: text.string(name), value: value))
      }
      return .object(members)
    // The tokenizer returns these only in the loops above.
    case .name, .endObject, .endArray: throw text.fault(at: tokens.offset - 1)
    }
  }

  private static func next(
    _ tokens: inout JSONTokenizer, in text: Span<UInt8>
  ) throws(JSONFault) -> JSONTokenizer.Token {
    guard let token = try tokens.next(in: text) else { throw text.fault(at: text.count) }
    return token
  }

  private static func scalar(_ slice: JSONSlice, in text: Span<UInt8>) -> JSONValue {
    switch slice.shape {
    case .blank, .string: .string(text.string(slice))
    case .integer, .decimal: .number(text.string(slice))
    case .boolean: .boolean(text.byte(slice.start) == UInt8(ascii: "t"))
    case .null, .absent, .object, .array: .null
    }
  }
}
