/// A list of plain values that is made once and lives as long as the process, so that reading it counts no references.
///
/// A stage makes a plan or two in its whole run, so nothing is gained by freeing their lists.
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
}
