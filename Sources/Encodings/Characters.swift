extension UInt8 {
  /// Whether this is an ASCII digit.
  package var isASCIIDigit: Bool { (0x30...0x39).contains(self) }

  /// Whether this is an ASCII letter or digit.
  package var isASCIIAlphanumeric: Bool { isASCIIDigit || (0x61...0x7A).contains(self | 0x20) }
}

extension StringProtocol {
  /// The text without the characters at its ends that a predicate selects.
  package func trimming(_ isTrimmed: (Unicode.Scalar) -> Bool) -> String {
    let head = unicodeScalars.drop(while: isTrimmed)
    return String(String.UnicodeScalarView(head.reversed().drop(while: isTrimmed).reversed()))
  }
}
