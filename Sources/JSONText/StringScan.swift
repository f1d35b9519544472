/// How strictly the inside of a string is read.
public enum StringGrammar: Sendable {
  /// RFC 8259, in UTF-8.
  case strict
  /// Anything but a line feed: the string is passed on, and whoever reads it judges it.
  case anyBytes
}

/// Where a string ends, and what was met on the way.
struct StringScan {
  /// The offset of the closing quotation mark.
  var end: Int
  var hasEscapes: Bool
  var isASCII: Bool
  /// U+FFFE or U+FFFF stands in it, not as an escape.
  var hasNoncharacter: Bool
}

extension Span where Element == UInt8 {
  /// The end of a string of ASCII without escapes that begins at `quote`: where its closing quotation mark stands.
  ///
  /// Nearly all values are such strings. It is nil for all else, faults and the last bytes of a text too: `scanValue` judges those.
  /// The caller has seen that nine bytes are there.
  @inline(__always)
  func plainStringEnd(at quote: Int, _ marks: StringMarks) -> Int? {
    assert(has(9, at: quote))
    // The first word stands behind the mark, and each stop is one of the bytes of its word.
    guard unsafe self[unchecked: quote] == Byte.quote else { return nil }
    var offset = quote &+ 1
    repeat {
      let stops = marks.plainStops(in: word(offset))
      if stops != 0 {
        offset &+= stops.trailingZeroBitCount &>> 3
        return unsafe self[unchecked: offset] == Byte.quote ? offset : nil
      }
      offset &+= 8
    } while has(8, at: offset)
    return nil
  }

  /// The literal `null` stands at the offset, and it is not the end of the text.
  @inline(__always)
  func isNull(at offset: Int) -> Bool {
    has(8, at: offset) && UInt32(truncatingIfNeeded: word(offset)) == Byte.null
  }

  /// Finds the end of the string whose first byte after the quotation mark is at `start`, eight bytes at a time.
  @inline(__always)
  func scanString(from start: Int, grammar: StringGrammar) throws(JSONFault) -> StringScan {
    var offset = start
    var seen: UInt64 = 0
    let marks = StringMarks()
    var hasEscapes = false
    while true {
      let stop: UInt8
      if has(8, at: offset) {
        let word = word(offset)
        let stops = marks.stops(in: word)
        if stops == 0 {
          seen |= word
          offset &+= 8
          continue
        }
        // The bytes up to the stop, which itself is no byte above 0x7F.
        seen |= word & (stops ^ (stops &- 1))
        offset &+= stops.trailingZeroBitCount &>> 3
        stop = byte(offset)
      } else {
        stop = byte(offset)
        if stop >= 0x20, stop != Byte.quote, stop != Byte.backslash {
          seen |= UInt64(stop)
          offset &+= 1
          continue
        }
      }
      if stop == Byte.quote { break }
      if stop == Byte.backslash {
        hasEscapes = true
        if byte(offset &+ 1).isShortEscape {
          offset &+= 2
          continue
        }
      }
      offset = try pass(stop, at: offset, grammar: grammar)
    }
    let isASCII = seen & 0x8080_8080_8080_8080 == 0
    var hasNoncharacter = false
    if !isASCII, grammar == .strict { hasNoncharacter = try validateUTF8(from: start, to: offset) }
    return StringScan(end: offset, hasEscapes: hasEscapes, isASCII: isASCII, hasNoncharacter: hasNoncharacter)
  }

  /// Goes past an escape that is not one of the short ones, or a control character, where the grammar lets it stand.
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
      // What is behind the backslash is looked at again where it could not be passed on.
      return escaped < 0x20 ? offset + 1 : offset + 2
    }
    guard escaped == UInt8(ascii: "u") else { throw JSONFault(offset: offset, problem: .invalidEscape) }
    for digit in offset + 2..<offset + 6 where byte(digit).hexDigitValue == nil {
      throw digit >= count ? fault(at: digit) : JSONFault(offset: offset, problem: .invalidEscape)
    }
    return offset + 6
  }
}

/// Finds what ends a run of plain bytes in a string, in eight bytes at once.
struct StringMarks {
  // The quotation mark turned by 2 stands right above the control characters, which stay among themselves.
  private let turn: UInt64 = 0x0202_0202_0202_0202
  private let aboveControls: UInt64 = 0x2121_2121_2121_2121
  private let backslashes: UInt64 = 0x5C5C_5C5C_5C5C_5C5C
  private let ones: UInt64 = 0x0101_0101_0101_0101
  private let topBits: UInt64 = 0x8080_8080_8080_8080

  /// The top bit of each byte that is a quotation mark, a backslash or a control character.
  ///
  /// The lowest bit set is right; borrows can make those above it wrong.
  @inline(__always)
  func stops(in word: UInt64) -> UInt64 { marks(in: word) & ~word & topBits }

  /// The same, and that of each byte above 0x7F.
  @inline(__always)
  func plainStops(in word: UInt64) -> UInt64 { (marks(in: word) | word) & topBits }

  @inline(__always)
  private func marks(in word: UInt64) -> UInt64 {
    ((word ^ turn) &- aboveControls) | ((word ^ backslashes) &- ones)
  }
}

extension UInt8 {
  /// What stands behind the backslash of an escape of two bytes.
  @inline(__always)
  var isShortEscape: Bool {
    switch self {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      true
    default: false
    }
  }

  var hexDigitValue: UInt32? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
