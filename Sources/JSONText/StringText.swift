/// What the escapes of a string stand for, the worst of them.
public enum EscapeFinding: Comparable, Sendable {
  case ordinary
  /// A control character, or U+FFFE or U+FFFF: no text that XML could carry.
  case control
  /// Half of a surrogate pair: no text at all.
  case loneSurrogate
}

extension Span where Element == UInt8 {
  /// Appends the text of a string, its escapes resolved, from its first byte to its closing quotation mark.
  ///
  /// The range is one that a scanner found. A lone surrogate becomes U+FFFD.
  @discardableResult
  public func appendText(from start: Int, to end: Int, to text: inout [UInt8]) -> EscapeFinding {
    var finding = EscapeFinding.ordinary
    var offset = start
    while offset < end {
      let run = plainCount(from: offset, to: end)
      if run > 0 {
        unsafe extracting(offset..<offset + run).withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
        offset += run
        continue
      }
      let escaped = self.byte(offset + 1)
      offset += 2
      switch escaped {
      case UInt8(ascii: "b"), UInt8(ascii: "f"):
        text.append(escaped == UInt8(ascii: "b") ? 0x08 : 0x0C)
        finding = max(finding, .control)
      case UInt8(ascii: "n"): text.append(Byte.lineFeed)
      case UInt8(ascii: "r"): text.append(Byte.carriageReturn)
      case UInt8(ascii: "t"): text.append(Byte.tab)
      case UInt8(ascii: "u"):
        let unit = hexUnit(at: offset)
        offset += 4
        var scalar = Unicode.Scalar(unit)
        if unit & 0xFC00 == 0xD800, self.byte(offset) == Byte.backslash, self.byte(offset + 1) == UInt8(ascii: "u"),
          offset + 6 <= end
        {
          let low = hexUnit(at: offset + 2)
          if low & 0xFC00 == 0xDC00 {
            scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
            offset += 6
          }
        }
        finding = max(finding, Self.finding(unit, scalar))
        text.append(contentsOf: String(scalar ?? "\u{FFFD}").utf8)
      default: text.append(escaped)
      }
    }
    return finding
  }

  private static func finding(_ unit: UInt32, _ scalar: Unicode.Scalar?) -> EscapeFinding {
    switch unit {
    case _ where scalar == nil: .loneSurrogate
    case 0x09, 0x0A, 0x0D: .ordinary
    case 0..<0x20, 0xFFFE, 0xFFFF: .control
    default: .ordinary
    }
  }

  /// How many bytes stand before the next backslash.
  private func plainCount(from start: Int, to end: Int) -> Int {
    var offset = start
    while offset &+ 8 <= end {
      let backslashes = word(offset) ^ 0x5C5C_5C5C_5C5C_5C5C
      let stops = (backslashes &- 0x0101_0101_0101_0101) & ~backslashes & 0x8080_8080_8080_8080
      if stops != 0 { return offset &- start &+ stops.trailingZeroBitCount &>> 3 }
      offset &+= 8
    }
    while offset < end, byte(offset) != Byte.backslash { offset &+= 1 }
    return offset &- start
  }

  /// The number that four hexadecimal digits at an offset mean.
  private func hexUnit(at offset: Int) -> UInt32 {
    (offset..<offset + 4).reduce(0) { $0 << 4 | (byte($1).hexDigitValue ?? 0) }
  }

  /// A string that a scanner found, as text.
  public func string(_ slice: JSONSlice) -> String {
    var bytes: [UInt8] = []
    appendText(from: slice.start, to: slice.end, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
