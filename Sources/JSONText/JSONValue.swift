/// A JSON value taken apart, for what is small and rare: a token, a fault, a record of the stream.
///
/// Members keep their order, numbers their spelling. It reads by the same rules as the scanner of the people.
public indirect enum JSONValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  /// A number, as spelled.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Equatable, Sendable {
    public var name: String
    public var value: JSONValue
  }

  /// Reads a text that is one value and nothing else but white space around it.
  public init(parsing text: Span<UInt8>) throws(JSONFault) {
    let start = text.skippingJSONSpace(from: 0)
    var deepest = 0
    let slice = try text.scanValue(at: start, grammar: .strict, deepest: &deepest)
    guard deepest <= Self.mostDepth else { throw JSONFault(offset: start, problem: .unexpectedByte(text.byte(start))) }
    let end = text.skippingJSONSpace(from: slice.behind)
    guard end == text.count else { throw text.fault(at: end) }
    self = Self.take(slice, from: text)
  }

  /// Deeper values are taken apart by nobody, and would use up the stack.
  public static let mostDepth = 256

  /// The value of an object's member, or nil.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string, else nil.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The value of an integer that fits, else nil.
  public var integer: Int? {
    guard case .number(let spelling) = self else { return nil }
    return Int(spelling)
  }

  public var boolean: Bool? {
    guard case .boolean(let value) = self else { return nil }
    return value
  }

  public var array: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// Takes apart what the scanner has found to be JSON.
  private static func take(_ slice: JSONSlice, from text: Span<UInt8>) -> JSONValue {
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

  /// Takes the value at an offset, and moves behind the comma or colon that follows it.
  private static func takeNext(_ offset: inout Int, from text: Span<UInt8>) -> JSONValue? {
    var unused = 0
    guard let slice = try? text.scanValue(at: offset, grammar: .strict, deepest: &unused) else { return nil }
    offset = text.skippingJSONSpace(from: slice.behind)
    offset = text.skippingJSONSpace(from: offset + 1)
    return take(slice, from: text)
  }
}
