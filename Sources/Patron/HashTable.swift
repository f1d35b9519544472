/// A table from hashes of 128 bits to numbers of 32, that grows a small page at a time.
///
/// A page is a list of at most 64 entries, 20 bytes each, in no order; a full one is split in two by one more bit of the hash. So no
/// large table is ever copied, little memory stands unused, and no growth step is longer than another.
struct HashTable {
  struct Hash: Equatable {
    let low, high: UInt64
  }

  private static let wordsPerEntry = 5
  private static let entriesPerPage = 64
  private static let entriesPerStep = 8

  private struct Page {
    /// Five words an entry: the hash, then the number.
    var words: [UInt32] = []
    /// How many low bits of the hash all its entries share.
    var bits: Int
  }

  private var pages = [Page(bits: 0)]
  /// For each value of the lowest bits of a hash, the page.
  private var directory: [UInt32] = [0]

  /// The number that was inserted for a hash, or nil.
  func find(_ hash: Hash) -> UInt32? {
    let low = UInt32(truncatingIfNeeded: hash.low)
    let words = pages[Int(directory[Int(low) & (directory.count &- 1)])].words
    var word = 0
    while word < words.count {
      if words[word] == low, Self.matches(hash, words, word) { return words[word &+ 4] }
      word &+= Self.wordsPerEntry
    }
    return nil
  }

  private static func matches(_ hash: Hash, _ words: [UInt32], _ word: Int) -> Bool {
    UInt64(words[word]) | UInt64(words[word + 1]) << 32 == hash.low
      && UInt64(words[word + 2]) | UInt64(words[word + 3]) << 32 == hash.high
  }

  mutating func insert(_ hash: Hash, _ number: UInt32) {
    var page = Int(directory[Int(UInt32(truncatingIfNeeded: hash.low)) & (directory.count - 1)])
    while pages[page].words.count >= Self.entriesPerPage * Self.wordsPerEntry, pages[page].bits < 32 {
      split(page)
      page = Int(directory[Int(UInt32(truncatingIfNeeded: hash.low)) & (directory.count - 1)])
    }
    let count = pages[page].words.count
    if count % (Self.entriesPerStep * Self.wordsPerEntry) == 0 {
      pages[page].words.reserveCapacity(count + Self.entriesPerStep * Self.wordsPerEntry)
    }
    pages[page].words.append(UInt32(truncatingIfNeeded: hash.low))
    pages[page].words.append(UInt32(truncatingIfNeeded: hash.low >> 32))
    pages[page].words.append(UInt32(truncatingIfNeeded: hash.high))
    pages[page].words.append(UInt32(truncatingIfNeeded: hash.high >> 32))
    pages[page].words.append(number)
  }

  /// Gives half of a page's entries to a new one.
  private mutating func split(_ page: Int) {
    let bit = pages[page].bits
    if 1 << bit == directory.count { directory += directory }
    let old = pages[page].words
    var halves: ([UInt32], [UInt32]) = ([], [])
    halves.0.reserveCapacity(old.count / 2)
    halves.1.reserveCapacity(old.count / 2)
    for entry in stride(from: 0, to: old.count, by: Self.wordsPerEntry) {
      let words = old[entry..<entry + Self.wordsPerEntry]
      if old[entry] >> UInt32(bit) & 1 == 0 { halves.0 += words } else { halves.1 += words }
    }
    let fresh = UInt32(pages.count)
    pages[page] = Page(words: halves.0, bits: bit + 1)
    pages.append(Page(words: halves.1, bits: bit + 1))
    // Of the places that led to the old page, those with the bit set lead to the new one.
    for place in directory.indices where directory[place] == UInt32(page) && place >> bit & 1 == 1 {
      directory[place] = fresh
    }
  }
}
