/// How strictly the inside of a string is read.
public enum StringGrammar: Sendable {
  /// As RFC 8259, in UTF-8.
  case strict
  /// Any bytes except a line feed: the string is copied, and the next stage checks it.
  case anyBytes
}

/// How far a string has been scanned, and what it needs.
struct StringScan {
  /// At the end, the offset of the closing quotation mark.
  var end: Int
  var claims: JSONSlice.Claims
}

extension Span where Element == UInt8 {
  /// Skips the plain beginning of a string, which is ASCII without escapes. Nearly all strings are plain throughout.
  /// - Parameter start: the offset of the string's first byte, which has at least nine bytes from there on.
  /// - Returns: the offset of the first other byte, or of one of the last eight bytes of the text.
  @inline(__always)
  func passPlain(from start: Int, _ marks: StringMarks) -> Int {
    assert(has(9, at: start))
    // Most strings end in their first word.
    var stops = marks.stops(in: word(start))
    var offset = start
    while stops == 0 {
      offset &+= 8
      if !has(9, at: offset) { return offset }
      stops = marks.stops(in: word(offset))
    }
    return offset &+ stops.trailingZeroBitCount &>> 3
  }

  /// The end of a string that has only spaces; nil if it has anything else.
  @inline(__always)
  func blankEnd(from start: Int) -> Int? {
    // PeopleSoft writes one space.
    if byte(start) == Byte.space, byte(start &+ 1) == Byte.quote { return start &+ 1 }
    var end = start
    while byte(end) == Byte.space { end &+= 1 }
    return byte(end) == Byte.quote ? end : nil
  }

  /// Whether `null` is at an offset, with at least four bytes after it.
  @inline(__always)
  func isNull(at offset: Int) -> Bool {
    has(8, at: offset) && UInt32(truncatingIfNeeded: word(offset)) == Byte.null
  }

  /// Scans the string whose first byte after the quotation mark is at `start`.
  /// - Parameter passed: an offset up to which the string is known to be plain.
  @inline(never)
  func scanString(from start: Int, passed: Int, grammar: StringGrammar) throws(JSONFault) -> JSONSlice {
    slice(of: try stringEnd(from: passed, grammar: grammar), from: start)
  }

  /// The slice of a string that has been scanned to its end.
  /// - Parameter start: the offset of its first byte.
  @inline(__always)
  func slice(of scan: StringScan, from start: Int) -> JSONSlice {
    if blankEnd(from: start) == scan.end { return JSONSlice(start: start, end: scan.end, shape: .blank) }
    var claims = scan.claims
    if !byte(start).isVisible || !byte(scan.end &- 1).isVisible { claims.insert(.mayBeTrimmed) }
    return JSONSlice(start: start, end: scan.end, shape: .string, claims: claims)
  }

  /// Finds the end of a string from an offset in it.
  @inline(__always)
  func stringEnd(from start: Int, grammar: StringGrammar) throws(JSONFault) -> StringScan {
    var scan = StringScan(end: start, claims: [])
    try pass(&scan, grammar: grammar)
    return scan
  }

  /// Skips the rest of a string, from where a scan of it has stopped, eight bytes at a time.
  ///
  /// A scan that fails because the text ends has stopped before the character or escape that is not whole.
  @inline(__always)
  func pass(_ scan: inout StringScan, grammar: StringGrammar) throws(JSONFault) {
    let marks = StringMarks()
    while true {
      if has(9, at: scan.end) { scan.end = passPlain(from: scan.end, marks) }
      let stop = byte(scan.end)
      switch stop {
      case Byte.quote: return
      case Byte.backslash:
        scan.claims.insert(.hasEscapes)
        scan.end = byte(scan.end &+ 1).isShortEscape ? scan.end &+ 2 : try pass(stop, at: scan.end, grammar: grammar)
      case 0x80...:
        scan.claims.insert(.isBeyondASCII)
        if grammar == .strict {
          try passUTF8(&scan)
        } else {
          scan.end &+= 1
        }
      case 0..<0x20: scan.end = try pass(stop, at: scan.end, grammar: grammar)
      default: scan.end &+= 1
      }
    }
  }

  /// Skips an escape of more than two bytes, or a control character, if the grammar allows it.
  @inline(never)
  private func pass(_ stop: UInt8, at offset: Int, grammar: StringGrammar) throws(JSONFault) -> Int {
    if offset >= count { throw fault(at: offset) }
    if stop != Byte.backslash {
      if grammar == .strict || stop == Byte.lineFeed {
        throw JSONFault(offset: offset, problem: .controlCharacter(stop))
      }
      return offset + 1
    }
    if offset + 1 >= count { throw fault(at: offset + 1) }
    let escaped = byte(offset + 1)
    if grammar == .anyBytes {
      // A control character after the backslash is checked by the next step.
      return escaped < 0x20 ? offset + 1 : offset + 2
    }
    guard escaped == UInt8(ascii: "u") else { throw JSONFault(offset: offset, problem: .invalidEscape) }
    for digit in offset + 2..<offset + 6 where !byte(digit).isHexDigit {
      throw digit >= count ? fault(at: digit) : JSONFault(offset: offset, problem: .invalidEscape)
    }
    return offset + 6
  }
}

/// Finds the bytes that end a run of plain bytes in a string, eight at a time.
struct StringMarks {
  // XOR with 2 moves the quotation mark to 0x20, just above the control characters, which stay below it.
  private let turn: UInt64 = 0x0202_0202_0202_0202
  private let aboveControls: UInt64 = 0x2121_2121_2121_2121
  private let backslashes: UInt64 = 0x5C5C_5C5C_5C5C_5C5C
  private let ones: UInt64 = 0x0101_0101_0101_0101
  private let topBits: UInt64 = 0x8080_8080_8080_8080

  /// The top bit of each byte that is a quotation mark, a backslash, a control character or above 0x7F.
  ///
  /// Only the lowest bit set is exact: borrows can set bits above it.
  @inline(__always)
  func stops(in word: UInt64) -> UInt64 {
    (((word ^ turn) &- aboveControls) | ((word ^ backslashes) &- ones) | word) & topBits
  }
}

extension UInt8 {
  /// Whether the byte makes an escape of two bytes, after a backslash.
  @inline(__always)
  var isShortEscape: Bool {
    switch self {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      true
    default: false
    }
  }

  /// Whether the byte is ASCII, and neither white space nor a control character.
  @inline(__always)
  fileprivate var isVisible: Bool { self > Byte.space && self < 0x80 }

  @inline(__always)
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  var isHexDigit: Bool { isDigit || self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f") }
}
