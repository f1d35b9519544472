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
  /// Finds the end of the string whose first byte after the quotation mark is at `start`, eight bytes at a time.
  @inline(__always)
  func scanString(from start: Int, grammar: StringGrammar) throws(JSONFault) -> StringScan {
    var offset = start
    var seen: UInt64 = 0
    var hasEscapes = false
    while true {
      let stop: UInt8
      if hasWord(at: offset) {
        let word = word(offset)
        let stops = word.stringStops
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
      if stop == Byte.backslash { hasEscapes = true }
      offset = try pass(stop, at: offset, grammar: grammar)
    }
    let isASCII = seen & 0x8080_8080_8080_8080 == 0
    var hasNoncharacter = false
    if !isASCII, grammar == .strict { hasNoncharacter = try validateUTF8(from: start, to: offset) }
    return StringScan(end: offset, hasEscapes: hasEscapes, isASCII: isASCII, hasNoncharacter: hasNoncharacter)
  }

  /// Goes past an escape or a control character, where the grammar lets it stand.
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
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return offset + 2
    case UInt8(ascii: "u"):
      for digit in offset + 2..<offset + 6 where byte(digit).hexDigitValue == nil {
        throw digit >= count ? fault(at: digit) : JSONFault(offset: offset, problem: .invalidEscape)
      }
      return offset + 6
    default:
      throw JSONFault(offset: offset, problem: .invalidEscape)
    }
  }
}

extension UInt64 {
  /// The top bit of each byte that ends a plain run of a string: a quotation mark, a backslash or a control character.
  ///
  /// The lowest bit set is right; borrows can make those above it wrong.
  @inline(__always)
  fileprivate var stringStops: UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Turned by 2, the quotation mark stands right above the control characters, which stay among themselves.
    let controls = (self ^ (ones &* 0x02)) &- (ones &* 0x21)
    let backslashes = (self ^ (ones &* UInt64(Byte.backslash))) &- ones
    return (controls | backslashes) & ~self & (ones &* 0x80)
  }
}

extension UInt8 {
  var hexDigitValue: UInt32? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
