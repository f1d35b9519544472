/// Unicode's White_Space, in UTF-8.
enum WhiteSpace {
  /// The range without the white space at both ends; empty if it has only format characters and white space.
  @inline(__always)
  static func trim(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (start: Int, end: Int) {
    guard start < end else { return (start, start) }
    if isVisible(text[start]), isVisible(text[end &- 1]) { return (start, end) }
    return trimSlowly(text, start, end)
  }

  @inline(__always)
  private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 }

  @inline(never)
  private static func trimSlowly(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (start: Int, end: Int) {
    var start = start
    var end = end
    while start < end {
      let count = length(text, at: start, end)
      if count == 0 { break }
      start += count
    }
    while start < end {
      // A white space character has one, two or three bytes, and ends exactly here.
      guard let count = (1...3).first(where: { end - $0 >= start && length(text, at: end - $0, end) == $0 })
      else { break }
      end -= count
    }
    if start &+ 1 < end, InvisibleCharacter.mayBeginFormat(text[start], text[start &+ 1]), isBlank(text, start, end) {
      return (start, start)
    }
    return (start, end)
  }

  /// Whether the range has only format characters and white space.
  private static func isBlank(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var offset = start
    while offset < end {
      let format = InvisibleCharacter.formatLength(text, at: offset, end)
      let count = format > 0 ? format : length(text, at: offset, end)
      if count == 0 { return false }
      offset += count
    }
    return true
  }

  /// The length in bytes of the white space character at an offset; 0 if there is none.
  private static func length(_ text: Span<UInt8>, at offset: Int, _ end: Int) -> Int {
    switch text[offset] {
    case 0x09...0x0D, 0x20: 1
    case 0xC2 where offset + 1 < end && (text[offset + 1] == 0x85 || text[offset + 1] == 0xA0): 2
    case 0xE1...0xE3 where offset + 2 < end: isWide(text[offset], text[offset + 1], text[offset + 2]) ? 3 : 0
    default: 0
    }
  }

  private static func isWide(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    switch (first, second, third) {
    case (0xE1, 0x9A, 0x80): true  // U+1680
    case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF): true  // U+2000–200A, 2028–2029, 202F
    case (0xE2, 0x81, 0x9F): true  // U+205F
    case (0xE3, 0x80, 0x80): true  // U+3000
    default: false
    }
  }
}
