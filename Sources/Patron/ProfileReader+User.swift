import Calendar

/// The user, and its lists.
extension ProfileReader {
  mutating func readUser(_ item: Item) throws(ProfileFault) -> ([String: Value], [String: [Entry]]) {
    let known = UserMember.members.map(\.name)
    let members = try item.members(known, in: self)
    var elements: [String: Value] = [:]
    var lists: [String: [Entry]] = [:]
    for member in members.all {
      switch UserMember.members.first(where: { $0.name == member.name }) {
      case .element(let element): elements[member.name] = try readElement(member.item, element)
      case .list(let list): lists[member.name] = try readList(member.item, list)
      case .container, nil: break
      }
    }
    guard let primary = elements["primary_id"] else {
      throw fault(item.place, "“primary_id” is missing", "the identifier of the user")
    }
    if primary.texts.allSatisfy({ $0.0.constant != nil }), let place = primary.texts.first?.1 {
      throw fault(place, "a primary_id that is the same for everybody", "a text with a placeholder")
    }
    return (elements, lists)
  }

  /// Reads the value of an element, and checks the texts that are the same for every person.
  private mutating func readElement(_ item: Item, _ element: UserElement) throws(ProfileFault) -> Value {
    let value = try readValue(item, of: element)
    for (text, place) in value.texts {
      guard let constant = text.constant, !constant.isEmpty else { continue }
      try checkLength(constant, element.maxLength, place)
      switch element.content {
      case .date where Day(constant) == nil:
        throw fault(place, "“\(constant)” as a day", "a day of the calendar, YYYY-MM-DD")
      case .flag where !["true", "false"].contains(constant), .attribute where !["true", "false"].contains(constant):
        throw fault(place, "“\(constant)” as “\(element.name)”", "“true” or “false”")
      default: break
      }
    }
    if element.isRequired, value.texts.allSatisfy({ $0.0.constant == "" }) {
      throw fault(item.place, "“\(element.name)” is blank for everybody", "a text")
    }
    return value
  }

  private mutating func readList(_ item: Item, _ list: UserList) throws(ProfileFault) -> [Entry] {
    let expected = "an entry or a list of entries"
    var entries: [Entry] = []
    // A list without brackets around it would be the alternatives of a plain entry.
    for element in try item.elementsOrSelf(expecting: expected, in: self) {
      if element.child("first") != nil {
        entries.append(try readGroup(element, list))
      } else {
        entries.append(.single(try readEntry(element, list)))
      }
    }
    return entries
  }

  private mutating func readGroup(_ item: Item, _ list: UserList) throws(ProfileFault) -> Entry {
    let members = try item.members(["first", "when"], in: self)
    guard let first = members["first"] else { throw fault(item, expecting: "“first”") }
    let items = try first.elements(expecting: "a list of entries", in: self)
    if items.count < 2 { throw fault(first.place, "“first” of one entry", "two or more entries") }
    var entries: [Entry.Single] = []
    for item in items { entries.append(try readEntry(item, list)) }
    let condition = try members["when"].map { (item) throws(ProfileFault) in try readCondition(item) }
    return .first(entries, when: condition)
  }

  private mutating func readEntry(_ item: Item, _ list: UserList) throws(ProfileFault) -> Entry.Single {
    if list.isPlain, let key = list.children.first, !item.isObject || item.child(key.name) == nil {
      return Entry.Single(
        children: [key.name: [try readElement(item, key)]], condition: nil, place: item.place)
    }
    let members = try item.members(["when"] + list.children.map(\.name), in: self)
    var children: [String: [Value]] = [:]
    var condition: Condition?
    for member in members.all {
      guard let child = list.children.first(where: { $0.name == member.name }) else {
        condition = try readCondition(member.item)
        continue
      }
      if case .types = child.content {
        var values: [Value] = []
        for type in try member.item.elementsOrSelf(expecting: "a type or a list of types", in: self) {
          values.append(try readElement(type, child))
        }
        children[child.name] = values
      } else {
        children[child.name] = [try readElement(member.item, child)]
      }
    }
    for child in list.children where child.isRequired && children[child.name] == nil {
      throw fault(item.place, "an entry of “\(list.name)” without “\(child.name)”", "“\(child.name)”")
    }
    return Entry.Single(children: children, condition: condition, place: item.place)
  }
}
