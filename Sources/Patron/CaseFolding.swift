import HashTables
import JSONText

/// Hashes identifiers without regard to case.
struct CaseFolding {
  private let key = SipHash.Key.random()
  private var folded: [UInt8] = []

  /// The hash of a text after Unicode's simple case folding.
  /// - Parameter hasDelete: becomes true if a text of ASCII alone has U+007F. The hash reads each byte of an
  ///   identifier, so it looks for this character too.
  @inline(__always)
  mutating func hash(_ text: Span<UInt8>, _ value: JSONSlice, _ hasDelete: inout Bool) -> HashTable.Hash {
    value.claims.contains(.isBeyondASCII)
      ? hashBeyondASCII(text.extracting(value.start..<value.end))
      : Self.hash(text, value.start, value.end, key, &hasDelete)
  }

  @inline(never)
  private mutating func hashBeyondASCII(_ text: Span<UInt8>) -> HashTable.Hash {
    folded.removeAll(keepingCapacity: true)
    let text = unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    for scalar in text.unicodeScalars {
      folded.append(contentsOf: String(Self.fold(scalar)).utf8)
    }
    var unused = false
    return Self.hash(folded.span, 0, folded.count, key, &unused)
  }

  /// Hashes a text eight bytes at a time, without regard to the case of ASCII letters.
  private static func hash(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ key: SipHash.Key, _ hasDelete: inout Bool
  ) -> HashTable.Hash {
    var hash = SipHash(key)
    var deletes: UInt64 = 0
    var offset = start
    while end &- offset >= 8 {
      let word = text.word(at: offset, upTo: end)
      deletes |= Self.deletes(in: word)
      hash.combine(lowercase(word))
      offset &+= 8
    }
    let word = text.word(at: offset, upTo: end)
    if deletes | Self.deletes(in: word) != 0 { hasDelete = true }
    let count = UInt64(truncatingIfNeeded: end &- start)
    let (low, high) = hash.finish(lowercase(word) | count &<< 56)
    return HashTable.Hash(low: low, high: high)
  }

  /// The top bit of each byte that is 0x7F, in a word of ASCII alone, where no addition carries into the next byte.
  private static func deletes(in word: UInt64) -> UInt64 {
    (word &+ 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080
  }

  /// The same eight bytes, with the capital letters of ASCII in lower case.
  private static func lowercase(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // The top bit of each byte of a sum is set if the byte is at least A, or after Z.
    let low = word & (ones &* 0x7F)
    let fromA = low &+ ones &* (0x80 - 0x41)
    let afterZ = low &+ ones &* (0x7F - 0x5A)
    return word | (fromA & ~afterZ & ~word & (ones &* 0x80)) &>> 2
  }

  /// The scalar that represents all scalars that differ from this one by case only: mappings C and S of Unicode's
  /// CaseFolding.txt.
  static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    // Neither the dotless i nor the capital I with a dot is folded to i.
    if scalar == "\u{131}" || scalar == "\u{130}" { return scalar }
    return only(only(scalar, \.uppercaseMapping), \.lowercaseMapping)
  }

  /// The mapping of a scalar if it is a single scalar, else the scalar itself.
  private static func only(
    _ scalar: Unicode.Scalar, _ mapping: KeyPath<Unicode.Scalar.Properties, String>
  ) -> Unicode.Scalar {
    let scalars = scalar.properties[keyPath: mapping].unicodeScalars
    return scalars.count == 1 ? scalars.first ?? scalar : scalar
  }
}
