import JSONText

/// Reads people out of the lines of a stream.
public struct PersonReader: ~Copyable {
  /// What a line turned out to be.
  public enum Reading: Equatable, Sendable {
    case person
    /// A record of the stream: it has a `kind`.
    case record
    /// Neither; why, for people.
    case malformed(String)
  }

  /// A longer line is no person's.
  public static let mostBytes = 1 << 20
  /// How many objects and arrays may stand in one another.
  public static let mostDepth = 64

  private let layout: FieldLayout
  private var scanner: ObjectScanner
  /// Where `kind` stands among the members that are looked for: behind the fields.
  private let kind: Int

  public init(_ layout: FieldLayout) {
    self.layout = layout
    scanner = ObjectScanner(members: layout.names + Self.otherMembers)
    kind = layout.names.count
  }

  /// What is looked for beside the fields.
  private static let otherMembers = ["kind"]

  /// How many values a person has, and the reader looks for.
  static func valueCount(_ layout: FieldLayout) -> Int { layout.names.count + otherMembers.count }

  /// Reads a line into a person.
  /// - Parameter isCut: the line goes on beyond what is lent.
  public mutating func read(_ line: Span<UInt8>, isCut: Bool, into person: inout Person) -> Reading {
    if isCut { return Self.beginsAsRecord(line) ? .record : .malformed(Self.tooLong) }
    do {
      let end = try scanner.scan(line, from: line.skippingJSONSpace(from: 0))
      guard line.skippingJSONSpace(from: end) == line.count else {
        return .malformed("more than one JSON object in the line, from byte \(end) on")
      }
    } catch {
      return .malformed(error.description)
    }
    if scanner.values[kind].shape != .absent { return .record }
    if line.count > Self.mostBytes { return .malformed(Self.tooLong) }
    if scanner.depth > Self.mostDepth {
      return .malformed("nested \(scanner.depth) deep; \(Self.mostDepth) is the limit")
    }
    if let repeated = scanner.repeated { return .malformed("the member \(layout.names[repeated]) is given twice") }
    load(line, into: &person)
    return .person
  }

  private static let tooLong = "the line is longer than \(mostBytes) bytes"

  /// The normal form of a record has its kind first; more cannot be told of a line that is not seen whole.
  private static func beginsAsRecord(_ line: Span<UInt8>) -> Bool {
    let head = Array(#"{"kind":"#.utf8)
    return line.count > head.count && head.indices.allSatisfy { line[$0] == head[$0] }
  }

  private mutating func load(_ line: Span<UInt8>, into person: inout Person) {
    scanner.exchangeValues(with: &person.values)
    // One copy of the line is cheaper than one of each value, and makes the person its own master. Behind it there is room for all
    // texts that have escapes in the line, which are never longer than there.
    let room = line.count * 2
    if person.text.count < room { person.text = Array(repeating: 0, count: room) }
    if !person.findings.illegalFields.isEmpty { person.findings.illegalFields = [] }
    person.findings.hasWrongType = false
    Self.settle(scanner.unusual.span, of: &person.values, line, &person.text, &person.findings)
  }

  /// Trims the unusual values, and resolves their escapes. The others are settled as the scanner found them.
  private static func settle(
    _ unusual: Span<Int>, of values: inout [JSONSlice], _ line: Span<UInt8>, _ text: inout [UInt8],
    _ findings: inout Person.Findings
  ) {
    var text = text.mutableSpan
    text.copy(line)
    var textEnd = line.count
    var values = values.mutableSpan
    for place in unusual.indices {
      let index = unusual[place]
      if values[index].isWrongType {
        if line.isXMLNil(values[index]) {
          values[index] = JSONSlice(start: 0, end: 0, shape: .null)
        } else {
          findings.hasWrongType = true
        }
      } else {
        values[index] = settle(values[index], of: Field(index: index), line, &text, &textEnd, &findings)
      }
    }
  }

  /// Takes a string that has escapes, or an end that may be white space.
  @inline(never)
  private static func settle(
    _ value: JSONSlice, of field: Field, _ line: Span<UInt8>, _ text: inout MutableSpan<UInt8>, _ textEnd: inout Int,
    _ findings: inout Person.Findings
  ) -> JSONSlice {
    var start = value.start
    var end = value.end
    var finding = EscapeFinding.ordinary
    if value.claims.contains(.hasEscapes) {
      start = textEnd
      (end, finding) = line.resolve(from: value.start, to: value.end, into: &text, at: textEnd)
      textEnd = end
    }
    let text = text.span
    (start, end) = WhiteSpace.trim(text, start, end)
    // A control character may have been trimmed away.
    let mayBeIllegal = finding == .control || value.claims.contains(.hasNoncharacter)
    if finding == .loneSurrogate || mayBeIllegal && IllegalCharacter.isIn(text, start, end) {
      findings.illegalFields.append(field)
    }
    let claims: JSONSlice.Claims = value.claims == .mayBeTrimmed ? [] : .isBeyondASCII
    return JSONSlice(start: start, end: end, shape: start == end ? .blank : .string, claims: claims)
  }
}
