/// A table from hashes of 128 bits to numbers of 32, that grows a small page at a time.
///
/// A page holds the entries of one range of hashes, at most 64 of 20 bytes each, in order, and is found by its first bits; a full one
/// is cut in two. So no large table is ever copied, little memory stands unused, and no growth step is longer than another.
struct HashTable {
  struct Hash: Equatable {
    let low, high: UInt64

    /// By which entries are put in order.
    fileprivate var prefix: UInt32 { UInt32(truncatingIfNeeded: high &>> 32) }
  }

  /// Four words of the hash, and the number; in words so that it takes 20 bytes and no more.
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
    static let mostEntries = 64
    private static let entriesPerStep = 8

    var entries: [Entry] = []
    /// How many first bits of the hash all its entries share.
    var bits: Int

    func find(_ hash: Hash) -> UInt32? {
      let entries = entries.span
      var place = place(of: hash.prefix)
      while place < entries.count, entries[place].prefix == hash.prefix {
        if entries[place].has(hash) { return entries[place].number }
        place += 1
      }
      return nil
    }

    mutating func insert(_ hash: Hash, _ number: UInt32) {
      if entries.count == entries.capacity { entries.reserveCapacity(entries.count + Self.entriesPerStep) }
      entries.insert(Entry(hash, number), at: place(of: hash.prefix))
    }

    /// Where the first entry stands, or would stand, whose prefix is no less.
    func place(of prefix: UInt32) -> Int {
      let entries = entries.span
      // Hashes are spread evenly, so that the place in the range is near the one among the entries.
      var place = Int((UInt64(prefix << UInt32(bits)) &* UInt64(entries.count)) >> 32)
      while place > 0, entries[place &- 1].prefix >= prefix { place &-= 1 }
      while place < entries.count, entries[place].prefix < prefix { place &+= 1 }
      return place
    }
  }

  private var pages = [Page(bits: 0)]
  /// For each value of the first `directoryBits` bits of a hash, the page.
  private var directory: [UInt32] = [0]
  private var directoryBits = 0

  /// The number that was inserted for a hash, or nil.
  func find(_ hash: Hash) -> UInt32? { pages[page(of: hash)].find(hash) }

  mutating func insert(_ hash: Hash, _ number: UInt32) {
    var page = page(of: hash)
    while pages[page].entries.count >= Page.mostEntries, pages[page].bits < 32 {
      split(page)
      page = self.page(of: hash)
    }
    pages[page].insert(hash, number)
  }

  private func page(of hash: Hash) -> Int { Int(directory[Int(hash.prefix >> UInt32(32 - directoryBits))]) }

  /// Gives the upper half of a page's range to a new one.
  private mutating func split(_ page: Int) {
    let entries = pages[page].entries
    let bits = pages[page].bits + 1
    if bits > directoryBits {
      directory = directory.flatMap { [$0, $0] }
      directoryBits += 1
    }
    let start = entries[0].prefix & ~(UInt32.max >> UInt32(bits - 1))
    let middle = start | 1 << UInt32(32 - bits)
    let cut = pages[page].place(of: middle)
    // The parts are copied, so that neither keeps room that it has no use for.
    pages[page] = Page(entries: Array(entries[..<cut]), bits: bits)
    let first = Int(middle >> UInt32(32 - directoryBits))
    for place in first..<first + (1 << (directoryBits - bits)) { directory[place] = UInt32(pages.count) }
    pages.append(Page(entries: Array(entries[cut...]), bits: bits))
  }
}
