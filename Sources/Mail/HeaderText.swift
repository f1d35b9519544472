/// Text that goes into the head of a message.
enum HeaderText {
  /// Refuses a line end or another control character, with which a value could smuggle in a header of its own.
  static func check(_ text: String, for header: String) throws(MailError) {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
        throw .setting(
          "\(header): '\(text)' has a line end or another control character in it, which no header may have")
      default: continue
      }
    }
  }

  /// The text without the spaces around it.
  static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
