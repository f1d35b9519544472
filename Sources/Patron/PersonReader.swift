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
    scanner = ObjectScanner(members: layout.names + ["kind"])
    kind = layout.names.count
  }

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

  private func load(_ line: Span<UInt8>, into person: inout Person) {
    person.findings = Self.loadValues(scanner.values.span, of: line, &person.values, &person.text)
  }

  private static func loadValues(
    _ slices: Span<JSONSlice>, of line: Span<UInt8>, _ values: inout [Person.Value], _ text: inout [UInt8]
  ) -> Person.Findings {
    // One copy of the line is cheaper than one of each value, and makes the person its own master. Behind it there is room for all
    // texts that have escapes in the line, which are never longer than there.
    let room = line.count * 2
    if text.count < room { text = Array(repeating: 0, count: room) }
    var text = text.mutableSpan
    text.copy(line)
    var values = values.mutableSpan
    var findings = Person.Findings()
    var longest = 0
    var textEnd = line.count
    for index in values.indices {
      let slice = slices[index]
      longest = max(longest, slice.count)
      if slice.isPlainString, slice.count <= 1 {
        // What PeopleSoft writes for nothing, or one letter.
        let isBlank = slice.count == 0 || line[slice.start] == 0x20
        values[index] = isBlank ? .blank : Person.Value(slice.start, slice.end, .text)
      } else if slice.isPlainString, let value = Person.Value(visible: slice, in: line) {
        values[index] = value
      } else {
        values[index] = load(slice, of: line, &text, &textEnd, &findings)
      }
    }
    findings.longest = longest
    return findings
  }

  /// Takes a value of any kind.
  @inline(never)
  private static func load(
    _ slice: JSONSlice, of line: Span<UInt8>, _ text: inout MutableSpan<UInt8>, _ textEnd: inout Int,
    _ findings: inout Person.Findings
  ) -> Person.Value {
    switch slice.shape {
    case .string where slice.isPlainString:
      let (start, end) = WhiteSpace.trim(line, slice.start, slice.end)
      return start == end ? .blank : Person.Value(start, end, .text)
    case .string:
      let value = decode(slice, in: line, &text, &textEnd)
      if value.hasIllegalCharacter { findings.hasIllegalCharacter = true }
      return value
    case .integer: return Person.Value(slice.start, slice.end, .text)
    case .absent, .null: return .blank
    case .decimal, .boolean, .object, .array:
      findings.hasWrongType = true
      return Person.Value(slice.start, slice.end, .wrongType)
    }
  }

  /// Takes a string that has escapes, or characters beyond ASCII.
  private static func decode(
    _ slice: JSONSlice, in line: Span<UInt8>, _ text: inout MutableSpan<UInt8>, _ textEnd: inout Int
  ) -> Person.Value {
    var start = slice.start
    var end = slice.end
    var finding = EscapeFinding.ordinary
    if slice.hasEscapes {
      start = textEnd
      (end, finding) = line.resolve(from: slice.start, to: slice.end, into: &text, at: textEnd)
      textEnd = end
    }
    let text = text.span
    (start, end) = WhiteSpace.trim(text, start, end)
    // A control character may have been trimmed away.
    let mayBeIllegal = finding == .control || slice.hasNoncharacter
    let hasIllegalCharacter =
      finding == .loneSurrogate || mayBeIllegal && IllegalCharacter.isIn(text, start, end)
    return Person.Value(
      start, end, start == end ? .blank : .text, hasIllegalCharacter: hasIllegalCharacter, isASCII: false)
  }
}

extension Person.Value {
  /// A text that neither begins nor ends with a space, which is the only white space that a plain string can have; else nil.
  @inline(__always)
  fileprivate init?(visible slice: JSONSlice, in line: Span<UInt8>) {
    guard line[slice.start] != 0x20, line[slice.end &- 1] != 0x20 else { return nil }
    self.init(slice.start, slice.end, .text)
  }
}

extension MutableSpan where Element == UInt8 {
  /// Writes bytes to the front, where they have room.
  fileprivate mutating func copy(_ bytes: Span<UInt8>) {
    precondition(bytes.count <= count)
    // memcpy(3) within both.
    unsafe withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
  }
}
