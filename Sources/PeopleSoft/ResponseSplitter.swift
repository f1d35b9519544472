import JSONText

/// Takes the people out of a response of the API store while it arrives, each as soon as it is whole.
///
/// A response is `[…]`, `{"records":X}` or `{"records":{"record":X}}`, where X is a list of people, one person, or nobody: null,
/// blank text, `{}` or `[]`. Other members beside these are passed over.
public struct ResponseSplitter: ~Copyable {
  /// The longest value that is waited for, in bytes.
  public static let longestValue = 16 << 20

  /// The people handed on so far.
  public private(set) var people = 0
  /// Where people are due is known by now: this is no fault.
  public private(set) var hasBegun = false

  private let longestValue: Int
  private var buffer: ResponseBuffer
  private var scanner = ObjectScanner(members: ["kind"], grammar: .anyBytes)
  private var place = Place.start
  /// How many objects are open around the people: the response's own, and the one under `records`.
  private var level = 0
  private var hasRecords = false
  /// Where the object under `records` begins, while it may be a person as well as a wrapper.
  private var undecided: Int?
  private var firstMember: String?
  /// A member beside `records` that is none of the forms' own.
  private var stranger: String?
  private var partial: PartialValue?

  private enum Place {
    case start, end
    case key(isFirst: Bool)
    case colon(Member)
    case value(Member)
    case afterValue
    case element(isFirst: Bool)
    case afterElement
  }

  private enum Member {
    case people, fault, other
  }

  public init(bufferSize: Int = 256 << 10, longestValue: Int = Self.longestValue) {
    buffer = ResponseBuffer(size: bufferSize)
    self.longestValue = longestValue
  }

  /// Reads bytes of the response.
  /// - Parameter read: fills what it is lent from the front, and tells how far.
  /// - Returns: how many bytes have come.
  public mutating func fill(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Int {
    defer { undecided = undecided.map { _ in 0 } }
    return try unsafe buffer.fill(keepingFrom: undecided ?? buffer.offset, read)
  }

  /// Takes bytes of the response.
  public mutating func append(_ piece: Span<UInt8>) {
    buffer.append(piece, keepingFrom: undecided ?? buffer.offset)
    undecided = undecided.map { _ in 0 }
  }

  /// Hands on the people that are whole by now.
  /// - Throws: an `EnvelopeFault`, or what `emit` throws.
  public mutating func split(_ emit: (Span<UInt8>) throws -> Void) throws {
    while try step(emit) {}
  }

  /// Makes sure that the response was whole.
  public mutating func finish() throws(EnvelopeFault) {
    switch place {
    case .end: return
    case .start where buffer.skipSpace() == nil: throw .empty
    case .start, .key, .colon, .value, .afterValue, .element, .afterElement:
      // What is left is no whole value: the scanner knows why.
      if partial != nil {
        var end = buffer.end
        do { end = try scan(from: buffer.offset) } catch { throw fault(error) }
        // As `01` is, which begins with a number.
        if end < buffer.end { throw fault(JSONFault(offset: end, problem: .unexpectedByte(buffer.bytes[end]))) }
      }
      throw .endsEarly(offset: buffer.place(of: buffer.end))
    }
  }

  /// Takes one token, or one value.
  /// - Returns: false where more bytes are needed.
  private mutating func step(_ emit: (Span<UInt8>) throws -> Void) throws -> Bool {
    guard let byte = buffer.skipSpace() else { return false }
    switch (place, byte) {
    case (.start, _): return try open(byte)
    case (.element(isFirst: true), UInt8(ascii: "]")), (.afterElement, UInt8(ascii: "]")):
      buffer.offset += 1
      place = level == 0 ? .end : .afterValue
    case (.element, _): return try takeElement(emit)
    case (.afterElement, UInt8(ascii: ",")): pass(to: .element(isFirst: false))
    case (.key(isFirst: true), UInt8(ascii: "}")), (.afterValue, UInt8(ascii: "}")): try close(emit)
    case (.key, UInt8(ascii: "\"")): return try takeKey()
    case (.colon(let member), UInt8(ascii: ":")): pass(to: .value(member))
    case (.value(.people), _): return try takePeople(byte, emit)
    case (.value(let member), _): return try passOver(member)
    case (.afterValue, UInt8(ascii: ",")): pass(to: .key(isFirst: false))
    case (.end, _): throw EnvelopeFault.trailing(offset: here)
    case (.afterElement, _), (.key, _), (.colon, _), (.afterValue, _):
      throw EnvelopeFault.notJSON(JSONFault(offset: here, problem: .unexpectedByte(byte)))
    }
    return true
  }

  private var here: Int { buffer.place(of: buffer.offset) }

  private mutating func pass(to next: Place) {
    buffer.offset += 1
    place = next
  }

  private mutating func open(_ byte: UInt8) throws -> Bool {
    switch byte {
    case UInt8(ascii: "["): begin(.element(isFirst: true))
    case UInt8(ascii: "{"):
      level = 1
      pass(to: .key(isFirst: true))
    case 0xEF where here == 0:
      // A byte order mark, which RFC 8259 lets readers pass over.
      guard buffer.end >= 3 else { return false }
      guard buffer.bytes[1] == 0xBB, buffer.bytes[2] == 0xBF else { fallthrough }
      buffer.offset = 3
    default: throw notPeople(byte)
    }
    return true
  }

  private mutating func begin(_ next: Place) {
    hasBegun = true
    pass(to: next)
  }

  private mutating func takeElement(_ emit: (Span<UInt8>) throws -> Void) throws -> Bool {
    guard let end = try wholeValue() else { return false }
    try hand(on: buffer.offset, to: end, emit)
    place = .afterElement
    return true
  }

  /// Takes the value of `records` or `record`.
  private mutating func takePeople(_ byte: UInt8, _ emit: (Span<UInt8>) throws -> Void) throws -> Bool {
    if byte == UInt8(ascii: "[") {
      begin(.element(isFirst: true))
      return true
    }
    if byte == UInt8(ascii: "{"), level == 1 {
      undecided = buffer.offset
      level = 2
      pass(to: .key(isFirst: true))
      return true
    }
    guard let end = try wholeValue() else { return false }
    switch byte {
    case UInt8(ascii: "{"):
      if !buffer.isEmptyObject(at: buffer.offset) { try hand(on: buffer.offset, to: end, emit) }
    case UInt8(ascii: "n"): break
    case UInt8(ascii: "\"")
    where buffer.string(from: buffer.offset, to: end).unicodeScalars.allSatisfy(\.properties.isWhitespace): break
    default: throw notPeople(byte)
    }
    hasBegun = true
    buffer.offset = end
    place = .afterValue
    return true
  }

  private mutating func takeKey() throws -> Bool {
    guard let end = try wholeValue() else { return false }
    let name = buffer.string(from: buffer.offset, to: end)
    firstMember = firstMember ?? name
    place = .colon(try member(name))
    buffer.offset = end
    return true
  }

  private mutating func member(_ name: String) throws -> Member {
    switch (level, name) {
    case (1, "records"):
      if hasRecords { throw EnvelopeFault.repeated(member: name, offset: here) }
      hasRecords = true
      return .people
    case (2, "record"):
      if undecided == nil { throw EnvelopeFault.repeated(member: name, offset: here) }
      undecided = nil
      return .people
    case (1, "fault"): return .fault
    default:
      stranger = stranger ?? name
      return .other
    }
  }

  private mutating func passOver(_ member: Member) throws -> Bool {
    guard let end = try wholeValue() else { return false }
    if case .fault = member, buffer.bytes[buffer.offset] != UInt8(ascii: "n") {
      throw EnvelopeFault.notPeople(seen: "a fault", offset: here)
    }
    buffer.offset = end
    place = .afterValue
    return true
  }

  /// Takes the brace that closes an object around people, or one that was a person after all.
  private mutating func close(_ emit: (Span<UInt8>) throws -> Void) throws {
    let end = buffer.offset + 1
    if level == 1, !hasRecords {
      let seen = firstMember.map { "an object without \"records\", whose first member is \"\($0.prefix(64))\"," }
      throw EnvelopeFault.notPeople(seen: seen ?? "an empty object", offset: here)
    }
    if level == 1, people == 0, let stranger {
      // An error that is told beside an empty list must not pass for a day without changes.
      throw EnvelopeFault.notPeople(seen: "nobody, and a member \"\(stranger.prefix(64))\" beside them,", offset: here)
    }
    if level == 2, let start = undecided, case .afterValue = place {
      if end - start > longestValue { throw EnvelopeFault.longElement(offset: buffer.place(of: start)) }
      do { _ = try scan(from: start) } catch { throw fault(error) }
      try hand(on: start, to: end, emit)
    }
    hasBegun = true
    undecided = nil
    level -= 1
    buffer.offset = end
    place = level == 0 ? .end : .afterValue
  }

  /// Hands on a value that has just been scanned.
  private mutating func hand(on start: Int, to end: Int, _ emit: (Span<UInt8>) throws -> Void) throws {
    if buffer.bytes[start] == UInt8(ascii: "{"), scanner.values[0].shape != .absent {
      throw EnvelopeFault.kind(offset: buffer.place(of: start))
    }
    let stop = buffer.removeBreaks(from: start, to: end)
    buffer.offset = end
    try emit(buffer.bytes.span.extracting(start..<stop))
    people += 1
  }

  /// Finds the end of the value that begins here; nil where it is not whole yet.
  private mutating func wholeValue() throws(EnvelopeFault) -> Int? {
    let start = buffer.offset
    let first = undecided ?? start
    if partial == nil || partial!.isWhole(in: buffer, from: start) {
      do {
        let end = try scan(from: start)
        partial = nil
        if end - first <= longestValue { return end }
      } catch {
        if error.problem != .endsEarly { throw fault(error) }
        // From now on each byte is looked at once, however small the pieces are.
        var partial = partial ?? PartialValue()
        _ = partial.isWhole(in: buffer, from: start)
        self.partial = partial
      }
    }
    if buffer.end - first > longestValue { throw .longElement(offset: buffer.place(of: first)) }
    return nil
  }

  /// Goes past a value, and sees whether an object has a kind.
  private mutating func scan(from start: Int) throws(JSONFault) -> Int {
    guard buffer.bytes[start] == UInt8(ascii: "{") else {
      return try buffer.bytes.span.extracting(0..<buffer.end).value(at: start, grammar: .anyBytes).behind
    }
    return try Self.scan(&scanner, buffer, from: start)
  }

  private static func scan(
    _ scanner: inout ObjectScanner, _ buffer: borrowing ResponseBuffer, from start: Int
  ) throws(JSONFault) -> Int {
    try scanner.scan(buffer.bytes.span.extracting(0..<buffer.end), from: start)
  }

  private func fault(_ fault: JSONFault) -> EnvelopeFault { EnvelopeFault(fault, offset: buffer.place(of: 0)) }

  private func notPeople(_ byte: UInt8) -> EnvelopeFault {
    let seen =
      switch byte {
      case UInt8(ascii: "\""): "a text"
      case UInt8(ascii: "n"): "null"
      case UInt8(ascii: "t"), UInt8(ascii: "f"): "true or false"
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): "a number"
      case UInt8(ascii: "<"): "HTML or XML"
      case 0x00, 0xFE, 0xFF: "no UTF-8, but perhaps UTF-16,"
      case 0x1F: "no JSON, but perhaps compressed data,"
      default: "no JSON"
      }
    return .notPeople(seen: seen, offset: here)
  }
}
