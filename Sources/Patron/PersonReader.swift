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
    person.text.removeAll(keepingCapacity: true)
    // One copy of the line is cheaper than one of each value, and makes the person its own master.
    unsafe line.withUnsafeBufferPointer { unsafe person.text.append(contentsOf: $0) }
    person.findings = Self.loadValues(scanner.values.span, of: line, &person.values, &person.text)
    person.fieldsRead = layout.fieldsRead(of: person)
  }

  private static func loadValues(
    _ slices: Span<JSONSlice>, of line: Span<UInt8>, _ values: inout [Person.Value], _ text: inout [UInt8]
  ) -> Person.Findings {
    var findings = Person.Findings()
    var values = values.mutableSpan
    for index in values.indices {
      let slice = slices[index]
      switch slice.shape {
      case .string where slice.count == 0: values[index] = .blank
      case .string where slice.isASCII && !slice.hasEscapes:
        let (start, end) = WhiteSpace.trim(line, slice.start, slice.end)
        values[index] = Person.Value(start, end, start == end ? .blank : .text)
      case .string:
        values[index] = decode(slice, in: line, &text)
        if values[index].hasIllegalCharacter { findings.hasIllegalCharacter = true }
      case .integer: values[index] = Person.Value(slice.start, slice.end, .text)
      case .absent, .null: values[index] = .blank
      case .decimal, .boolean, .object, .array:
        values[index] = Person.Value(slice.start, slice.end, .wrongType)
        findings.hasWrongType = true
      }
      findings.longest = max(findings.longest, slice.count)
    }
    return findings
  }

  /// Takes a string that has escapes, or characters beyond ASCII.
  @inline(never)
  private static func decode(_ slice: JSONSlice, in line: Span<UInt8>, _ text: inout [UInt8]) -> Person.Value {
    var start = slice.start
    var end = slice.end
    var finding = EscapeFinding.ordinary
    if slice.hasEscapes {
      start = text.count
      finding = line.appendText(from: slice.start, to: slice.end, to: &text)
      end = text.count
    }
    (start, end) = WhiteSpace.trim(text.span, start, end)
    // A control character may have been trimmed away.
    let mayBeIllegal = finding == .control || slice.hasNoncharacter
    let hasIllegalCharacter =
      finding == .loneSurrogate || mayBeIllegal && IllegalCharacter.isIn(text, start, end)
    return Person.Value(
      start, end, start == end ? .blank : .text, hasIllegalCharacter: hasIllegalCharacter, isASCII: false)
  }
}
