import Encodings

/// Header fields in ASCII lines (RFC 5322), with encoded words for other characters (RFC 2047).
enum HeaderEncoding {
  /// The limit of RFC 2047 for a line with an encoded word, including the field's name.
  private static let maxLineLength = 76
  /// A word of this length fits in a line after the longest field name.
  private static let maxWordLength = 62

  /// A field with a text as its value. Its lines are separated by LF.
  static func field(_ name: String, text: String) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let isPlain =
      isPrintable(text) && !text.contains("=?") && words.allSatisfy { !$0.isEmpty && $0.count <= maxWordLength }
    return folded(name, isPlain ? words : encodedWords(text))
  }

  /// A field with addresses as its value. Its lines are separated by LF.
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
    if words.allSatisfy({ !$0.isEmpty && $0.count <= maxWordLength && $0.utf8.allSatisfy(MailAddress.isLocalByte) }),
      !text.contains("=?")
    {
      return words
    }
    guard isPrintable(text), text.count + 2 <= maxWordLength, !text.contains("=?") else { return encodedWords(text) }
    return ["\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""]
  }

  private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

  /// The text as encoded words. No character is split between two words; readers join them without the spaces.
  private static func encodedWords(_ text: String) -> [String] {
    let maxBytes = (maxWordLength - "=?UTF-8?B??=".count) / 4 * 3
    var words: [String] = []
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      let encoded = Array(String(scalar).utf8)
      if bytes.count + encoded.count > maxBytes {
        words.append(word(bytes))
        bytes = []
      }
      bytes += encoded
    }
    return words + [word(bytes)]
  }

  private static func word(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(Base64.text(bytes))?=" }

  /// The field in lines, of which all but the first begin with a space.
  private static func folded(_ name: String, _ tokens: [String]) -> String {
    var lines = [name + ":"]
    for token in tokens {
      let line = lines[lines.count - 1]
      if line.utf8.count + 1 + token.utf8.count > maxLineLength, line.utf8.count > name.utf8.count + 1 {
        lines.append(" " + token)
      } else {
        lines[lines.count - 1] = line + " " + token
      }
    }
    return lines.joined(separator: "\n")
  }
}

/// Text from settings for the header of a message.
enum HeaderText {
  /// Throws if the text has a line end or another control character, which could inject a header field.
  static func check(_ text: String, for flag: String) throws(MailError) {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
        throw .setting(
          "\(flag): '\(text)' has a line end or another control character, which a header must not have")
      default: continue
      }
    }
  }

  /// The text without the spaces around it.
  static func trimmed(_ text: String) -> String { text.trimming { $0 == " " } }
}
