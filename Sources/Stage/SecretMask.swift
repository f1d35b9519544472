import Encodings
package import StageErrors

/// Hides secrets in text from a server, before the text is cut or shown.
///
/// A server can repeat a secret in another encoding. These are found too: JSON escapes, percent-encoding, `+` for
/// spaces and HTML entities, in the whole secret or a part of it, and nested up to three times; and base64 of any text
/// that contains the secret, such as the value of a Basic header.
package struct SecretMask: Sendable {
  /// The text in place of a secret.
  package static let replacement = "(secret)"

  /// A shorter sequence of base64 digits is too common to be treated as a part of a secret.
  private static let shortestBase64 = 6
  /// The maximum number of nested encodings.
  private static let maxLayers = 3
  /// The number of bytes hidden at a cut end for each byte of a secret: more than any two nested encodings make of one.
  private static let maxEncodedLength = 36

  private let secrets: [[UInt8]]
  private let base64: [[UInt8]]

  /// - Parameter secrets: empty ones are ignored.
  package init(_ secrets: [String]) {
    let secrets = Set(secrets.filter { !$0.isEmpty }.map { Array($0.utf8) })
    // Longer secrets first: a secret may contain another one.
    self.secrets = secrets.sorted { $0.count > $1.count }
    base64 = Array(Set(secrets.flatMap(Self.base64)))
  }

  /// The text with each secret replaced by `(secret)`.
  /// - Parameter isCut: the text may end within a secret, so its end is hidden, to the maximum length of an encoded
  ///   secret.
  package func hiding(_ text: String, isCut: Bool = false) -> String {
    guard let longest = secrets.first?.count else { return text }
    let bytes = Array(text.utf8)
    var isHidden = [Bool](repeating: false, count: bytes.count)
    mark(DecodedText(bytes), layers: Self.maxLayers, &isHidden)
    if isCut {
      for place in max(0, bytes.count - longest * Self.maxEncodedLength)..<bytes.count { isHidden[place] = true }
    }
    guard isHidden.contains(true) else { return text }
    var result: [UInt8] = []
    for (place, byte) in bytes.enumerated() {
      if !isHidden[place] {
        result.append(byte)
      } else if place == 0 || !isHidden[place - 1] {
        result += Self.replacement.utf8
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Marks the bytes of the original text that encode a secret.
  private func mark(_ text: DecodedText, layers: Int, _ isHidden: inout [Bool]) {
    for secret in secrets { text.find(secret) { isHidden.mark(text.source(of: $0)) } }
    for digits in base64 { text.find(digits) { isHidden.mark(text.source(of: text.base64(around: $0))) } }
    guard layers > 0 else { return }
    for escape in CharacterEscape.allCases {
      if let plain = text.decoded(as: escape) { mark(plain, layers: layers - 1, &isHidden) }
    }
  }

  /// The base64 digits of a secret that do not depend on the text around it, for each offset in a group of three bytes,
  /// in both alphabets.
  private static func base64(of secret: [UInt8]) -> [[UInt8]] {
    (0..<3).flatMap { shift in
      let digits = Base64.encoded([UInt8](repeating: 0, count: shift) + secret)
      let own = Array(digits[[0, 2, 3][shift]..<((shift + secret.count) * 8 / 6)])
      if own.count < shortestBase64 { return [[UInt8]]() }
      let forURLs = own.map {
        $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
      }
      return [own, forURLs]
    }
  }
}

/// An error with each secret in its message replaced.
package struct MaskedError: StageError {
  package let description: String
  package let exitStatus: ExitStatus
  package let retryAfter: Duration?

  /// Hides the secrets of a mask in an error.
  package init(_ error: any StageError, _ mask: SecretMask) {
    description = mask.hiding(error.description)
    exitStatus = error.exitStatus
    retryAfter = error.retryAfter
  }
}

extension [Bool] {
  fileprivate mutating func mark(_ range: Range<Int>) {
    for place in range { self[place] = true }
  }
}

/// A text, perhaps decoded, with the place of each byte in the original text.
private struct DecodedText {
  private(set) var bytes: [UInt8]
  /// The place of each byte in the original text.
  private var starts: [Int]
  private var ends: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    starts = Array(bytes.indices)
    ends = starts.map { $0 + 1 }
  }

  /// The place of some bytes in the original text.
  func source(of range: Range<Int>) -> Range<Int> { starts[range.lowerBound]..<ends[range.upperBound - 1] }

  /// Finds all occurrences of a text, including those that overlap.
  func find(_ needle: [UInt8], _ body: (Range<Int>) -> Void) {
    guard let first = needle.first, needle.count <= bytes.count else { return }
    for place in 0...(bytes.count - needle.count) where bytes[place] == first {
      let range = place..<(place + needle.count)
      if bytes[range].elementsEqual(needle) { body(range) }
    }
  }

  /// The whole base64 text around a part of it.
  func base64(around part: Range<Int>) -> Range<Int> {
    var (start, end) = (part.lowerBound, part.upperBound)
    let isBase64 = { (byte: UInt8) in byte.isASCIIAlphanumeric || "+/-_=".utf8.contains(byte) }
    while start > 0, isBase64(bytes[start - 1]) { start -= 1 }
    // In "\nbGli" the first letter belongs to the backslash.
    if start > 0, start < part.lowerBound, bytes[start - 1] == UInt8(ascii: "\\") { start += 1 }
    while end < bytes.count, isBase64(bytes[end]) { end += 1 }
    return start..<end
  }

  /// The decoded text; nil if the text has nothing in that encoding.
  func decoded(as escape: CharacterEscape) -> DecodedText? {
    guard bytes.contains(where: escape.begins) else { return nil }
    var result = DecodedText([])
    var isOther = false
    var place = 0
    while place < bytes.count {
      if escape.begins(bytes[place]), let (plain, length) = escape.read(bytes, at: place) {
        result.append(plain, from: starts[place], to: ends[place + length - 1])
        place += length
        isOther = true
      } else {
        result.append([bytes[place]], from: starts[place], to: ends[place])
        place += 1
      }
    }
    return isOther ? result : nil
  }

  private mutating func append(_ plain: [UInt8], from start: Int, to end: Int) {
    bytes += plain
    starts += plain.map { _ in start }
    ends += plain.map { _ in end }
  }
}
