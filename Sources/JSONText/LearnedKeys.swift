/// The keys of an object met before, with the brace or comma before them and the spaces around them as they were written.
///
/// People of one feed have the same members in the same order, so each key costs one comparison instead of a scan and a look-up.
/// It learns from few objects and is bounded in size, so that people in random order neither slow it down nor make it grow.
struct LearnedKeys {
  struct Key {
    /// Its first two words and its last two, which overlap in a short key.
    fileprivate let first, second, last, lastButOne: UInt64
    /// From behind the value before the key up to the first byte of its own.
    fileprivate let count: Int
    /// Its index among the names known, or -1.
    let member: Int

    /// What keeps a position, and is found nowhere.
    fileprivate static var none: Key { Key(first: 0, second: 0, last: 0, lastButOne: 0, count: .max / 2, member: -1) }
  }

  static let mostKeys = 256
  /// A key that is shorter or longer is read anew each time.
  private static let learnable = 8...32

  /// In the order in which they are due. The last is none, and is found nowhere.
  private(set) var keys = [Key.none]
  /// For each known name the position behind it, to go on from where the order was lost; or -1.
  private(set) var following: [Int]
  /// Kept here for the loop over the keys: the compiler would make constants anew for each word.
  let marks = StringMarks()

  init(memberCount: Int) { following = Array(repeating: -1, count: memberCount) }

  mutating func append(_ text: Span<UInt8>, from start: Int, to end: Int, member: Int) {
    guard keys.count < Self.mostKeys else { return }
    let count = end - start
    var key = Key.none
    if Self.learnable.contains(count) {
      let second = count >= 16 ? start + 8 : start
      key = Key(
        first: text.word(start), second: text.word(second), last: text.word(end - 8),
        lastButOne: text.word(count >= 16 ? end - 16 : start), count: count, member: member)
    }
    keys.insert(key, at: keys.count - 1)
    if member >= 0 { following[member] = keys.count - 1 }
  }
}

extension LearnedKeys.Key {
  /// The offset behind this key, where the text has it at `start`; and ten bytes at least stand behind it.
  @inline(__always)
  func end(in text: Span<UInt8>, from start: Int) -> Int? {
    let end = start &+ count
    // All the words are inside the key, which has eight bytes or more.
    guard text.has(10, at: end), text.word(start) == first, text.word(end &- 8) == last else { return nil }
    if count <= 16 { return end }
    return text.word(start &+ 8) == second && text.word(end &- 16) == lastButOne ? end : nil
  }
}
