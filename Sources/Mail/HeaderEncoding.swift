import StageSupport

/// Header fields in ASCII lines (RFC 5322), and what is not ASCII in encoded words (RFC 2047).
enum HeaderEncoding {
  /// A line with an encoded word in it must not be longer, the field's name included.
  static let longestLine = 76
  /// Of an encoded word; with the longest field name before it, it still fits in a line.
  private static let longestWord = 62

  /// A whole field with free text for its value, each line but the last ended by LF.
  static func field(_ name: String, text: String) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let isPlain =
      isPrintable(text) && !text.contains("=?") && words.allSatisfy { !$0.isEmpty && $0.count <= longestWord }
    return folded(name, isPlain ? words : encodedWords(text))
  }

  /// A whole field with addresses for its value.
  static func field(_ name: String, _ addresses: [MailAddress]) -> String {
    var tokens: [String] = []
    for (index, address) in addresses.enumerated() {
      let comma = index + 1 < addresses.count ? "," : ""
      guard let display = address.name else {
        tokens.append(address.address + comma)
        continue
      }
      tokens += phrase(display) + ["<\(address.address)>\(comma)"]
    }
    return folded(name, tokens)
  }

  /// A display name: words as they are, a quoted string, or encoded words.
  private static func phrase(_ text: String) -> [String] {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    if words.allSatisfy({ !$0.isEmpty && $0.count <= longestWord && $0.utf8.allSatisfy(MailAddress.isLocalByte) }),
      !text.contains("=?")
    {
      return words
    }
    guard isPrintable(text), text.count + 2 <= longestWord, !text.contains("=?") else { return encodedWords(text) }
    return ["\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""]
  }

  private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

  /// The text in encoded words, none of which cuts a character; readers join them without the spaces between.
  static func encodedWords(_ text: String) -> [String] {
    let mostBytes = (longestWord - "=?UTF-8?B??=".count) / 4 * 3
    var words: [String] = []
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      let encoded = Array(String(scalar).utf8)
      if bytes.count + encoded.count > mostBytes {
        words.append(word(bytes))
        bytes = []
      }
      bytes += encoded
    }
    return words + [word(bytes)]
  }

  private static func word(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(Base64.text(bytes))?=" }

  /// The field in lines that begin with a space from the second on.
  private static func folded(_ name: String, _ tokens: [String]) -> String {
    var lines = [name + ":"]
    for token in tokens {
      let line = lines[lines.count - 1]
      if line.utf8.count + 1 + token.utf8.count > longestLine, line.utf8.count > name.utf8.count + 1 {
        lines.append(" " + token)
      } else {
        lines[lines.count - 1] = line + " " + token
      }
    }
    return lines.joined(separator: "\n")
  }
}
