/// A JSON value as a tree that knows the place of each value and name in its text, for documents that people write.
public struct JSONNode: Sendable {
  /// A value of each kind.
  public indirect enum Content: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A number, as spelled.
    case number(String)
    /// A string, its escapes resolved.
    case string(String)
    /// An array.
    case array([JSONNode])
    /// An object. A name can occur more than once.
    case object([Member])
  }

  /// A member of an object.
  public struct Member: Sendable {
    /// The name, its escapes resolved.
    public let name: String
    /// The offset of the name's opening quotation mark, in bytes.
    public let offset: Int
    /// The value.
    public let value: JSONNode
  }

  /// The offset of the value's first byte; of a string, of its opening quotation mark.
  public let offset: Int
  /// The value.
  public let content: Content

  /// Parses a text that is one value, with white space around it allowed. A number at the very end is the fault
  /// `endsEarly`.
  /// - Parameter maxDepth: the maximum nesting of objects and arrays.
  /// - Throws: `JSONFault`, with the offset of what is wrong.
  public init(parsing text: Span<UInt8>, maxDepth: Int) throws(JSONFault) {
    let start = text.skippingJSONSpace(from: 0)
    var depth = 0
    let slice = try text.scanValue(at: start, grammar: .strict, deepest: &depth)
    let end = text.skippingJSONSpace(from: slice.behind)
    guard end == text.count else { throw text.fault(at: end) }
    self = try Self(slice, of: text, maxDepth: maxDepth)
  }

  private init(_ slice: JSONSlice, of text: Span<UInt8>, maxDepth: Int) throws(JSONFault) {
    offset = slice.isString ? slice.start - 1 : slice.start
    if slice.shape == .object || slice.shape == .array, maxDepth == 0 {
      throw JSONFault(offset: offset, problem: .nestedTooDeeply)
    }
    content =
      switch slice.shape {
      case .absent, .null: .null
      case .boolean: .boolean(text.byte(slice.start) == UInt8(ascii: "t"))
      case .integer, .decimal: .number(text.string(slice))
      case .blank, .string: .string(try text.checkedString(slice))
      case .array: .array(try Self.elements(of: slice, text, maxDepth: maxDepth - 1))
      case .object: .object(try Self.members(of: slice, text, maxDepth: maxDepth - 1))
      }
  }

  private static func elements(
    of slice: JSONSlice, _ text: Span<UInt8>, maxDepth: Int
  ) throws(JSONFault) -> [JSONNode] {
    var elements: [JSONNode] = []
    var offset = text.skippingJSONSpace(from: slice.start + 1)
    while offset < slice.end - 1 {
      let element = try text.value(at: offset, grammar: .strict)
      elements.append(try JSONNode(element, of: text, maxDepth: maxDepth))
      offset = text.skippingSeparator(from: element.behind)
    }
    return elements
  }

  private static func members(of slice: JSONSlice, _ text: Span<UInt8>, maxDepth: Int) throws(JSONFault) -> [Member] {
    var members: [Member] = []
    var offset = text.skippingJSONSpace(from: slice.start + 1)
    while offset < slice.end - 1 {
      let name = try text.value(at: offset, grammar: .strict)
      let value = try text.value(at: text.skippingSeparator(from: name.behind), grammar: .strict)
      members.append(
        Member(
          name: try text.checkedString(name), offset: offset,
          value: try JSONNode(value, of: text, maxDepth: maxDepth)))
      offset = text.skippingSeparator(from: value.behind)
    }
    return members
  }
}

extension Span where Element == UInt8 {
  /// The offset after a comma or colon that the scanner has found to be there, and the white space around it.
  fileprivate func skippingSeparator(from offset: Int) -> Int {
    skippingJSONSpace(from: skippingJSONSpace(from: offset) + 1)
  }

  /// The text of a string, its escapes resolved.
  fileprivate func checkedString(_ slice: JSONSlice) throws(JSONFault) -> String {
    var bytes: [UInt8] = []
    guard appendText(from: slice.start, to: slice.end, to: &bytes) != .loneSurrogate else {
      throw JSONFault(offset: slice.start - 1, problem: .loneSurrogate)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
