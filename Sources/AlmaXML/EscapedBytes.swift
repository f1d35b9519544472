import Glibc

/// Bytes of XML that are put together in one block of memory, which is used again for each user.
///
/// All access to the block is here: every append makes room for what it writes at most, and a word more.
@safe
struct EscapedBytes: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 16 << 10) {
    self.capacity = capacity
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
  }

  deinit { unsafe base.deallocate() }

  mutating func removeAll() { count = 0 }

  /// Lends what has been appended.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Appends a literal as it is. Behind the literals there are `padding` bytes to spare.
  @inline(__always)
  mutating func append(_ literals: Span<UInt8>, _ literal: Literal) {
    reserve(literal.count &+ Self.padding)
    var copied = 0
    repeat {
      // One move of the padding's size is cheaper than a loop over the few bytes that a tag has.
      let block = unsafe literals.bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: literal.start &+ copied, as: SIMD32<UInt8>.self)
      unsafe (base + (count &+ copied)).storeBytes(of: block, as: SIMD32<UInt8>.self)
      copied &+= Self.padding
    } while copied < literal.count
    count &+= literal.count
  }

  static let padding = 32

  /// Where a literal stands among the others.
  struct Literal {
    let start, count: Int
  }

  /// Appends a text with the escapes that xmlTextWriterWriteString makes in the content of an element, or in an attribute.
  @inline(__always)
  mutating func append(escaping text: Span<UInt8>, _ range: Range<Int>, inAttribute: Bool = false) {
    reserve(range.count &* Self.longestEscape)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let left = min(8, range.upperBound &- offset)
      if offset &+ 8 <= text.count {
        let word = unsafe text.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        let plain = min(left, word.plainBytes)
        unsafe (base + count).storeBytes(of: word, as: UInt64.self)
        count &+= plain
        offset &+= plain
        if plain == left { continue }
      }
      append(escaping: text[offset], inAttribute: inAttribute)
      offset &+= 1
    }
  }

  private static let longestEscape = 6

  @inline(never)
  private mutating func append(escaping byte: UInt8, inAttribute: Bool) {
    switch byte {
    case UInt8(ascii: "&"): append("&amp;")
    case UInt8(ascii: "<"): append("&lt;")
    case UInt8(ascii: ">"): append("&gt;")
    case UInt8(ascii: "\""): append("&quot;")
    case 0x0D: append("&#13;")
    case 0x0A where inAttribute: append("&#10;")
    case 0x09 where inAttribute: append("&#9;")
    default:
      unsafe (base + count).storeBytes(of: byte, as: UInt8.self)
      count += 1
    }
  }

  private mutating func append(_ escape: StaticString) {
    unsafe (base + count).copyMemory(from: escape.utf8Start, byteCount: escape.utf8CodeUnitCount)
    count += escape.utf8CodeUnitCount
  }

  /// Makes room for so many bytes and the word that a store may run over.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count &+ more &+ 8 > capacity { grow(to: count + more + 8) }
  }

  @inline(never)
  private mutating func grow(to least: Int) {
    let larger = max(least, capacity * 2)
    let block = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
    unsafe block.copyMemory(from: base, byteCount: count)
    unsafe base.deallocate()
    unsafe base = block
    capacity = larger
  }
}

extension UInt64 {
  /// How many of the eight bytes, from the lowest on, surely need no escape.
  ///
  /// It stops at control characters too, of which only some need one, and at those only in some places.
  @inline(__always)
  fileprivate var plainBytes: Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // The marks " and & differ in one bit, and so do < and >.
    let quotes = ((self & ~(ones &* 0x04)) ^ (ones &* UInt64(UInt8(ascii: "\"")))) &- ones
    let angles = ((self & ~(ones &* 0x02)) ^ (ones &* UInt64(UInt8(ascii: "<")))) &- ones
    let controls = self &- (ones &* 0x20)
    return ((quotes | angles | controls) & ~self & (ones &* 0x80)).trailingZeroBitCount &>> 3
  }
}
