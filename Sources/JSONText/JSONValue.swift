/// A JSON value as a tree, for small and rare texts: a token, a fault, a record of the stream.
///
/// Members keep their order, and numbers their spelling. The grammar is the one of the scanner that reads people.
public indirect enum JSONValue: Equatable, Sendable {
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
  public struct Member: Equatable, Sendable {
    /// The name, its escapes resolved.
    public var name: String
    /// The value.
    public var value: JSONValue
  }

  /// Parses a text that is one value, with white space around it allowed.
  /// - Throws: `JSONFault` if it is not, or is nested deeper than `maxDepth`.
  public init(parsing text: Span<UInt8>) throws(JSONFault) {
    let start = text.skippingJSONSpace(from: 0)
    var deepest = 0
    let slice = try text.scanValue(at: start, grammar: .strict, deepest: &deepest)
    guard deepest <= Self.maxDepth else { throw JSONFault(offset: start, problem: .unexpectedByte(text.byte(start))) }
    let end = text.skippingJSONSpace(from: slice.behind)
    guard end == text.count else { throw text.fault(at: end) }
    self = Self.tree(of: slice, from: text)
  }

  /// The maximum nesting. Parsing is recursive, and deeper values could use up the stack.
  public static let maxDepth = 256

  /// The value of an object's first member of a name, or nil.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text, if this is a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, if this is an integer that fits an `Int`.
  public var integer: Int? { if case .number(let spelling) = self { Int(spelling) } else { nil } }

  /// The value, if this is a boolean.
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }

  /// The elements, if this is an array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// Makes the tree of a value that the scanner has found to be valid.
  private static func tree(of slice: JSONSlice, from text: Span<UInt8>) -> JSONValue {
    switch slice.shape {
    case .absent, .null: return .null
    case .boolean: return .boolean(text.byte(slice.start) == UInt8(ascii: "t"))
    case .integer, .decimal: return .number(text.string(slice))
    case .blank, .string: return .string(text.string(slice))
    case .array:
      var elements: [JSONValue] = []
      var offset = text.skippingJSONSpace(from: slice.start + 1)
      while offset < slice.end - 1, let element = takeNext(&offset, from: text) { elements.append(element) }
      return .array(elements)
    case .object:
      var members: [Member] = []
      var offset = text.skippingJSONSpace(from: slice.start + 1)
      while offset < slice.end - 1, let name = takeNext(&offset, from: text)?.string,
        let value = takeNext(&offset, from: text)
      {
        members.append(Member(name: name, value: value))
      }
      return .object(members)
    }
  }

  /// The value at an offset, which is moved to the next value, after the comma or colon.
  private static func takeNext(_ offset: inout Int, from text: Span<UInt8>) -> JSONValue? {
    var unused = 0
    guard let slice = try? text.scanValue(at: offset, grammar: .strict, deepest: &unused) else { return nil }
    offset = text.skippingJSONSpace(from: slice.behind)
    offset = text.skippingJSONSpace(from: offset + 1)
    return tree(of: slice, from: text)
  }
}
