/// The keys of an object met before, with the punctuation and spaces around them as they were written.
///
/// People of one feed have the same members in the same order, so each key costs one comparison instead of a scan and a look-up.
/// It learns from few objects and is bounded in size, so that people in random order neither slow it down nor make it grow.
struct LearnedKeys {
  struct Key {
    /// Where its bytes begin in `words`.
    var firstWord: Int32
    /// From behind the comma (or brace) before the key up to the first byte of its value.
    var count: Int32
    /// Its index among the names known, or -1.
    var member: Int32
  }

  static let mostKeys = 256
  static let mostBytes = 64

  private(set) var keys: [Key] = []
  private var words: [UInt64] = []
  /// For each known name the position behind it, to go on from where the order was lost.
  private var following: [Int]

  init(memberCount: Int) { following = Array(repeating: -1, count: memberCount) }

  mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    for member in following.indices { following[member] = -1 }
  }

  mutating func append(_ text: Span<UInt8>, from start: Int, to end: Int, member: Int) {
    guard keys.count < Self.mostKeys, end - start <= Self.mostBytes else { return }
    keys.append(Key(firstWord: Int32(words.count), count: Int32(end - start), member: Int32(member)))
    for first in stride(from: start, to: end, by: 8) {
      var word: UInt64 = 0
      for offset in first..<min(first + 8, end) { word |= UInt64(text.byte(offset)) << UInt64((offset - first) * 8) }
      words.append(word)
    }
    if member >= 0 { following[member] = keys.count }
  }

  /// The position to try next after a known name that stood elsewhere than expected.
  @inline(__always)
  func position(after member: Int) -> Int? {
    member >= 0 && following[member] >= 0 ? following[member] : nil
  }

  /// The text has, at `start`, the key learned at a position.
  @inline(__always)
  func matches(_ key: Key, _ text: Span<UInt8>, at start: Int) -> Bool {
    var offset = start
    var word = Int(key.firstWord)
    var left = Int(key.count)
    while left >= 8 {
      guard text.hasWord(at: offset), text.word(offset) == words[word] else { return false }
      offset &+= 8
      word &+= 1
      left &-= 8
    }
    if left == 0 { return true }
    guard text.hasWord(at: offset) else { return false }
    return text.word(offset) & ((1 &<< UInt64(left &* 8)) &- 1) == words[word]
  }
}
