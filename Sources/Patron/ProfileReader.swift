import JSONText

extension Profile {
  /// The maximum size of a document, in bytes.
  package static let maxBytes = 1 << 20
  /// The maximum nesting of objects and lists in a document.
  static let maxDepth = 64
  /// The maximum number of fields and names.
  static let maxFields = 4096

  /// Reads a profile.
  /// - Throws: the first fault found; a profile that can be read has none.
  package init(document: [UInt8]) throws(ProfileFault) {
    var reader = ProfileReader(document)
    self = try reader.read()
  }
}

/// Reads the document of a profile into its typed form, and finds its faults.
struct ProfileReader {
  let bytes: [UInt8]
  /// The names of `set` and the tables, with their places, known before any text is read.
  var namePlaces: [String: Place] = [:]
  var tables: [String: Profile.Table] = [:]
  var tablePlaces: [String: Place] = [:]
  /// What is used by the placeholders, conditions and filters that have been read.
  var usedFields: Set<String> = []
  var usedNames: Set<String> = []
  var usedTables: Set<String> = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func read() throws(ProfileFault) -> Profile {
    let members = try root().members(Self.rootMembers, in: self, ignoring: ["$schema"])
    try readVersion(members)
    if let set = members["set"] { namePlaces = try declaredNames(set) }
    if let tables = members["tables"] { try readTables(tables) }
    let name = try members["name"].map { (item) throws(ProfileFault) in try readName(item) }
    let names = try readNames(members["set"])
    let checks = try readChecks(members["checks"])
    let verdicts = try readVerdicts(members["rules"])
    guard let userItem = members["user"] else {
      throw fault(Place(offset: rootOffset, pointer: ""), "“user” is missing", "an object with the elements of a user")
    }
    let (elements, lists) = try readUser(userItem)
    let identify = try members["identify"]?.members(["emplid", "campus_id"], in: self)
    let emplid = try identify?["emplid"].map { (item) throws(ProfileFault) in try readValue(item) }
    let campusID = try identify?["campus_id"].map { (item) throws(ProfileFault) in try readValue(item) }
    let profile = Profile(
      name: name, emplid: emplid, campusID: campusID, optional: try readOptional(members["optional"]), names: names,
      tables: tables, checks: checks, verdicts: verdicts, elements: elements, lists: lists)
    try findUnused()
    try findCircles(profile)
    guard usedFields.count + namePlaces.count <= Profile.maxFields else {
      throw fault(
        Place(offset: rootOffset, pointer: ""), "\(usedFields.count + namePlaces.count) fields and names",
        "at most \(Profile.maxFields)")
    }
    try findUnknownFields(members, checks)
    return profile
  }

  private static let rootMembers = [
    "profile", "name", "identify", "optional", "set", "tables", "checks", "rules", "user",
  ]

  /// A byte order mark, which some editors write, is skipped.
  private var rootOffset: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  private func root() throws(ProfileFault) -> Item {
    guard bytes.count <= Profile.maxBytes else {
      throw fault(
        Place(offset: 0, pointer: ""), "\(bytes.count) bytes", "at most \(Profile.maxBytes)")
    }
    let text = bytes.span.extracting(rootOffset..<bytes.count)
    do {
      return Item(try JSONNode(parsing: text, maxDepth: Profile.maxDepth), base: rootOffset)
    } catch {
      throw fault(
        Place(offset: rootOffset + error.offset, pointer: ""), "\(error.problem)",
        error.problem == .nestedTooDeeply
          ? "at most \(Profile.maxDepth) objects and lists in each other" : "a JSON document in UTF-8")
    }
  }

  private func readVersion(_ members: Members) throws(ProfileFault) {
    guard let item = members["profile"] else {
      throw fault(Place(offset: rootOffset, pointer: ""), "“profile” is missing", "the version of the language, 1")
    }
    guard case .number(let number) = item.node.content else { throw fault(item, expecting: "the number 1") }
    if number != "1" { throw fault(item.place, "version \(number)", "1, the version that this program reads") }
  }

  private func readName(_ item: Item) throws(ProfileFault) -> String {
    let name = try string(item, expecting: "a name for messages")
    let isValid = !name.isEmpty && name.utf8.allSatisfy(Self.isNameByte)
    if !isValid { throw fault(item.place, "“\(name)” as a name", "letters, digits, “.”, “_” and “-” only") }
    return name
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private func readOptional(_ item: Item?) throws(ProfileFault) -> Set<String> {
    guard let item else { return [] }
    var fields: Set<String> = []
    for element in try item.elements(expecting: "a list of fields", in: self) {
      let field = try string(element, expecting: "a field")
      if !usedFields.contains(field) { throw unknownField(field, element.place) }
      if !fields.insert(field).inserted { throw fault(element.place, "“\(field)” is given twice", "each field once") }
    }
    return fields
  }

  /// The `field` of a check must be one that the profile reads, which is known only when all of it has been read.
  private func findUnknownFields(_ members: Members, _ checks: [Profile.Check]) throws(ProfileFault) {
    guard let items = try members["checks"]?.elements(expecting: "a list of checks", in: self) else { return }
    for (check, item) in zip(checks, items) {
      guard let field = check.field, !usedFields.contains(field) else { continue }
      throw unknownField(field, item.child("field")?.place ?? item.place)
    }
  }

  private func unknownField(_ field: String, _ place: Place) -> ProfileFault {
    fault(place, "“\(field)”, which no placeholder and no condition has", "a field that the profile uses")
  }

  private func findUnused() throws(ProfileFault) {
    let unused =
      namePlaces.filter { !usedNames.contains($0.key) }.map { ("$\($0.key)", $0.value) }
      + tablePlaces.filter { !usedTables.contains($0.key) }.map { ("the table “\($0.key)”", $0.value) }
    if let (name, place) = unused.min(by: { $0.1.offset < $1.1.offset }) {
      throw fault(place, "nothing uses \(name)", "a name or table that is used; else leave it out")
    }
  }

  private func findCircles(_ profile: Profile) throws(ProfileFault) {
    let values = Dictionary(uniqueKeysWithValues: profile.names)
    var finished: Set<String> = []
    for (name, value) in profile.names {
      var path: [String] = []
      if let circle = Self.circle(from: name, value, values, &path, &finished), let place = namePlaces[circle[0]] {
        let names = (circle + circle.prefix(1)).map { "$\($0)" }.joined(separator: ", which needs ")
        throw fault(place, "\(names)", "a name that does not need itself")
      }
    }
  }

  /// The names of a cycle, in which each name uses the next and the last one uses the first.
  private static func circle(
    from name: String, _ value: Value, _ values: [String: Value], _ path: inout [String], _ finished: inout Set<String>
  ) -> [String]? {
    if finished.contains(name) { return nil }
    if let start = path.firstIndex(of: name) { return Array(path[start...]) }
    path.append(name)
    for case .name(let other) in value.sources {
      if let next = values[other], let circle = circle(from: other, next, values, &path, &finished) { return circle }
    }
    path.removeLast()
    finished.insert(name)
    return nil
  }
}

extension ProfileReader {
  func fault(_ place: Place, _ problem: String, _ expected: String) -> ProfileFault {
    let before = bytes[..<min(place.offset, bytes.count)]
    let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? rootOffset
    let column = before[min(start, before.endIndex)...].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    return ProfileFault(
      line: line, column: column, pointer: place.pointer,
      problem: problem + (expected.isEmpty ? "" : "; expected: \(expected)"))
  }

  /// The fault of a value of the wrong type.
  func fault(_ item: Item, expecting expected: String) -> ProfileFault { fault(item.place, item.kind, expected) }

  func string(_ item: Item, expecting expected: String) throws(ProfileFault) -> String {
    guard case .string(let text) = item.node.content else { throw fault(item, expecting: expected) }
    return text
  }

  /// A text without placeholders that is not blank; braces in it are written once.
  func plainText(_ item: Item, expecting expected: String) throws(ProfileFault) -> String {
    let text = try string(item, expecting: expected).trimmed
    if text.isEmpty { throw fault(item.place, "a blank text", expected) }
    try refuseIllegal(text, item.place)
    return text
  }

  /// A character that XML forbids must not come from the profile.
  func refuseIllegal(_ text: String, _ place: Place) throws(ProfileFault) {
    if let scalar = text.unicodeScalars.first(where: IllegalCharacter.matches) {
      throw fault(
        place, "U+\(String(scalar.value, radix: 16, uppercase: true)) in a text", "characters that XML allows")
    }
  }
}
