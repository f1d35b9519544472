/// SipHash-1-3 with 128 bits (Aumasson and Bernstein, 2012, and its reference implementation): a keyed hash whose
/// collisions cannot be constructed without the key.
///
/// The standard library's Hasher is SipHash-1-3 too, but has 64 bits, with which two of ten million identifiers can
/// collide. With two Hashers instead, patron-validate took 613 instructions a person more: 16,415, above its ceiling of
/// 16,000.
struct SipHash {
  /// A key of 128 bits, as the state that every hash starts with.
  struct Key: Sendable {
    fileprivate let state: SipHash

    /// Creates a key from its two halves.
    init(_ first: UInt64, _ second: UInt64) {
      state = SipHash(
        v0: first ^ 0x736F_6D65_7073_6575, v1: second ^ 0x646F_7261_6E64_6F6D ^ 0xEE, v2: first ^ 0x6C79_6765_6E65_7261,
        v3: second ^ 0x7465_6462_7974_6573)
    }

    /// A new random key.
    static func random() -> Key { Key(.random(in: .min ... .max), .random(in: .min ... .max)) }
  }

  private var v0, v1, v2, v3: UInt64

  private init(v0: UInt64, v1: UInt64, v2: UInt64, v3: UInt64) {
    (self.v0, self.v1, self.v2, self.v3) = (v0, v1, v2, v3)
  }

  /// Starts a hash.
  @inline(__always)
  init(_ key: Key) { self = key.state }

  /// Hashes eight bytes, the first in the lowest bits.
  @inline(__always)
  mutating func combine(_ word: UInt64) {
    v3 ^= word
    round()
    v0 ^= word
  }

  /// Hashes the last bytes, at most seven, with the number of all bytes in the highest eight bits, and ends the hash.
  @inline(__always)
  consuming func finish(_ word: UInt64) -> (low: UInt64, high: UInt64) {
    combine(word)
    v2 ^= 0xEE
    for _ in 0..<3 { round() }
    let low = v0 ^ v1 ^ v2 ^ v3
    v1 ^= 0xDD
    for _ in 0..<3 { round() }
    return (low, v0 ^ v1 ^ v2 ^ v3)
  }

  @inline(__always)
  private mutating func round() {
    v0 &+= v1
    v2 &+= v3
    v1 = v1.rotated(13) ^ v0
    v3 = v3.rotated(16) ^ v2
    v0 = v0.rotated(32)
    v2 &+= v1
    v0 &+= v3
    v1 = v1.rotated(17) ^ v2
    v3 = v3.rotated(21) ^ v0
    v2 = v2.rotated(32)
  }
}

extension UInt64 {
  /// The bits rotated to the left.
  @inline(__always)
  fileprivate func rotated(_ bits: UInt64) -> UInt64 { self &<< bits | self &>> (64 - bits) }
}
