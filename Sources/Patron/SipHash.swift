/// SipHash-1-3 with 128 bits (Aumasson and Bernstein, 2012, and its reference implementation): a keyed hash whose collisions cannot be made
/// up by somebody who does not know the key.
///
/// The standard library's Hasher is of the same kind, but has 64 bits, which leave two of ten million people a chance to be taken for one.
struct SipHash {
  /// What a hash begins with: made once for a key.
  struct Key {
    fileprivate let state: SipHash

    init(_ first: UInt64, _ second: UInt64) {
      state = SipHash(
        v0: first ^ 0x736F_6D65_7073_6575, v1: second ^ 0x646F_7261_6E64_6F6D ^ 0xEE, v2: first ^ 0x6C79_6765_6E65_7261,
        v3: second ^ 0x7465_6462_7974_6573)
    }

    /// One that nobody else knows.
    static func drawn() -> Key { Key(.random(in: .min ... .max), .random(in: .min ... .max)) }
  }

  private var v0, v1, v2, v3: UInt64

  private init(v0: UInt64, v1: UInt64, v2: UInt64, v3: UInt64) {
    (self.v0, self.v1, self.v2, self.v3) = (v0, v1, v2, v3)
  }

  @inline(__always)
  init(_ key: Key) { self = key.state }

  /// Takes eight bytes, the first in the lowest bits.
  @inline(__always)
  mutating func take(_ word: UInt64) {
    v3 ^= word
    turn()
    v0 ^= word
  }

  /// Takes what is left, fewer than eight bytes, with the number of all bytes in the highest bits; and ends.
  @inline(__always)
  consuming func finish(_ word: UInt64) -> (low: UInt64, high: UInt64) {
    take(word)
    v2 ^= 0xEE
    for _ in 0..<3 { turn() }
    let low = v0 ^ v1 ^ v2 ^ v3
    v1 ^= 0xDD
    for _ in 0..<3 { turn() }
    return (low, v0 ^ v1 ^ v2 ^ v3)
  }

  @inline(__always)
  private mutating func turn() {
    v0 &+= v1
    v2 &+= v3
    v1 = v1.turned(13) ^ v0
    v3 = v3.turned(16) ^ v2
    v0 = v0.turned(32)
    v2 &+= v1
    v0 &+= v3
    v1 = v1.turned(17) ^ v2
    v3 = v3.turned(21) ^ v0
    v2 = v2.turned(32)
  }
}

extension UInt64 {
  /// The bits turned to the left.
  @inline(__always)
  fileprivate func turned(_ bits: UInt64) -> UInt64 { self &<< bits | self &>> (64 - bits) }
}
