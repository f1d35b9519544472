extension Span where Element == UInt8 {
  /// Scans the value that begins at an offset, as `scanValue` does.
  public func value(at start: Int, grammar: StringGrammar) throws(JSONFault) -> JSONSlice {
    var unused = 0
    return try scanValue(at: start, grammar: grammar, deepest: &unused)
  }

  /// Scans the value that begins at an offset, of any kind.
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
      return try scanLiteral(at: start)
    default:
      return try scanLiteral(at: start)
    }
  }

  /// Scans a number, `true`, `false` or `null`.
  private func scanLiteral(at start: Int) throws(JSONFault) -> JSONSlice {
    if let word = try scanWord(at: start) { return word }
    var scan = NumberScan(end: start)
    try pass(&scan)
    return JSONSlice(start: start, end: scan.end, shape: scan.shape)
  }

  /// Scans `true`, `false` or `null`; nil if the byte at the offset begins none of them.
  func scanWord(at start: Int) throws(JSONFault) -> JSONSlice? {
    switch byte(start) {
    case UInt8(ascii: "n"): JSONSlice(start: start, end: try pass("null", at: start), shape: .null)
    case UInt8(ascii: "t"): JSONSlice(start: start, end: try pass("true", at: start), shape: .boolean)
    case UInt8(ascii: "f"): JSONSlice(start: start, end: try pass("false", at: start), shape: .boolean)
    default: nil
    }
  }

  /// Skips a word that must be at an offset.
  private func pass(_ word: StaticString, at start: Int) throws(JSONFault) -> Int {
    for index in 0..<word.utf8CodeUnitCount {
      // A StaticString's bytes live as long as the program.
      let expected = unsafe word.utf8Start[index]
      if byte(start + index) != expected { throw fault(at: start + index) }
    }
    return start + word.utf8CodeUnitCount
  }

  /// Skips the rest of a number, from where a scan of it has stopped to the first byte that is not part of it.
  func pass(_ scan: inout NumberScan) throws(JSONFault) {
    while true {
      let byte = byte(scan.end)
      let (isDigit, isLetter) = (byte.isDigit, byte | 0x20 == UInt8(ascii: "e"))
      switch scan.part {
      case .start where byte == UInt8(ascii: "-"): scan.part = .minus
      case .start where isDigit, .minus where isDigit: scan.part = byte == UInt8(ascii: "0") ? .zero : .digits
      case .digits where isDigit: break
      case .zero where byte == UInt8(ascii: "."), .digits where byte == UInt8(ascii: "."): scan.part = .point
      case .point where isDigit, .fraction where isDigit: scan.part = .fraction
      case .zero where isLetter, .digits where isLetter, .fraction where isLetter: scan.part = .letter
      case .letter where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"): scan.part = .sign
      case .letter where isDigit, .sign where isDigit, .exponent where isDigit: scan.part = .exponent
      case .zero where scan.end < count, .digits where scan.end < count, .fraction where scan.end < count,
        .exponent where scan.end < count:
        return
      default: throw fault(at: scan.end)
      }
      scan.end &+= 1
    }
  }

  /// Skips an object or array of any depth, without recursion.
  @inline(never)
  private func scanContainer(at start: Int, grammar: StringGrammar, deepest: inout Int) throws(JSONFault) -> Int {
    var tokens = JSONTokenizer(at: start, grammar: grammar)
    repeat {
      guard try tokens.next(in: self) != nil else { throw fault(at: count) }
      deepest = max(deepest, tokens.depth)
    } while tokens.depth > 0
    return tokens.offset
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
    guard let end = try? pass(token, at: start) else { return nil }
    return skippingJSONSpace(from: end)
  }
}

/// How far a number has been scanned.
struct NumberScan {
  /// The part of a number that its last byte belongs to.
  enum Part: UInt8 {
    case start, minus, zero, digits, point, fraction, letter, sign, exponent
  }

  /// The offset after the last byte.
  var end: Int
  var part = Part.start

  /// Of the whole number.
  var shape: JSONSlice.Shape { part == .fraction || part == .exponent ? .decimal : .integer }
}
