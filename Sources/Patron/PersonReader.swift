import JSONText

/// Reads people from the lines of a stream.
public struct PersonReader: ~Copyable {
  /// What a line is.
  public enum Reading: Equatable, Sendable {
    /// A person.
    case person
    /// A record of the stream: an object that has a `kind`.
    case record
    /// Neither, with the reason for people.
    case malformed(String)
  }

  /// The maximum length of a person's line, in bytes.
  public static let maxBytes = 1 << 20
  /// The maximum nesting of objects and arrays.
  public static let maxDepth = 64

  private let layout: FieldLayout
  private var scanner: ObjectScanner
  /// The index of `kind` among the members that are looked for, after the fields.
  private let kind: Int

  /// Creates a reader of the fields of a layout.
  public init(_ layout: FieldLayout) {
    self.layout = layout
    scanner = ObjectScanner(members: layout.names + Self.otherMembers)
    kind = layout.names.count
  }

  /// The members that are looked for beside the fields.
  private static let otherMembers = ["kind"]

  /// The number of a person's values, which are the members that the reader looks for.
  static func valueCount(_ layout: FieldLayout) -> Int { layout.names.count + otherMembers.count }

  /// Reads a line into a person.
  /// - Parameter isCut: whether the line is longer than the span.
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
    if line.count > Self.maxBytes { return .malformed(Self.tooLong) }
    if scanner.depth > Self.maxDepth {
      return .malformed("nested \(scanner.depth) deep; \(Self.maxDepth) is the limit")
    }
    if let repeated = scanner.repeated { return .malformed("the member \(layout.names[repeated]) is given twice") }
    load(line, into: &person)
    return .person
  }

  private static let tooLong = "the line is longer than \(maxBytes) bytes"

  /// Whether a line begins as the normal form of a record, which has its kind first. For lines that are cut.
  private static func beginsAsRecord(_ line: Span<UInt8>) -> Bool {
    let head = Array(#"{"kind":"#.utf8)
    return line.count > head.count && head.indices.allSatisfy { line[$0] == head[$0] }
  }

  private mutating func load(_ line: Span<UInt8>, into person: inout Person) {
    scanner.exchangeValues(with: &person.values)
    // One copy of the line is cheaper than one copy of each value. After the line there is space for the texts that have
    // escapes; a text is never longer than its escaped form.
    let capacity = line.count * 2
    if person.text.count < capacity { person.text = Array(repeating: 0, count: capacity) }
    if !person.findings.illegalFields.isEmpty { person.findings.illegalFields = [] }
    person.findings.hasWrongType = false
    Self.normalize(scanner.unusual.span, of: &person.values, line, &person.text, &person.findings)
  }

  /// Trims the unusual values and resolves their escapes. The others need no change.
  private static func normalize(
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
        values[index] = normalize(values[index], of: Field(index: index), line, &text, &textEnd, &findings)
      }
    }
  }

  /// Trims a string that may have white space at an end, after resolving its escapes.
  @inline(never)
  private static func normalize(
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
    // The trimmed text may no longer have the control character.
    let mayBeIllegal = finding == .control || value.claims.contains(.hasNoncharacter)
    if finding == .loneSurrogate || mayBeIllegal && IllegalCharacter.isIn(text, start, end) {
      findings.illegalFields.append(field)
    }
    let claims: JSONSlice.Claims = value.claims == .mayBeTrimmed ? [] : .isBeyondASCII
    return JSONSlice(start: start, end: end, shape: start == end ? .blank : .string, claims: claims)
  }
}

extension MutableSpan where Element == UInt8 {
  /// Copies bytes to an offset. They must fit.
  mutating func copy(_ bytes: Span<UInt8>, to start: Int = 0) {
    precondition(start >= 0 && bytes.count <= count - start)
    // memcpy(3) within both.
    unsafe withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0)
      }
    }
  }
}
