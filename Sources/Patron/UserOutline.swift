/// A user as Alma's schema has it: a list of the outline's parts, in the order in which they are written.
///
/// It has no text: that stays in the `Person`.
public struct AlmaUser: ~Copyable, Sendable {
  /// A step of a part, which names its tag by number, and the slot that has the text.
  public enum Step: Sendable, Equatable {
    /// Opens an element that contains other elements.
    case open(tag: UInt16)
    /// Closes that element.
    case close(tag: UInt16)
    /// An element that contains the text of a field only; it is left out if the person has no text there.
    case text(tag: UInt16, Slot)
    /// The same, with the text in its attribute `desc` too.
    case describedText(tag: UInt16, Slot)
    /// An element with the same text for everyone: the tag's `content`.
    case constant(tag: UInt16)
  }

  /// The numbers of the parts.
  var parts: ReusedList<UInt16>
  /// The numbers of the entries of lists that the parts are of, in the plan.
  var entries: ReusedList<UInt16>

  /// Creates a user without parts, for `Mapping.map` to fill.
  public init() { self.init(maxParts: 0, maxEntries: 0) }

  init(maxParts: Int, maxEntries: Int) {
    parts = ReusedList(capacity: maxParts)
    entries = ReusedList(capacity: maxEntries)
  }

  /// Lends the numbers of the parts.
  @inlinable
  public func withParts<Result>(_ body: (Span<UInt16>) -> Result) -> Result {
    // The memory lives as long as the user.
    body(unsafe Span(_unsafeElements: partBuffer))
  }

  @usableFromInline var partBuffer: UnsafeBufferPointer<UInt16> { unsafe parts.buffer }
}

/// The parts that a profile's users consist of. A part is the same for everyone, except for the texts in it.
public struct UserOutline: Sendable {
  /// The tags, which steps name by number.
  public private(set) var tags: [Tag] = []
  /// The parts, which users name by number.
  public private(set) var parts: [[AlmaUser.Step]] = []

  init() {}

  /// The steps of a person's user, without elements whose text would be blank: an empty element could delete a value in
  /// Alma.
  public func steps(of user: borrowing AlmaUser, _ person: borrowing Person) -> [AlmaUser.Step] {
    var steps: [AlmaUser.Step] = []
    for index in user.parts.indices {
      for step in parts[Int(user.parts[index])] {
        switch step {
        case .text(_, let slot) where person.isBlank(slot), .describedText(_, let slot) where person.isBlank(slot):
          continue
        default: steps.append(step)
        }
      }
    }
    return steps
  }

  mutating func add(_ tag: Tag) -> UInt16 {
    if let number = tags.firstIndex(of: tag) { return UInt16(number) }
    tags.append(tag)
    return UInt16(tags.count - 1)
  }

  mutating func add(_ part: [AlmaUser.Step]) -> UInt16 {
    parts.append(part)
    return UInt16(parts.count - 1)
  }
}

/// An element of the user schema, with its fixed attributes.
public struct Tag: Sendable, Equatable {
  /// The element's name.
  public let name: String
  /// The attributes that the element always has.
  public let attributes: [(name: String, value: String)]
  /// The text of an element that has the same text for everyone, else nil.
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
