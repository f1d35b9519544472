import JSONText

/// Identifiers without regard to case, hashed.
struct CaseFolding {
  private let key: SipHash.Key
  private var folded: [UInt8] = []
  /// U+007F stood in a text of ASCII alone. It is looked for here, where each byte of an identifier passes by.
  var hasMetDelete = false

  init(key: SipHash.Key = .drawn()) { self.key = key }

  /// The hash of a text after Unicode's simple case folding.
  mutating func hash(_ text: [UInt8], _ value: JSONSlice) -> HashTable.Hash {
    if !value.claims.contains(.isBeyondASCII) {
      return Self.hash(text.span, value.start, value.end, key, &hasMetDelete)
    }
    folded.removeAll(keepingCapacity: true)
    for scalar in String(decoding: text[value.start..<value.end], as: UTF8.self).unicodeScalars {
      folded.append(contentsOf: String(Self.fold(scalar)).utf8)
    }
    var unused = false
    return Self.hash(folded.span, 0, folded.count, key, &unused)
  }

  /// Hashes a text word by word, without regard to the case of ASCII's letters.
  private static func hash(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ key: SipHash.Key, _ hasMetDelete: inout Bool
  ) -> HashTable.Hash {
    var hash = SipHash(key)
    var deletes: UInt64 = 0
    var offset = start
    while end &- offset >= 8 {
      let word = text.word(at: offset, upTo: end)
      deletes |= Self.deletes(in: word)
      hash.take(lowercase(word))
      offset &+= 8
    }
    let word = text.word(at: offset, upTo: end)
    if deletes | Self.deletes(in: word) != 0 { hasMetDelete = true }
    let count = UInt64(truncatingIfNeeded: end &- start)
    let (low, high) = hash.finish(lowercase(word) | count &<< 56)
    return HashTable.Hash(low: low, high: high)
  }

  /// The top bit of each byte of ASCII that is 0x7F; for words of ASCII alone, in which no sum runs over.
  private static func deletes(in word: UInt64) -> UInt64 {
    (word &+ 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080
  }

  /// The same eight bytes, ASCII's capitals as small letters.
  private static func lowercase(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // The top bit of each byte tells of it: from A on, beyond Z, and above 0x7F.
    let low = word & (ones &* 0x7F)
    let fromA = low &+ ones &* (0x80 - 0x41)
    let beyondZ = low &+ ones &* (0x7F - 0x5A)
    return word | (fromA & ~beyondZ & ~word & (ones &* 0x80)) &>> 2
  }

  /// One scalar that stands for all that differ from it by case only, as C and S of Unicode's CaseFolding.txt have it.
  static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    // The dotless i is no i to them, nor is the dotted capital.
    if scalar == "\u{131}" || scalar == "\u{130}" { return scalar }
    return only(only(scalar, \.uppercaseMapping), \.lowercaseMapping)
  }

  /// The mapping of a scalar where it is a single one, else the scalar itself.
  private static func only(
    _ scalar: Unicode.Scalar, _ mapping: KeyPath<Unicode.Scalar.Properties, String>
  ) -> Unicode.Scalar {
    let scalars = scalar.properties[keyPath: mapping].unicodeScalars
    return scalars.count == 1 ? scalars.first ?? scalar : scalar
  }
}
