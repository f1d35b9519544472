/// A list of plain values that is never freed, so that reading it does no reference counting.
///
/// A stage makes one or two plans in its whole run, so freeing their lists would save nothing.
@safe
struct FixedList<Element: BitwiseCopyable>: @unchecked Sendable {
  // It is not changed after it has been made.
  private let base: UnsafePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    let copy = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
    for (index, element) in elements.enumerated() { unsafe (copy + index).initialize(to: element) }
    unsafe base = UnsafePointer(copy)
    count = elements.count
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return unsafe base[index]
  }

  @inline(__always) var indices: Range<Int> { 0..<count }

  /// A copy.
  var array: [Element] { indices.map { self[$0] } }

  /// Lends the values.
  @inline(__always)
  func withSpan<Result>(_ body: (Span<Element>) -> Result) -> Result {
    // The memory is never freed.
    body(unsafe Span(_unsafeStart: base, count: count))
  }
}

/// A list of plain values that is filled again for each person, up to a fixed number of them. Filling it neither
/// allocates nor does reference counting.
@safe
struct ReusedList<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  // Nothing else has access to it.
  private let base: UnsafeMutablePointer<Element>
  let capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    unsafe base = .allocate(capacity: capacity)
  }

  deinit { unsafe base.deallocate() }

  mutating func removeAll() { count = 0 }

  @inline(__always)
  mutating func removeLast() {
    precondition(count > 0)
    count &-= 1
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    precondition(count < capacity)
    unsafe (base + count).initialize(to: element)
    count &+= 1
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return unsafe base[index]
  }

  @inline(__always) var indices: Range<Int> { 0..<count }

  /// The values. The memory lives as long as the list.
  var buffer: UnsafeBufferPointer<Element> { unsafe UnsafeBufferPointer(start: base, count: count) }
}
