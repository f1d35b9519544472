import CCrypto

/// A SHA-256 digest, taken of bytes as they pass: libcrypto's `SHA256_…` functions.
@safe
public struct SHA256: ~Copyable {
  private var context = SHA256_CTX()

  public init() { unsafe SHA256_Init(&context) }

  /// Takes the bytes that come next.
  public mutating func update(_ bytes: Span<UInt8>) {
    _ = unsafe bytes.withUnsafeBufferPointer { unsafe SHA256_Update(&context, $0.baseAddress, $0.count) }
  }

  /// The digest in 64 lower-case hexadecimal digits.
  public consuming func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    unsafe digest.withUnsafeMutableBufferPointer { _ = unsafe SHA256_Final($0.baseAddress, &context) }
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
