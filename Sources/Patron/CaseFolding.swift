/// Identifiers without regard to case, hashed.
struct CaseFolding {
  private var folded: [UInt8] = []

  /// A keyed hash of a text after Unicode's simple case folding: the key is the process's own.
  mutating func hash(_ text: [UInt8], _ value: Person.Value) -> HashTable.Hash {
    folded.removeAll(keepingCapacity: true)
    let bytes = text[value.start..<value.end]
    if value.isASCII {
      for byte in bytes { folded.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) }
    } else {
      for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        folded.append(contentsOf: String(Self.fold(scalar)).utf8)
      }
    }
    var first = Hasher()
    unsafe folded.withUnsafeBytes { unsafe first.combine(bytes: $0) }
    var second = first
    second.combine(UInt8(0xFF))
    return HashTable.Hash(
      low: UInt64(UInt(bitPattern: first.finalize())), high: UInt64(UInt(bitPattern: second.finalize())))
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
