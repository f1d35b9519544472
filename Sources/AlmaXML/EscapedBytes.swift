/// A buffer of XML text, which is reused for each user.
///
/// All access to its memory is in this type: every append first reserves the most that it can write, and one word more.
@safe
struct EscapedBytes: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0
  /// A property, because the compiler would load constants again for each word of a text.
  private let marks = EscapeMarks()

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

  /// The range of a literal in the list of literals. The list has `padding` bytes after the last one.
  struct Literal {
    private let first, length: UInt32

    @inline(__always)
    init(start: Int, count: Int) {
      first = UInt32(truncatingIfNeeded: start)
      length = UInt32(truncatingIfNeeded: count)
    }

    @inline(__always) var start: Int { Int(first) }
    @inline(__always) var count: Int { Int(length) }
  }

  static let padding = 32

  /// Appends a literal as it is.
  @inline(__always)
  mutating func append(_ literal: Literal, of literals: Span<UInt8>) {
    reserve(literal.count &+ Self.padding)
    count = copy(literal, of: literals, to: count)
  }

  /// The literals around a text: one before it and one after it, which follow each other in the list.
  struct Frame {
    private let lead: UInt32
    fileprivate let before: Literal
    private let afterLength: UInt32
    /// The bytes to reserve for both literals, with the padding of each.
    fileprivate let room: Int
    fileprivate let isInAttribute: Bool

    /// - Parameters:
    ///   - leadCount: how many bytes of `before` are written even if there is no text.
    ///   - afterCount: the length of the literal that follows `before`.
    init(leadCount: Int, before: Literal, afterCount: Int, isInAttribute: Bool) {
      lead = UInt32(leadCount)
      self.before = before
      afterLength = UInt32(afterCount)
      room = before.count + afterCount + 2 * EscapedBytes.padding
      self.isInAttribute = isInAttribute
    }

    @inline(__always) fileprivate var leadCount: Int { Int(lead) }
    @inline(__always) fileprivate var after: Literal {
      Literal(start: before.start &+ before.count, count: Int(afterLength))
    }
  }

  /// Appends only the lead of a frame, because there is no text.
  @inline(__always)
  mutating func appendLead(of frame: Frame, of literals: Span<UInt8>) {
    if frame.leadCount == 0 { return }
    reserve(frame.room)
    _ = copy(frame.before, of: literals, to: count)
    count &+= frame.leadCount
  }

  /// Appends a text in its frame. The text must not be empty.
  ///
  /// The escapes are those of xmlTextWriterWriteString in the content of an element, and of xmlTextWriterWriteAttribute
  /// in an attribute, with `&#10;` for a line feed in both.
  @inline(__always)
  mutating func append(_ text: Span<UInt8>, _ range: Range<Int>, in frame: Frame, of literals: Span<UInt8>) {
    reserve(frame.room &+ range.count &* Self.longestEscape)
    var place = copy(frame.before, of: literals, to: count)
    place = escape(text, range, to: place, inAttribute: frame.isInAttribute)
    count = copy(frame.after, of: literals, to: place)
  }

  /// Appends a text without a frame, with the same escapes.
  mutating func append(escaping text: Span<UInt8>, _ range: Range<Int>, inAttribute: Bool = false) {
    reserve(range.count &* Self.longestEscape)
    count = escape(text, range, to: count, inAttribute: inAttribute)
  }

  /// In bytes. No escape has more than six; multiplying by eight is one instruction.
  private static let longestEscape = 8

  /// Writes a literal. The caller has reserved its length and the padding.
  /// - Returns: the offset after it.
  @inline(__always)
  private mutating func copy(_ literal: Literal, of literals: Span<UInt8>, to place: Int) -> Int {
    var copied = 0
    repeat {
      // One move of `padding` bytes is cheaper than a loop over the few bytes of a tag.
      let block = unsafe literals.bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: literal.start &+ copied, as: SIMD32<UInt8>.self)
      unsafe (base + (place &+ copied)).storeBytes(of: block, as: SIMD32<UInt8>.self)
      copied &+= Self.padding
    } while copied < literal.count
    return place &+ literal.count
  }

  /// Writes a text, eight bytes at a time. The caller has reserved its longest form and one word more.
  /// - Returns: the offset after it.
  @inline(__always)
  private mutating func escape(_ text: Span<UInt8>, _ range: Range<Int>, to start: Int, inAttribute: Bool) -> Int {
    var place = start
    var offset = range.lowerBound
    while offset < range.upperBound {
      if offset <= text.count &- 8 {
        let word = unsafe text.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        unsafe (base + place).storeBytes(of: word, as: UInt64.self)
        let stops = marks.stops(in: word)
        let plain = stops == 0 ? 8 : stops.trailingZeroBitCount &>> 3
        place &+= plain
        offset &+= plain
        if stops == 0 || offset >= range.upperBound { continue }
      }
      place = escape(text[offset], to: place, inAttribute: inAttribute)
      offset &+= 1
    }
    // The last word may have copied bytes after the end.
    return place &- (offset &- range.upperBound)
  }

  @inline(never)
  private mutating func escape(_ byte: UInt8, to place: Int, inAttribute: Bool) -> Int {
    switch byte {
    case UInt8(ascii: "&"): return write("&amp;", to: place)
    case UInt8(ascii: "<"): return write("&lt;", to: place)
    case UInt8(ascii: ">"): return write("&gt;", to: place)
    case UInt8(ascii: "\""): return write("&quot;", to: place)
    case 0x0D: return write("&#13;", to: place)
    // A user is one line; in an attribute a parser would turn a line feed into a space.
    case 0x0A: return write("&#10;", to: place)
    case 0x09 where inAttribute: return write("&#9;", to: place)
    default:
      unsafe (base + place).storeBytes(of: byte, as: UInt8.self)
      return place + 1
    }
  }

  private mutating func write(_ escape: StaticString, to place: Int) -> Int {
    unsafe (base + place).copyMemory(from: escape.utf8Start, byteCount: escape.utf8CodeUnitCount)
    return place + escape.utf8CodeUnitCount
  }

  /// Reserves a number of bytes, and one word that a store may write past them.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count &+ more &+ 8 > capacity { grow(to: count &+ more &+ 8) }
  }

  @inline(never)
  private mutating func grow(to minimum: Int) {
    let larger = max(minimum, capacity * 2)
    let block = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
    unsafe block.copyMemory(from: base, byteCount: count)
    unsafe base.deallocate()
    unsafe base = block
    capacity = larger
  }
}

/// Finds the bytes that may need an escape, eight at a time.
///
/// It also finds all control characters, of which only some need an escape, and some of these only in attributes.
struct EscapeMarks {
  // The characters " and & differ in one bit, and so do < and >. XOR with 2 moves the first two to 0x20, just above the
  // control characters.
  private let quoteBits: UInt64 = 0xFBFB_FBFB_FBFB_FBFB
  private let turn: UInt64 = 0x0202_0202_0202_0202
  private let aboveControls: UInt64 = 0x2121_2121_2121_2121
  private let angleBits: UInt64 = 0xFDFD_FDFD_FDFD_FDFD
  private let angles: UInt64 = 0x3C3C_3C3C_3C3C_3C3C
  private let ones: UInt64 = 0x0101_0101_0101_0101
  private let topBits: UInt64 = 0x8080_8080_8080_8080

  /// The top bit of each byte that may need an escape. Only the lowest bit set is exact: borrows can set bits above it.
  @inline(__always)
  func stops(in word: UInt64) -> UInt64 {
    let quotes = ((word & quoteBits) ^ turn) &- aboveControls
    let brackets = ((word & angleBits) ^ angles) &- ones
    return (quotes | brackets) & ~word & topBits
  }
}
