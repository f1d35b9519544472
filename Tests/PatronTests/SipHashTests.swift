import Foundation
import TestSupport
import Testing

@testable import Patron

@Suite struct SipHashTests {
  /// The hash of bytes, lowest byte first, as the reference implementation writes it.
  private func hash(_ bytes: [UInt8], _ key: SipHash.Key) -> [UInt8] {
    var hash = SipHash(key)
    var offset = 0
    while bytes.count - offset >= 8 {
      hash.combine(word(bytes[offset..<offset + 8]))
      offset += 8
    }
    let (low, high) = hash.finish(word(bytes[offset...]) | UInt64(bytes.count) << 56)
    return [low, high].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> ($0 * 8)) } }
  }

  private func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  @Test func `it is the SipHash-1-3 of OpenSSL`() throws {
    // Bytes 0 to 15, as the two words that they are.
    let key = SipHash.Key(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8($0 * 7 & 0xFF) }
      let openssl = try Executable(program: "/usr/bin/openssl").run(
        [
          "mac", "-macopt", "hexkey:000102030405060708090a0b0c0d0e0f", "-macopt", "size:16", "-macopt", "c-rounds:1",
          "-macopt", "d-rounds:3", "SIPHASH",
        ], input: Data(bytes))
      let ours = hash(bytes, key).map { String(format: "%02X", $0) }.joined()
      #expect(openssl.lines == [ours], "\(count) bytes")
    }
  }

  @Test func `every process has a key of its own`() {
    #expect(hash([1, 2, 3], .random()) != hash([1, 2, 3], .random()))
  }
}
