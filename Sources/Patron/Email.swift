/// The form of an e-mail address.
enum Email {
  /// Whether a text is one address: one `@` with text before it and a dotted name after it, without a display name, a
  /// scheme or a second address.
  static func isValid(_ address: Span<UInt8>) -> Bool {
    var sign = 0
    while sign < address.count {
      let byte = address[sign]
      // Most bytes are letters, and need no further checks.
      if !isLetter(byte) {
        if byte == UInt8(ascii: "@") { break }
        if isSeparator(byte) { return false }
      }
      sign &+= 1
    }
    guard sign > 0, sign + 1 < address.count else { return false }
    var dots = 0
    var previous = UInt8(ascii: ".")
    for index in sign + 1..<address.count {
      let byte = address[index]
      if !isLetter(byte) {
        if byte == UInt8(ascii: "@") || isSeparator(byte) { return false }
        if byte == UInt8(ascii: ".") {
          if previous == UInt8(ascii: ".") { return false }
          dots &+= 1
        }
      }
      previous = byte
    }
    return dots > 0 && previous != UInt8(ascii: ".")
  }

  @inline(__always)
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  /// White space, a control character, or one of `()<>[],:;`, which enclose or separate addresses.
  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: ";"):
      true
    default: false
    }
  }

  /// Whether a text beyond ASCII has no white space and no invisible character.
  @inline(never)
  static func isVisible(_ address: Span<UInt8>) -> Bool {
    let text = unsafe address.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    return text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && !InvisibleCharacter.matches($0) }
  }
}
