/// What a profile's users are put together from: parts, each the same for everybody but for the texts in it.
public struct UserOutline: Sendable {
  /// The tags that steps name by number.
  public private(set) var tags: [Tag] = []
  /// The parts that users name by number.
  public private(set) var parts: [[AlmaUser.Step]] = []

  init() {}

  /// The steps of a person's user. An element whose text would be blank is left out: it could delete what Alma has.
  public func steps(of user: borrowing AlmaUser, _ person: borrowing Person) -> [AlmaUser.Step] {
    var steps: [AlmaUser.Step] = []
    for part in user.parts {
      for step in parts[Int(part)] {
        switch step {
        case .text(_, let field) where person.isBlank(field), .describedText(_, let field) where person.isBlank(field):
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
