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
      // A number may be long. It ends where anything else begins, also what may not stand there; a word is soon looked at again.
      if seen > 0, depth == 0, !isInString, !Self.isOfNumber(byte) { return true }
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
      default: break
      }
    }
    return false
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
