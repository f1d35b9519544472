/// The keys of an object met before, with the punctuation and spaces around them as they were written.
///
/// People of one feed have the same members in the same order, so each key costs one comparison instead of a scan and a look-up.
/// It learns from few objects and is bounded in size, so that people in random order neither slow it down nor make it grow.
struct LearnedKeys {
  struct Key {
    /// Its bytes, and which bits of each word they are.
    var words: (UInt64, UInt64, UInt64, UInt64)
    var masks: (UInt64, UInt64, UInt64, UInt64)
    /// From behind the comma (or brace) before the key up to the first byte of its value.
    var count: Int
    /// Its index among the names known, or -1.
    var member: Int
  }

  static let mostKeys = 256
  /// A longer key is read anew each time.
  static let mostBytes = 32

  private(set) var keys: [Key] = []
  /// For each known name the position behind it, to go on from where the order was lost; or -1.
  private(set) var following: [Int]

  init(memberCount: Int) { following = Array(repeating: -1, count: memberCount) }

  mutating func append(_ text: Span<UInt8>, from start: Int, to end: Int, member: Int) {
    guard keys.count < Self.mostKeys else { return }
    var words: [UInt64] = [0, 0, 0, 0]
    var masks: [UInt64] = [0, 0, 0, 0]
    for (place, offset) in (start..<end).prefix(Self.mostBytes).enumerated() {
      words[place / 8] |= UInt64(text.byte(offset)) << UInt64(place % 8 * 8)
      masks[place / 8] |= 0xFF << UInt64(place % 8 * 8)
    }
    // What is too long to be learned is never found, but keeps its position.
    if end - start > Self.mostBytes { (words[0], masks[0]) = (1, 0) }
    keys.append(
      Key(
        words: (words[0], words[1], words[2], words[3]), masks: (masks[0], masks[1], masks[2], masks[3]),
        count: end - start, member: member))
    if member >= 0 { following[member] = keys.count }
  }
}

extension LearnedKeys.Key {
  /// The text has this key at `start`, and the room of the longest key stands there.
  @inline(__always)
  func matches(_ text: Span<UInt8>, at start: Int) -> Bool {
    guard text.hasWord(at: start &+ LearnedKeys.mostBytes &- 8) else { return false }
    // No loop and one branch: most keys take three words or four.
    let first = (text.word(start) & masks.0 ^ words.0) | (text.word(start &+ 8) & masks.1 ^ words.1)
    let second = (text.word(start &+ 16) & masks.2 ^ words.2) | (text.word(start &+ 24) & masks.3 ^ words.3)
    return first | second == 0
  }
}
