/// Bytes in memory of its own, which grows and is used again.
@safe
struct ByteBuffer: ~Copyable, @unchecked Sendable {
  // Nothing else has access to it.
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity = 256
  private(set) var count = 0

  init() { unsafe base = .allocate(capacity: capacity) }

  deinit { unsafe base.deallocate() }

  @inline(__always)
  subscript(index: Int) -> UInt8 {
    get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return unsafe base[index]
    }
    set {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      unsafe base[index] = newValue
    }
  }

  @inline(__always) var indices: Range<Int> { 0..<count }

  /// Lends the bytes.
  @inline(__always)
  func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    // The memory lives as long as the buffer.
    body(unsafe Span(_unsafeStart: base, count: count))
  }

  mutating func removeAll() { count = 0 }

  /// Keeps only the first bytes.
  mutating func truncate(to end: Int) {
    precondition(end >= 0 && end <= count)
    count = end
  }

  mutating func removeFirst(_ number: Int) {
    if number == 0 { return }
    precondition(number > 0 && number <= count)
    count &-= number
    unsafe base.update(from: base + number, count: count)
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe base[count] = byte
    count &+= 1
  }

  @inline(__always)
  mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    reserve(range.count)
    // Most texts are short, and a call of memcpy(3) costs more.
    for index in range {
      // The precondition is the bounds check.
      unsafe base[count] = bytes[unchecked: index]
      count &+= 1
    }
  }

  /// Puts a byte in front several times.
  mutating func prepend(_ byte: UInt8, count number: Int) {
    if number <= 0 { return }
    reserve(number)
    unsafe (base + number).update(from: base, count: count)
    unsafe base.update(repeating: byte, count: number)
    count &+= number
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) { if more > capacity &- count { grow(more) } }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    unsafe larger.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = larger
  }
}
