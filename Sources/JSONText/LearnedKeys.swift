/// The keys of an object met before, with the punctuation and spaces around them as they were written.
///
/// People of one feed have the same members in the same order, so each key costs one comparison instead of a scan and a look-up.
/// It learns from few objects and is bounded in size, so that people in random order neither slow it down nor make it grow.
struct LearnedKeys {
  struct Key {
    /// Where its bytes begin in `words`, and the last word of them.
    var firstWord: Int
    var lastWord: Int
    /// The bytes of the last word that are the key's.
    var lastMask: UInt64
    /// From behind the comma (or brace) before the key up to the first byte of its value.
    var count: Int
    /// Its index among the names known, or -1.
    var member: Int
  }

  static let mostKeys = 256
  static let mostBytes = 64

  private(set) var keys: [Key] = []
  private(set) var words: [UInt64] = []
  /// For each known name the position behind it, to go on from where the order was lost; or -1.
  private(set) var following: [Int]

  init(memberCount: Int) { following = Array(repeating: -1, count: memberCount) }

  mutating func append(_ text: Span<UInt8>, from start: Int, to end: Int, member: Int) {
    guard keys.count < Self.mostKeys, end - start <= Self.mostBytes else { return }
    let first = words.count
    for offset in stride(from: start, to: end, by: 8) {
      var word: UInt64 = 0
      for place in offset..<min(offset + 8, end) { word |= UInt64(text.byte(place)) << UInt64((place - offset) * 8) }
      words.append(word)
    }
    let used = (end - start - 1) % 8 + 1
    keys.append(
      Key(
        firstWord: first, lastWord: words.count - 1, lastMask: ~0 >> UInt64(64 - used * 8), count: end - start,
        member: member))
    if member >= 0 { following[member] = keys.count }
  }
}

extension LearnedKeys.Key {
  /// The text has this key at `start`.
  /// - Parameter words: those of the keys it was learned with.
  @inline(__always)
  func matches(_ text: Span<UInt8>, at start: Int, _ words: Span<UInt64>) -> Bool {
    var word = firstWord
    var offset = start
    guard text.hasWord(at: offset &+ (lastWord &- firstWord) &* 8) else { return false }
    while word < lastWord {
      // The key was made with its words.
      let expected = unsafe words[unchecked: word]
      if text.word(offset) != expected { return false }
      offset &+= 8
      word &+= 1
    }
    let expected = unsafe words[unchecked: word]
    return text.word(offset) & lastMask == expected
  }
}
