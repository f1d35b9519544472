import JSONText

/// Identifiers without regard to case, hashed.
struct CaseFolding {
  private let key: SipHash.Key
  private var folded: [UInt8] = []

  init(key: SipHash.Key = .drawn()) { self.key = key }

  /// The hash of a text after Unicode's simple case folding.
  mutating func hash(_ text: [UInt8], _ value: JSONSlice) -> HashTable.Hash {
    if !value.claims.contains(.isBeyondASCII) { return Self.hash(text.span, value.start, value.end, key) }
    folded.removeAll(keepingCapacity: true)
    for scalar in String(decoding: text[value.start..<value.end], as: UTF8.self).unicodeScalars {
      folded.append(contentsOf: String(Self.fold(scalar)).utf8)
    }
    return Self.hash(folded.span, 0, folded.count, key)
  }

  /// Hashes a text word by word, without regard to the case of ASCII's letters.
  private static func hash(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ key: SipHash.Key) -> HashTable.Hash {
    var hash = SipHash(key)
    var offset = start
    while end &- offset >= 8 {
      hash.take(lowercase(text.word(at: offset, upTo: end)))
      offset &+= 8
    }
    let count = UInt64(truncatingIfNeeded: end &- start)
    let (low, high) = hash.finish(lowercase(text.word(at: offset, upTo: end)) | count &<< 56)
    return HashTable.Hash(low: low, high: high)
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
