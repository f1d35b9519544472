/// The worst of the characters that the escapes of a string represent.
public enum EscapeFinding: Comparable, Sendable {
  /// Characters that XML allows.
  case ordinary
  /// A control character, U+FFFE or U+FFFF, which XML forbids.
  case control
  /// Half of a surrogate pair, which is not a character.
  case loneSurrogate
}

extension Span where Element == UInt8 {
  /// Writes the text of a string, its escapes resolved, from its first byte to its closing quotation mark.
  ///
  /// A scanner must have found the range. A lone surrogate becomes U+FFFD. The text is never longer than the string.
  /// - Parameter text: the buffer to write to, from `place` on, with capacity for the string.
  /// - Returns: the end of the text in the buffer, and the worst of its escapes.
  public func resolve(
    from start: Int, to end: Int, into text: inout MutableSpan<UInt8>, at place: Int
  ) -> (end: Int, finding: EscapeFinding) {
    var finding = EscapeFinding.ordinary
    var offset = start
    var place = place
    while offset < end {
      let run = copyPlain(from: offset, to: end, into: &text, at: place)
      offset &+= run
      place &+= run
      if offset >= end { break }
      let escaped = self.byte(offset &+ 1)
      offset &+= 2
      if escaped == UInt8(ascii: "u"), offset &+ 4 > end {
        // Only strings of any bytes can have an incomplete escape, which is copied.
        text[place] = Byte.backslash
        text[place &+ 1] = escaped
        place &+= 2
      } else if escaped == UInt8(ascii: "u") {
        let (scalar, unit, count) = scalar(at: offset, to: end)
        offset &+= count
        finding = max(finding, Self.finding(unit, scalar))
        place = text.set(scalar ?? "\u{FFFD}", at: place)
      } else {
        text[place] = escaped.unescaped
        place &+= 1
        if text[place &- 1] == 0x08 || text[place &- 1] == 0x0C { finding = max(finding, .control) }
      }
    }
    return (place, finding)
  }

  /// Copies the bytes before the next backslash, eight at a time if there is capacity.
  /// - Returns: their number.
  @inline(__always)
  private func copyPlain(from start: Int, to end: Int, into text: inout MutableSpan<UInt8>, at place: Int) -> Int {
    var offset = start
    while offset < end, has(8, at: offset), place &+ (offset &- start) <= text.count &- 8 {
      let word = word(offset)
      text.setWord(word, at: place &+ (offset &- start))
      let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
      let stops = (backslashes &- 0x0101_0101_0101_0101) & ~backslashes & 0x8080_8080_8080_8080
      if stops != 0 { return min(offset &+ stops.trailingZeroBitCount &>> 3, end) &- start }
      offset &+= 8
    }
    while offset < end, byte(offset) != Byte.backslash {
      text[place &+ (offset &- start)] = byte(offset)
      offset &+= 1
    }
    return min(offset, end) &- start
  }

  /// The scalar of an escape whose digits begin at an offset, or nil for half of a surrogate pair; its first code unit;
  /// and the number of bytes after its `\u`.
  private func scalar(at offset: Int, to end: Int) -> (Unicode.Scalar?, unit: UInt32, count: Int) {
    let unit = hexUnit(at: offset)
    if unit & 0xFC00 == 0xD800, offset &+ 10 <= end, byte(offset &+ 4) == Byte.backslash,
      byte(offset &+ 5) == UInt8(ascii: "u")
    {
      let low = hexUnit(at: offset &+ 6)
      if low & 0xFC00 == 0xDC00 { return (Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF), unit, 10) }
    }
    return (Unicode.Scalar(unit), unit, 4)
  }

  private static func finding(_ unit: UInt32, _ scalar: Unicode.Scalar?) -> EscapeFinding {
    switch unit {
    case _ where scalar == nil: .loneSurrogate
    case 0x09, 0x0A, 0x0D: .ordinary
    case 0..<0x20, 0xFFFE, 0xFFFF: .control
    default: .ordinary
    }
  }

  /// The value of the four hexadecimal digits at an offset.
  @inline(__always)
  private func hexUnit(at offset: Int) -> UInt32 {
    let digits = UInt32(truncatingIfNeeded: word(at: offset, upTo: offset &+ 4))
    // The low four bits of a digit are its value; those of a letter are 9 less than its value, and its bit 6 is set.
    let values = (digits & 0x0F0F_0F0F) &+ (digits &>> 6 & 0x0101_0101) &* 9
    // The first digit is the most significant, and is in the lowest byte.
    let pairs = values.byteSwapped & 0x0F0F_0F0F
    return (pairs & 0xF) | (pairs &>> 4 & 0xF0) | (pairs &>> 8 & 0xF00) | (pairs &>> 12 & 0xF000)
  }

  /// Appends the text of a string, its escapes resolved, as `resolve` does.
  /// - Returns: the worst of its escapes.
  @discardableResult
  public func appendText(from start: Int, to end: Int, to text: inout [UInt8]) -> EscapeFinding {
    let place = text.count
    text.append(contentsOf: repeatElement(0, count: end - start))
    var room = text.mutableSpan
    let (stop, finding) = resolve(from: start, to: end, into: &room, at: place)
    text.removeLast(text.count - stop)
    return finding
  }

  /// The text of a value that a scanner found; of a string, its escapes resolved.
  public func string(_ slice: JSONSlice) -> String {
    var bytes: [UInt8] = []
    appendText(from: slice.start, to: slice.end, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension MutableSpan where Element == UInt8 {
  /// Writes eight bytes, the lowest bits first.
  @inline(__always)
  mutating func setWord(_ word: UInt64, at offset: Int) {
    // Any bytes are valid, and the store checks the bounds.
    var bytes = unsafe mutableBytes
    bytes.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
  }

  /// Writes a scalar in UTF-8.
  /// - Returns: the offset after it.
  fileprivate mutating func set(_ scalar: Unicode.Scalar, at start: Int) -> Int {
    let value = scalar.value
    var place = start
    if value < 0x80 {
      self[place] = UInt8(truncatingIfNeeded: value)
      return place &+ 1
    }
    // The first byte gives the number of bytes that follow, of six bits each.
    let following = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3
    let mark: UInt32 = following == 1 ? 0xC0 : following == 2 ? 0xE0 : 0xF0
    self[place] = UInt8(truncatingIfNeeded: mark | value >> UInt32(6 &* following))
    for left in (0..<following).reversed() {
      place &+= 1
      self[place] = UInt8(truncatingIfNeeded: 0x80 | value >> UInt32(6 &* left) & 0x3F)
    }
    return place &+ 1
  }
}

extension UInt8 {
  /// The character of the short escape with this letter.
  fileprivate var unescaped: UInt8 {
    switch self {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): Byte.lineFeed
    case UInt8(ascii: "r"): Byte.carriageReturn
    case UInt8(ascii: "t"): Byte.tab
    default: self
    }
  }
}
