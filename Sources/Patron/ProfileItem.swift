import JSONText

/// A value of a profile's document, with its place.
struct Item {
  let node: JSONNode
  let place: Place
  private let base: Int

  /// - Parameter base: the offset of the JSON text in the document.
  init(_ node: JSONNode, base: Int, pointer: String = "") {
    self.node = node
    self.base = base
    place = Place(offset: base + node.offset, pointer: pointer)
  }

  /// What the value is, for messages.
  var kind: String {
    switch node.content {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .number(let number): "the number \(number)"
    case .string: "a text"
    case .array(let elements): elements.isEmpty ? "an empty list" : "a list"
    case .object: "an object"
    }
  }

  var isString: Bool { if case .string = node.content { true } else { false } }
  var isArray: Bool { if case .array = node.content { true } else { false } }
  var isObject: Bool { if case .object = node.content { true } else { false } }

  /// The elements of a list, which must have some.
  func elements(expecting expected: String, in reader: ProfileReader) throws(ProfileFault) -> [Item] {
    guard case .array(let elements) = node.content, !elements.isEmpty else {
      throw reader.fault(self, expecting: expected)
    }
    return elements.enumerated().map { Item($1, base: base, pointer: "\(place.pointer)/\($0)") }
  }

  /// The elements of a list, or the value itself if it is no list.
  func elementsOrSelf(expecting expected: String, in reader: ProfileReader) throws(ProfileFault) -> [Item] {
    isArray ? try elements(expecting: expected, in: reader) : [self]
  }

  /// A member of an object, found without checks.
  func child(_ name: String) -> Item? {
    guard case .object(let members) = node.content, let member = members.first(where: { $0.name == name }) else {
      return nil
    }
    return Item(member.value, base: base, pointer: pointer(to: name))
  }

  private func pointer(to name: String) -> String {
    let escaped = name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
      .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    return "\(place.pointer)/\(escaped)"
  }

  /// The members of an object, in their order, without comments.
  /// - Parameters:
  ///   - known: the names that it may have; nil for any.
  ///   - ignored: names that are allowed and ignored.
  func members(
    _ known: [String]?, in reader: ProfileReader, ignoring ignored: [String] = []
  ) throws(ProfileFault) -> Members {
    guard case .object(let nodes) = node.content else {
      throw reader.fault(
        self, expecting: known.map { "an object with \($0.quotedList)" } ?? "an object")
    }
    var members = Members()
    var names: Set<String> = []
    for member in nodes {
      let place = Place(offset: base + member.offset, pointer: pointer(to: member.name))
      guard names.insert(member.name).inserted else {
        throw reader.fault(place, "“\(member.name)” is given twice", "each member once")
      }
      let item = Item(member.value, base: base, pointer: place.pointer)
      if member.name == "#" {
        try item.checkComment(in: reader)
      } else if !ignored.contains(member.name) {
        if let known, !known.contains(member.name) { throw reader.unknownMember(member.name, place, known) }
        members.all.append(Members.Member(name: member.name, place: place, item: item))
      }
    }
    return members
  }

  private func checkComment(in reader: ProfileReader) throws(ProfileFault) {
    for line in try elementsOrSelf(expecting: "a comment: a text or a list of texts", in: reader) {
      _ = try reader.string(line, expecting: "a comment: a text or a list of texts")
    }
  }
}

/// The members of an object, in their order.
struct Members {
  struct Member {
    let name: String
    /// The place of the name.
    let place: Place
    let item: Item
  }

  var all: [Member] = []

  subscript(name: String) -> Item? { all.first { $0.name == name }?.item }
}

extension ProfileReader {
  fileprivate func unknownMember(_ name: String, _ place: Place, _ known: [String]) -> ProfileFault {
    if UserMember.unread.contains(name), !known.contains("profile") {
      return fault(place, "“\(name)”: Alma's SIS load does not read it", "leave it out")
    }
    if UserMember.automatic.contains(name), known.contains(where: { $0 != "profile" }) {
      return fault(place, "“\(name)”, which patron-to-xml writes by itself", "leave it out")
    }
    return fault(place, "unknown member “\(name)”", known.quotedList)
  }
}

extension [String] {
  /// The texts in quotation marks, with commas.
  var quotedList: String { map { "“\($0)”" }.joined(separator: ", ") }
}
