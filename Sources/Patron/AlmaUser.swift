/// A user as Alma's schema has it, taken apart into the steps in which it is written.
///
/// A step names its tag and the field whose text goes in; the texts stay with the person.
public struct AlmaUser: Sendable {
  public enum Step: Sendable, Equatable {
    /// An element with other elements in it begins.
    case open(tag: UInt16)
    /// That element ends.
    case close(tag: UInt16)
    /// An element with nothing but the text of a field.
    case text(tag: UInt16, Field)
    /// The same, and the text stands in its attribute `desc` too.
    case describedText(tag: UInt16, Field)
    /// An element whose text is the same for everybody: the tag's `content`.
    case constant(tag: UInt16)
  }

  public internal(set) var steps: [Step] = []

  public init() {}

  mutating func append(_ step: Step) { steps.append(step) }

  /// Appends an element with the text of a field, where the person has one: an empty element could delete what Alma has.
  mutating func appendText(_ field: Field, tag: UInt16, of person: borrowing Person) {
    if !person.isBlank(field) { steps.append(.text(tag: tag, field)) }
  }
}

/// An element of the user schema, with the attributes that it always has here.
public struct Tag: Sendable, Equatable {
  public let name: String
  public let attributes: [(name: String, value: String)]
  /// The text of an element that has the same for everybody.
  public let content: String?

  init(_ name: String, _ attributes: [(name: String, value: String)] = [], content: String? = nil) {
    self.name = name
    self.attributes = attributes
    self.content = content
  }

  public static func == (left: Tag, right: Tag) -> Bool {
    left.name == right.name && left.content == right.content
      && left.attributes.elementsEqual(right.attributes) { $0 == $1 }
  }
}

extension Person {
  /// Lends all texts at once; `range(of:)` tells where each stands.
  @inlinable
  public func withTexts<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(text.span)
  }

  /// Where the text of a field stands among all.
  @inlinable
  public func range(of field: Field) -> Range<Int> {
    let value = values[field.index]
    return value.start..<value.start &+ value.count
  }
}
