/// The bytes of JSON's tokens and white space.
enum Byte {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  /// `null`, the first byte in the lowest bits.
  static let null: UInt32 = 0x6C6C_756E
}

extension Span where Element == UInt8 {
  /// The byte at an offset; after the end 0, which no JSON token contains.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 {
    guard UInt(bitPattern: offset) < UInt(bitPattern: count) else { return 0 }
    // The guard is the bounds check.
    return unsafe self[unchecked: offset]
  }

  /// Eight bytes, the first in the lowest bits. The caller has checked the bounds.
  @inlinable @inline(__always)
  func word(_ offset: Int) -> UInt64 {
    assert(offset >= 0 && offset + 8 <= count)
    // One load instead of eight is what makes the scanner fast. Every caller has called `has(_:at:)`.
    return UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }

  /// Whether the text has a number of bytes from an offset on. The offset must not be negative.
  @inlinable @inline(__always)
  func has(_ bytes: Int, at offset: Int) -> Bool { offset <= count &- bytes }

  /// Eight bytes from an offset on, the first in the lowest bits; those from `end` on are 0.
  @inlinable @inline(__always)
  public func word(at offset: Int, upTo end: Int) -> UInt64 {
    let left = end &- offset
    guard offset >= 0, end <= count, left > 0 else { return 0 }
    if has(8, at: offset) { return left < 8 ? word(offset) & ~(~0 &<< UInt64(left &* 8)) : word(offset) }
    return shortWord(at: offset, upTo: end)
  }

  @usableFromInline
  func shortWord(at offset: Int, upTo end: Int) -> UInt64 {
    (offset..<end).reversed().reduce(0) { $0 << 8 | UInt64(byte($1)) }
  }

  /// The offset of the first byte from `offset` on that is not JSON white space.
  @inline(__always)
  public func skippingJSONSpace(from offset: Int) -> Int {
    var offset = offset
    while true {
      switch byte(offset) {
      case Byte.space, Byte.lineFeed, Byte.carriageReturn, Byte.tab: offset &+= 1
      default: return offset
      }
    }
  }

  /// The fault at an offset that has an unexpected byte, or is the end.
  @inline(never)
  func fault(at offset: Int) -> JSONFault {
    offset >= count
      ? JSONFault(offset: count, problem: .endsEarly)
      : JSONFault(offset: offset, problem: .unexpectedByte(byte(offset)))
  }
}
