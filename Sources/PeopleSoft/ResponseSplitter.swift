import HTTPS
import JSONText

/// Splits a response of the API store into people while it arrives.
///
/// A response is `[…]`, `{"records":X}` or `{"records":{"record":X}}`, where X is a list of people or one person. If
/// there are no people, X is null, blank text, `{}`, `[]` or `{"@nil":"true"}`. Other members are skipped, unless one
/// is a `PageSign`.
package struct ResponseSplitter: ~Copyable {
  /// The maximum length of a person, and of any other member or element, in bytes.
  package static let maxValueLength = 16 << 20

  /// The number of people found so far.
  package private(set) var people = 0
  /// Whether the list of people has begun, so that this is not an error message of the gateway.
  package private(set) var hasBegun = false

  private var reader: ResponseReader
  private var place = Place.start
  private var hasRecords = false
  private var firstMember: String?
  /// The signs in members before the people, by the depth of their object, until the people are found.
  private var signs: [Int: EnvelopeFault] = [:]
  /// A member beside `records` that is a list of objects.
  private var otherList: String?

  /// What the next token belongs to.
  private enum Place {
    case start
    /// The response's object, or the one under `records`.
    case object
    case value(Member)
    /// The list of people.
    case list
    case end
  }

  private enum Member {
    case people, fault, other(String)
  }

  /// Creates a splitter. The parameters are smaller in tests.
  /// - Parameter bufferSize: in bytes. The buffer grows up to the longest value.
  package init(bufferSize: Int = 256 << 10, maxValueLength: Int = Self.maxValueLength) {
    reader = ResponseReader(bufferSize: bufferSize, maxValueLength: maxValueLength)
  }

  /// Lends memory for the next bytes of the response, so that a file is read into the place where it is split.
  /// - Parameter write: writes to the beginning of the memory, and returns the number of bytes.
  /// - Returns: that number.
  package mutating func fill(
    atLeast room: Int = 1, _ write: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> Int {
    try unsafe reader.fill(atLeast: room, write)
  }

  /// Adds a copy of bytes of the response.
  package mutating func append(_ piece: Span<UInt8>) {
    _ = unsafe fill(atLeast: piece.count) { room in
      // The room is for the whole piece.
      unsafe piece.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
      return piece.count
    }
  }

  /// Lends the people that are complete, one at a time.
  /// - Throws: an `EnvelopeFault`, or what `emit` throws.
  package mutating func split(_ emit: (Span<UInt8>) throws -> Void) throws {
    while try step(emit) {}
  }

  /// Throws an `EnvelopeFault` if the response is incomplete.
  package mutating func finish() throws(EnvelopeFault) {
    switch place {
    case .end: return
    case .start where reader.isEmpty: throw .empty
    case .start, .object, .value, .list: throw .endsEarly(offset: reader.length)
    }
  }

  /// Reads one token, or one value.
  /// - Returns: false if more bytes are needed.
  private mutating func step(_ emit: (Span<UInt8>) throws -> Void) throws -> Bool {
    guard let byte = try reader.peek() else { return false }
    switch place {
    case .start: return try open(byte)
    case .object: return byte == UInt8(ascii: "}") ? try close(emit) : try takeName()
    case .value(.people): return try takePeople(byte, emit)
    case .value(let member): return try skip(member)
    case .list where byte == UInt8(ascii: "]"):
      _ = try reader.next()
      place = reader.isAtEnd ? .end : .object
    case .list:
      guard let range = try reader.value() else { return false }
      try lend(range, emit)
    case .end: return false
    }
    return true
  }

  /// Reads what is needed to know the form of the response.
  private mutating func open(_ byte: UInt8) throws -> Bool {
    switch byte {
    case UInt8(ascii: "["): try beginList()
    case UInt8(ascii: "{"):
      _ = try reader.next()
      place = .object
    case 0xEF where reader.place == 0 && reader.length < 3: return false
    case 0xEF where reader.skipByteOrderMark(): break
    default: throw notPeople(byte, at: reader.place)
    }
    return true
  }

  private mutating func beginList() throws {
    _ = try reader.next()
    hasBegun = true
    place = .list
  }

  /// Reads the value of `records` or `record`.
  private mutating func takePeople(_ byte: UInt8, _ emit: (Span<UInt8>) throws -> Void) throws -> Bool {
    switch byte {
    case UInt8(ascii: "["): try beginList()
    case UInt8(ascii: "{") where reader.depth == 1:
      // It can be one person, or the object around `record`.
      reader.hold()
      _ = try reader.next()
      place = .object
    default:
      guard let range = try reader.value() else { return false }
      switch byte {
      case UInt8(ascii: "{"): if !isNoPerson(range) { try lend(range, emit) }
      case UInt8(ascii: "n"): break
      case UInt8(ascii: "\"") where reader.isBlankString(range): break
      default: throw notPeople(byte, at: reader.place(of: range))
      }
      hasBegun = true
      place = .object
    }
    return true
  }

  private mutating func takeName() throws -> Bool {
    guard case .name(let slice)? = try reader.next() else { return false }
    let name = reader.string(slice)
    let offset = reader.place(of: slice)
    firstMember = firstMember ?? name
    switch (reader.depth, name) {
    case (1, "records"):
      if hasRecords { throw EnvelopeFault.repeated(member: name, offset: offset) }
      hasRecords = true
      place = .value(.people)
    case (2, "record"):
      if !reader.isHolding { throw EnvelopeFault.repeated(member: name, offset: offset) }
      reader.release()
      place = .value(.people)
    default: place = .value((reader.depth, name) == (1, "fault") ? .fault : .other(name))
    }
    if case .value(.people) = place, let sign = signs[reader.depth] { throw sign }
    return true
  }

  /// Skips a member beside the people, unless it means that more pages follow or that something failed.
  private mutating func skip(_ member: Member) throws -> Bool {
    guard let range = try reader.value() else { return false }
    let offset = reader.place(of: range)
    switch member {
    case .people: break
    case .fault where PageSign.find("fault", value(range)) != nil:
      throw people == 0
        ? EnvelopeFault.notPeople(seen: "a fault", offset: offset) : .failure(member: "fault", offset: offset)
    case .fault: break
    case .other(let name):
      if reader.depth == 1, otherList == nil, reader.isListOfObjects(range) { otherList = name }
      guard PageSign.canBe(name), let found = PageSign.find(name, value(range)) else { break }
      let fault: EnvelopeFault =
        found.sign == .morePages
        ? .morePages(member: found.member, offset: offset) : .failure(member: found.member, offset: offset)
      // An object under `records` can still be a person, whose members say nothing about the response.
      if reader.depth == 1 ? hasRecords : !reader.isHolding { throw fault }
      signs[reader.depth] = signs[reader.depth] ?? fault
    }
    place = .object
    return true
  }

  /// Reads the brace that closes an object around people, or an object that is itself a person.
  private mutating func close(_ emit: (Span<UInt8>) throws -> Void) throws -> Bool {
    let offset = reader.place
    let depth = reader.depth
    if depth == 1, !hasRecords {
      let seen = firstMember.map { "an object without \"records\", whose first member is \($0.quotedName)," }
      throw EnvelopeFault.notPeople(seen: seen ?? "an empty object", offset: offset)
    }
    if depth == 1, people == 0, let otherList, !PageSign.containers.contains(otherList) {
      // People under another name must not look like a day without changes.
      throw EnvelopeFault.notPeople(seen: "no people, and a list \(otherList.quotedName) beside them,", offset: offset)
    }
    _ = try reader.next()
    if let range = try reader.heldObject(), !isNoPerson(range) { try lend(range, emit) }
    hasBegun = true
    signs[depth] = nil
    place = reader.isAtEnd ? .end : .object
    return true
  }

  /// Lends a person that the scanner has just read.
  private mutating func lend(_ range: Range<Int>, _ emit: (Span<UInt8>) throws -> Void) throws {
    if reader.hasKind(range) { throw EnvelopeFault.kind(offset: reader.place(of: range)) }
    try reader.withLine(range, emit)
    people += 1
  }
}

extension ResponseSplitter {
  /// Whether an object is empty, or null as WSO2 writes it.
  private func isNoPerson(_ range: Range<Int>) -> Bool {
    // Null as WSO2 writes it is short, so a longer object is not parsed.
    reader.isEmptyObject(range) || (range.count < 256 && reader.tree(range)?.isNull == true)
  }

  /// The value of a member; one that is not UTF-8 is a text that is not blank.
  private func value(_ range: Range<Int>) -> JSONValue { reader.tree(range) ?? .string("?") }

  private func notPeople(_ byte: UInt8, at offset: Int) -> EnvelopeFault {
    let seen =
      switch byte {
      case UInt8(ascii: "\""): "a text"
      case UInt8(ascii: "n"): "null"
      case UInt8(ascii: "t"), UInt8(ascii: "f"): "true or false"
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): "a number"
      case UInt8(ascii: "<"): "HTML or XML"
      case 0x00, 0xFE, 0xFF: "text that is not UTF-8, perhaps UTF-16,"
      case 0x1F: "no JSON, but perhaps compressed data,"
      default: "text that is not JSON"
      }
    return .notPeople(seen: seen, offset: offset)
  }
}
