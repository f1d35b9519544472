/// Sees where a value ends that arrives in pieces, looking at each byte once.
///
/// It knows strings and brackets only. Whether the value is JSON, the scanner says when it is whole.
struct PartialValue {
  private var seen = 0
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Looks on in the value that begins at `start`.
  mutating func isWhole(in buffer: borrowing ResponseBuffer, from start: Int) -> Bool {
    let text = buffer.bytes.span.extracting(0..<buffer.end)
    while start + seen < text.count {
      let byte = text[start + seen]
      seen += 1
      if isInString {
        isInString = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        if !isInString, depth == 0 { return true }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth <= 0 { return true }
      case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
        if depth == 0 { return true }
      default: break
      }
    }
    return false
  }
}
