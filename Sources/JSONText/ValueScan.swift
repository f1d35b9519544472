extension Span where Element == UInt8 {
  /// Scans the value that begins at an offset, of any kind.
  ///
  /// A number at the end of the text is the fault `endsEarly`, because more digits might follow.
  public func value(at start: Int, grammar: StringGrammar) throws(JSONFault) -> JSONSlice {
    var unused = 0
    return try scanValue(at: start, grammar: grammar, deepest: &unused)
  }

  /// Scans the value that begins at an offset.
  ///
  /// A number at the end of the text is the fault `endsEarly`, because more digits might follow.
  /// - Parameter deepest: raised to the value's nesting of objects and arrays, if that is more.
  @inline(never)
  func scanValue(at start: Int, grammar: StringGrammar, deepest: inout Int) throws(JSONFault) -> JSONSlice {
    switch byte(start) {
    case Byte.quote:
      return try scanString(from: start &+ 1, passed: start &+ 1, grammar: grammar)
    case Byte.openBrace:
      return JSONSlice(
        start: start, end: try scanContainer(at: start, grammar: grammar, deepest: &deepest), shape: .object)
    case Byte.openBracket:
      return JSONSlice(
        start: start, end: try scanContainer(at: start, grammar: grammar, deepest: &deepest), shape: .array)
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      var end = start &+ 1
      while byte(end).isDigit { end &+= 1 }
      let next = byte(end)
      // Nearly all numbers in people are plain integers.
      if next == Byte.comma || next == Byte.closeBrace { return JSONSlice(start: start, end: end, shape: .integer) }
      return try scanNumber(at: start)
    default:
      return try scanLiteral(at: start)
    }
  }

  /// Scans a number, `true`, `false` or `null`.
  func scanLiteral(at start: Int) throws(JSONFault) -> JSONSlice {
    switch byte(start) {
    case UInt8(ascii: "n"): JSONSlice(start: start, end: try scanWord("null", at: start), shape: .null)
    case UInt8(ascii: "t"): JSONSlice(start: start, end: try scanWord("true", at: start), shape: .boolean)
    case UInt8(ascii: "f"): JSONSlice(start: start, end: try scanWord("false", at: start), shape: .boolean)
    default: try scanNumber(at: start)
    }
  }

  /// Skips a word that must be at an offset.
  private func scanWord(_ word: StaticString, at start: Int) throws(JSONFault) -> Int {
    for index in 0..<word.utf8CodeUnitCount {
      // A StaticString's bytes live as long as the program.
      let expected = unsafe word.utf8Start[index]
      if byte(start + index) != expected { throw fault(at: start + index) }
    }
    return start + word.utf8CodeUnitCount
  }

  private func scanNumber(at start: Int) throws(JSONFault) -> JSONSlice {
    var offset = start
    var shape = JSONSlice.Shape.integer
    if byte(offset) == UInt8(ascii: "-") { offset += 1 }
    offset = byte(offset) == UInt8(ascii: "0") ? offset + 1 : try scanDigits(at: offset)
    if byte(offset) == UInt8(ascii: ".") {
      shape = .decimal
      offset = try scanDigits(at: offset + 1)
    }
    if byte(offset) | 0x20 == UInt8(ascii: "e") {
      shape = .decimal
      offset += 1
      if byte(offset) == UInt8(ascii: "+") || byte(offset) == UInt8(ascii: "-") { offset += 1 }
      offset = try scanDigits(at: offset)
    }
    if offset >= count { throw fault(at: offset) }
    return JSONSlice(start: start, end: offset, shape: shape)
  }

  /// Skips one or more digits.
  private func scanDigits(at start: Int) throws(JSONFault) -> Int {
    var offset = start
    while byte(offset).isDigit { offset += 1 }
    if offset == start { throw fault(at: offset) }
    return offset
  }

  /// Skips an object or array of any depth, without recursion.
  @inline(never)
  private func scanContainer(at start: Int, grammar: StringGrammar, deepest: inout Int) throws(JSONFault) -> Int {
    var offset = start
    var nesting = Nesting()
    while true {
      switch byte(offset) {
      case Byte.openBrace:
        nesting.enter(object: true)
        deepest = max(deepest, nesting.depth)
        offset = skippingJSONSpace(from: offset + 1)
        if byte(offset) != Byte.closeBrace {
          offset = try scanKey(at: offset, grammar: grammar)
          continue
        }
      case Byte.openBracket:
        nesting.enter(object: false)
        deepest = max(deepest, nesting.depth)
        offset = skippingJSONSpace(from: offset + 1)
        if byte(offset) != Byte.closeBracket { continue }
      case Byte.quote:
        offset = try stringEnd(from: offset + 1, grammar: grammar).end + 1
      default:
        offset = try scanLiteral(at: offset).end
      }
      // A value has ended, or an empty object or array ends here.
      offset = try leave(at: offset, nesting: &nesting)
      if nesting.depth == 0 { return offset }
      // `leave` stopped at a comma.
      offset = skippingJSONSpace(from: offset + 1)
      if nesting.isInObject { offset = try scanKey(at: offset, grammar: grammar) }
    }
  }

  /// Skips closing brackets. Stops at a comma, or after the outermost bracket.
  private func leave(at start: Int, nesting: inout Nesting) throws(JSONFault) -> Int {
    var offset = start
    while nesting.depth > 0 {
      offset = skippingJSONSpace(from: offset)
      switch byte(offset) {
      case Byte.comma: return offset
      case Byte.closeBrace where nesting.isInObject, Byte.closeBracket where !nesting.isInObject:
        nesting.leave()
        offset += 1
      default: throw fault(at: offset)
      }
    }
    return offset
  }

  /// Skips a key and its colon, to the first byte of the value.
  func scanKey(at start: Int, grammar: StringGrammar) throws(JSONFault) -> Int {
    guard byte(start) == Byte.quote else { throw fault(at: start) }
    let colon = skippingJSONSpace(from: try stringEnd(from: start + 1, grammar: grammar).end + 1)
    guard byte(colon) == Byte.colon else { throw fault(at: colon) }
    return skippingJSONSpace(from: colon + 1)
  }

  /// Whether a value is `{"@nil":"true"}` or `{"@nil":true}`, which is how WSO2 converts an XML element with
  /// `xsi:nil="true"`, and means null.
  /// - Parameter value: a value that a scanner found in this text.
  public func isXMLNil(_ value: JSONSlice) -> Bool {
    guard value.shape == .object else { return false }
    let name = skippingJSONSpace(from: value.start &+ 1)
    guard let colon = passing("\"@nil\"", at: name), byte(colon) == Byte.colon else { return false }
    let content = skippingJSONSpace(from: colon &+ 1)
    return (passing("\"true\"", at: content) ?? passing("true", at: content)) == value.end &- 1
  }

  /// The offset after a token and the white space that follows it, or nil if there is another token.
  private func passing(_ token: StaticString, at start: Int) -> Int? {
    guard let end = try? scanWord(token, at: start) else { return nil }
    return skippingJSONSpace(from: end)
  }
}

/// Which of the open brackets are objects, in one bit each.
struct Nesting {
  private(set) var depth = 0
  private var innermost: UInt64 = 0
  private var outer: [UInt64] = []

  var isInObject: Bool { innermost & 1 == 1 }

  mutating func enter(object: Bool) {
    if depth != 0, depth % 64 == 0 { outer.append(innermost) }
    innermost = innermost << 1 | (object ? 1 : 0)
    depth += 1
  }

  mutating func leave() {
    depth -= 1
    innermost = depth != 0 && depth % 64 == 0 ? outer.removeLast() : innermost >> 1
  }
}
