import CCrypto

/// A SHA-256 digest, taken of bytes as they pass: libcrypto's `EVP_Digest…` functions.
@safe
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  public init() {
    // These fail only where there is no memory left, or where libcrypto was built without SHA-256.
    guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("libcrypto has no SHA-256")
    }
    unsafe self.context = context
  }

  /// Takes the bytes that come next.
  public mutating func update(_ bytes: Span<UInt8>) {
    let result = unsafe bytes.withUnsafeBufferPointer { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    precondition(result == 1, "libcrypto refused bytes")
  }

  /// The digest in 64 lower-case hexadecimal digits.
  public consuming func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let result = unsafe digest.withUnsafeMutableBufferPointer {
      unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
    }
    precondition(result == 1, "libcrypto did not finish a digest")
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  deinit { unsafe EVP_MD_CTX_free(context) }
}
