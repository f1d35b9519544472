import JSONText

/// Reads people from the lines of a stream.
package struct PersonReader: ~Copyable {
  /// What a line is.
  package enum Outcome: Equatable, Sendable {
    /// A person.
    case person
    /// A record of the stream: an object that has a `kind`.
    case record
    /// Neither, with the reason for people.
    case malformed(String)
  }

  /// The maximum length of a person's line, in bytes.
  package static let maxBytes = 1 << 20
  /// The maximum nesting of objects and arrays.
  package static let maxDepth = 64

  private let plan: Plan
  private var scanner: ObjectScanner
  /// The index of `kind` among the members that are looked for, after the fields.
  private let kind: Int

  /// Creates a reader of the fields of a plan.
  package init(_ plan: Plan) {
    self.plan = plan
    kind = plan.kindIndex
    scanner = ObjectScanner(members: plan.fieldNames + ["kind"])
  }

  /// Reads a line into a person.
  /// - Parameter isCut: whether the line is longer than the span.
  package mutating func read(_ line: Span<UInt8>, isCut: Bool, into person: inout Person) -> Outcome {
    if isCut { return Self.beginsAsRecord(line) ? .record : .malformed(Self.tooLong) }
    do {
      let end = try person.scan(line, from: line.skippingJSONSpace(from: 0), with: &scanner)
      guard line.skippingJSONSpace(from: end) == line.count else {
        return .malformed("more than one JSON object in the line, from byte \(end) on")
      }
    } catch {
      return .malformed(error.description)
    }
    if person[Slot(index: kind)].shape != .absent { return .record }
    if line.count > Self.maxBytes { return .malformed(Self.tooLong) }
    if scanner.depth > Self.maxDepth {
      return .malformed("nested \(scanner.depth) deep; \(Self.maxDepth) is the limit")
    }
    if let repeated = scanner.repeated {
      return .malformed("the member \(repeated == kind ? "kind" : plan.fieldNames[repeated]) is given twice")
    }
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
    // One copy of the line is cheaper than one copy of each value. After the line there is space for the texts that
    // have escapes; a text is never longer than its escaped form.
    let capacity = line.count * 2 + Person.padding
    if person.text.count < capacity { person.text = Array(repeating: 0, count: capacity) }
    person.setReading(false)
    person.number &+= 1
    person.normalize(scanner.unusual.span.extracting(first: scanner.unusualCount), line)
    person.makePlainTests(plan)
  }
}

extension Person {
  /// Copies a line, trims the unusual values and resolves their escapes. The others need no change.
  fileprivate mutating func normalize(_ unusual: Span<Int>, _ line: Span<UInt8>) {
    var end = line.count
    var hasWrongType = false
    var hasIllegal = false
    withSlots { values, room in
      room.copy(line)
      for place in unusual.indices {
        let index = unusual[place]
        let value = values[index]
        if !value.isWrongType {
          values[index] = Self.normalized(value, line, &room, &end)
          hasIllegal = hasIllegal || values[index].claims.contains(.isIllegal)
        } else if line.isXMLNil(value) {
          values[index] = JSONSlice(start: 0, end: 0, shape: .null)
        } else {
          hasWrongType = true
        }
      }
    }
    textEnd = end
    if !findings.illegalFields.isEmpty { findings.illegalFields = [] }
    findings.hasWrongType = hasWrongType
    findings.hasFault = false
    if hasIllegal {
      for place in unusual.indices where self[Slot(index: unusual[place])].claims.contains(.isIllegal) {
        findings.illegalFields.append(Slot(index: unusual[place]))
      }
    }
  }

  /// Trims a string that may have white space at an end, after resolving its escapes.
  private static func normalized(
    _ value: JSONSlice, _ line: Span<UInt8>, _ room: inout MutableSpan<UInt8>, _ textEnd: inout Int
  ) -> JSONSlice {
    var start = value.start
    var end = value.end
    var finding = EscapeFinding.ordinary
    if value.claims.contains(.hasEscapes) {
      start = textEnd
      (end, finding) = line.resolve(from: value.start, to: value.end, into: &room, at: start)
      textEnd = end
    }
    let text = room.span
    (start, end) = WhiteSpace.trim(text, start, end)
    // The trimmed text may no longer have the control character.
    let mayBeIllegal = finding == .control || value.claims.contains(.hasNoncharacter)
    var claims: JSONSlice.Claims = value.claims == .mayBeTrimmed ? [] : .isBeyondASCII
    if finding == .loneSurrogate || mayBeIllegal && IllegalCharacter.isIn(text, start, end) {
      claims.insert(.isIllegal)
    }
    return JSONSlice(start: start, end: end, shape: start == end ? .blank : .string, claims: claims)
  }
}

extension MutableSpan where Element == UInt8 {
  /// Copies a few bytes to an offset. They must fit.
  /// - Returns: whether one of them is not ASCII.
  @inline(__always) @discardableResult
  mutating func copyShort(_ bytes: Span<UInt8>, to start: Int) -> Bool {
    precondition(start >= 0 && bytes.count <= count - start)
    var bits: UInt8 = 0
    for index in bytes.indices {
      // The precondition is the bounds check.
      let byte = unsafe bytes[unchecked: index]
      unsafe self[unchecked: start &+ index] = byte
      bits |= byte
    }
    return bits >= 0x80
  }

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
