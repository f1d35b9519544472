extension Span where Element == UInt8 {
  /// A value is `{"@nil":"true"}` or `{"@nil":true}`: null, as WSO2's bridge from XML writes an element with `xsi:nil="true"`.
  ///
  /// - Parameter value: a value that a scanner found in this text.
  public func isXMLNil(_ value: JSONSlice) -> Bool {
    guard value.shape == .object else { return false }
    let name = skippingJSONSpace(from: value.start &+ 1)
    guard let colon = passing("\"@nil\"", at: name), byte(colon) == Byte.colon else { return false }
    let content = skippingJSONSpace(from: colon &+ 1)
    return (passing("\"true\"", at: content) ?? passing("true", at: content)) == value.end &- 1
  }

  /// The offset behind a token and the white space that follows it, or nil where another token stands.
  private func passing(_ token: StaticString, at start: Int) -> Int? {
    for index in 0..<token.utf8CodeUnitCount {
      // A StaticString's bytes live as long as the program.
      let expected = unsafe token.utf8Start[index]
      if byte(start &+ index) != expected { return nil }
    }
    return skippingJSONSpace(from: start &+ token.utf8CodeUnitCount)
  }
}
