/// The keys of an earlier object, with the brace or comma before them and the spaces around them.
///
/// The people of one feed have the same members in the same order, so a key costs one comparison instead of a scan and
/// a lookup. Only a few objects are learned from, and the size is bounded, so that objects with members in random order
/// neither slow it down nor make it grow.
struct LearnedKeys {
  struct Key {
    /// The first two words and the last two, which overlap in a short key.
    fileprivate let first, second, last, lastButOne: UInt64
    /// The number of bytes from the end of the value before the key to the first byte of the key's value.
    fileprivate let count: Int
    /// The index among the known names, or -1.
    let member: Int

    /// A placeholder that matches no text.
    fileprivate static var none: Key { Key(first: 0, second: 0, last: 0, lastButOne: 0, count: .max / 2, member: -1) }
  }

  /// Keys after these are not learned.
  static let maxKeys = 256
  /// The lengths of keys that are learned; others are scanned each time.
  private static let learnable = 8...32

  /// In the order of the object. The last is a placeholder that matches no text.
  private(set) var keys = [Key.none]
  /// For each known name the index of the key after it, or -1: where to continue after a key in another order.
  private(set) var following: [Int]
  /// A property, because the compiler would otherwise load the constants again for each word.
  let marks = StringMarks()

  init(memberCount: Int) { following = Array(repeating: -1, count: memberCount) }

  /// Learns the key that a range of a text has.
  mutating func append(_ text: Span<UInt8>, from start: Int, to end: Int, member: Int) {
    guard keys.count < Self.maxKeys else { return }
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
  /// The offset after this key, if the text has the key at `start` and at least ten bytes after it; else nil.
  @inline(__always)
  func end(in text: Span<UInt8>, from start: Int) -> Int? {
    let end = start &+ count
    // All these words are inside the key, which has at least eight bytes.
    guard text.has(10, at: end), text.word(start) == first, text.word(end &- 8) == last else { return nil }
    if count <= 16 { return end }
    return text.word(start &+ 8) == second && text.word(end &- 16) == lastButOne ? end : nil
  }
}
