/// A table from 128-bit hashes to 32-bit numbers that grows by small pages.
///
/// A page holds the sorted entries of one range of hashes, at most 64 of 20 bytes each; the first bits of a hash select
/// it. A full page is split in two, so no large table is ever copied, little memory is unused, and each growth step is
/// short.
package struct HashTable {
  /// A hash of 128 bits, evenly distributed.
  package struct Hash: BitwiseCopyable, Equatable, Sendable {
    package let low, high: UInt64

    @inlinable
    package init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }

    @inlinable
    package static func == (left: Hash, right: Hash) -> Bool { left.low == right.low && left.high == right.high }

    /// The bits that entries are sorted by.
    fileprivate var prefix: UInt32 { UInt32(truncatingIfNeeded: high &>> 32) }
  }

  /// The hash as four words of 32 bits, and the number: with words of 64 bits an entry would take 24 bytes.
  private struct Entry {
    let prefix, second, third, fourth: UInt32
    let number: UInt32

    @inline(__always)
    init(_ hash: Hash, _ number: UInt32) {
      prefix = hash.prefix
      second = UInt32(truncatingIfNeeded: hash.high)
      third = UInt32(truncatingIfNeeded: hash.low &>> 32)
      fourth = UInt32(truncatingIfNeeded: hash.low)
      self.number = number
    }

    @inline(__always)
    func has(_ hash: Hash) -> Bool {
      UInt64(prefix) &<< 32 | UInt64(second) == hash.high && UInt64(third) &<< 32 | UInt64(fourth) == hash.low
    }
  }

  private struct Page {
    static let maxEntries = 64
    private static let entriesPerStep = 8

    var entries: [Entry] = []
    /// How many first bits of the hash all entries share.
    var bits: Int

    func find(_ hash: Hash) -> UInt32? {
      let entries = entries.span
      var index = index(of: hash.prefix)
      while index < entries.count, entries[index].prefix == hash.prefix {
        if entries[index].has(hash) { return entries[index].number }
        index += 1
      }
      return nil
    }

    mutating func insert(_ hash: Hash, _ number: UInt32) {
      if entries.count == entries.capacity { entries.reserveCapacity(entries.count + Self.entriesPerStep) }
      let index = index(of: hash.prefix)
      let entry = Entry(hash, number)
      entries.append(entry)
      // One move within the array costs half as much as `insert`.
      unsafe entries.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe (base + index + 1).update(from: base + index, count: buffer.count - 1 - index)
        unsafe base[index] = entry
      }
    }

    /// The index of the first entry whose prefix is not less than the given one, or of the end.
    func index(of prefix: UInt32) -> Int {
      let entries = entries.span
      // Hashes are evenly distributed, so the search starts at the index in proportion to the prefix.
      var index = Int((UInt64(prefix << UInt32(bits)) &* UInt64(entries.count)) >> 32)
      while index > 0, entries[index &- 1].prefix >= prefix { index &-= 1 }
      while index < entries.count, entries[index].prefix < prefix { index &+= 1 }
      return index
    }
  }

  private var pages = [Page(bits: 0)]
  /// The page of each value of the first `directoryBits` bits of a hash.
  private var directory: [UInt32] = [0]
  private var directoryBits = 0

  /// Creates an empty table.
  package init() {}

  /// The number that was inserted for a hash, or nil.
  package func find(_ hash: Hash) -> UInt32? { pages[page(of: hash)].find(hash) }

  /// Inserts a number for a hash, which must not be in the table yet.
  package mutating func insert(_ hash: Hash, _ number: UInt32) {
    var page = page(of: hash)
    while pages[page].entries.count >= Page.maxEntries, pages[page].bits < 32 {
      split(page)
      page = self.page(of: hash)
    }
    pages[page].insert(hash, number)
  }

  private func page(of hash: Hash) -> Int { Int(directory[Int(hash.prefix >> UInt32(32 - directoryBits))]) }

  /// Moves the upper half of a page's range to a new page.
  private mutating func split(_ page: Int) {
    let entries = pages[page].entries
    let bits = pages[page].bits + 1
    if bits > directoryBits {
      directory = directory.flatMap { [$0, $0] }
      directoryBits += 1
    }
    let start = entries[0].prefix & ~(UInt32.max >> UInt32(bits - 1))
    let middle = start | 1 << UInt32(32 - bits)
    let cut = pages[page].index(of: middle)
    // Both halves are copied, so that neither keeps unused capacity.
    pages[page] = Page(entries: Array(entries[..<cut]), bits: bits)
    let first = Int(middle >> UInt32(32 - directoryBits))
    for index in first..<first + (1 << (directoryBits - bits)) { directory[index] = UInt32(pages.count) }
    pages.append(Page(entries: Array(entries[cut...]), bits: bits))
  }
}
