/// An encoding of characters in text.
enum CharacterEscape: CaseIterable {
  /// `\/`, `\n`, `\u002F`.
  case json
  /// `%2F`.
  case percent
  /// `%2F`, and `+` for a space.
  case form
  /// `&amp;`, `&#38;`, `&#x26;`.
  case entity

  /// An encoded character can begin with this byte.
  func begins(_ byte: UInt8) -> Bool {
    switch self {
    case .json: byte == UInt8(ascii: "\\")
    case .percent: byte == UInt8(ascii: "%")
    case .form: byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+")
    case .entity: byte == UInt8(ascii: "&")
    }
  }

  /// Decodes the character at a place.
  /// - Returns: the character in UTF-8, and the length of its encoding; nil if there is no encoded character.
  func read(_ text: [UInt8], at place: Int) -> (plain: [UInt8], length: Int)? {
    switch self {
    case .json: Self.readJSON(text, at: place)
    case .form where text[place] == UInt8(ascii: "+"): ([0x20], 1)
    case .percent, .form: Self.number(text, from: place + 1, digits: 2...2, radix: 16).map { ([UInt8($0.value)], 3) }
    case .entity: Self.readEntity(text, at: place)
    }
  }

  private static func readJSON(_ text: [UInt8], at place: Int) -> ([UInt8], Int)? {
    guard place + 1 < text.count else { return nil }
    switch text[place + 1] {
    case UInt8(ascii: "u"): break
    case UInt8(ascii: "b"): return ([0x08], 2)
    case UInt8(ascii: "f"): return ([0x0C], 2)
    case UInt8(ascii: "n"): return ([0x0A], 2)
    case UInt8(ascii: "r"): return ([0x0D], 2)
    case UInt8(ascii: "t"): return ([0x09], 2)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"): return ([text[place + 1]], 2)
    default: return nil
    }
    guard let first = number(text, from: place + 2, digits: 4...4, radix: 16)?.value else { return nil }
    if let plain = utf8(first) { return (plain, 6) }
    // The first half of a surrogate pair.
    guard place + 7 < text.count, text[place + 6] == UInt8(ascii: "\\"), text[place + 7] == UInt8(ascii: "u"),
      let second = number(text, from: place + 8, digits: 4...4, radix: 16)?.value, (0xDC00...0xDFFF).contains(second),
      (0xD800...0xDBFF).contains(first), let plain = utf8(0x10000 + (first - 0xD800) << 10 + second - 0xDC00)
    else { return nil }
    return (plain, 12)
  }

  private static func readEntity(_ text: [UInt8], at place: Int) -> ([UInt8], Int)? {
    guard place + 2 < text.count else { return nil }
    if text[place + 1] == UInt8(ascii: "#") {
      let isHex = text[place + 2] | 0x20 == UInt8(ascii: "x")
      let start = place + (isHex ? 3 : 2)
      guard let number = number(text, from: start, digits: 1...8, radix: isHex ? 16 : 10),
        let plain = utf8(number.value)
      else { return nil }
      let end = start + number.length
      // HTML parsers accept a number without the semicolon.
      return (plain, end - place + (end < text.count && text[end] == UInt8(ascii: ";") ? 1 : 0))
    }
    let name = text[(place + 1)...].prefix(longestName + 1).prefix { $0 != UInt8(ascii: ";") }
    guard place + 1 + name.count < text.count, text[place + 1 + name.count] == UInt8(ascii: ";"),
      let scalar = names[String(decoding: name, as: UTF8.self)], let plain = utf8(scalar)
    else { return nil }
    return (plain, name.count + 2)
  }

  /// Reads digits, as many as there are within the limits.
  private static func number(
    _ text: [UInt8], from start: Int, digits: ClosedRange<Int>, radix: UInt32
  ) -> (value: UInt32, length: Int)? {
    var value: UInt32 = 0
    var length = 0
    while length < digits.upperBound, start + length < text.count {
      let byte = text[start + length]
      let digit: UInt32
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt32(byte - UInt8(ascii: "a")) + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt32(byte - UInt8(ascii: "A")) + 10
      default: digit = .max
      }
      guard digit < radix else { break }
      value = value &* radix &+ digit
      length += 1
    }
    return length >= digits.lowerBound ? (value, length) : nil
  }

  private static func utf8(_ value: UInt32) -> [UInt8]? { Unicode.Scalar(value).map { Array(String($0).utf8) } }

  /// HTML's names for ASCII, and for Latin-1 from U+00A0 on in their order.
  private static let names: [String: UInt32] = {
    var names: [String: UInt32] = [:]
    for (character, words) in [
      ("&", "amp AMP"), ("<", "lt LT"), (">", "gt GT"), ("\"", "quot QUOT"), ("'", "apos"), ("\t", "Tab"),
      ("\n", "NewLine"), ("!", "excl"), ("#", "num"), ("$", "dollar"), ("%", "percnt"), ("(", "lpar"), (")", "rpar"),
      ("*", "ast midast"), ("+", "plus"), (",", "comma"), (".", "period"), ("/", "sol"), (":", "colon"), (";", "semi"),
      ("=", "equals"), ("?", "quest"), ("@", "commat"), ("[", "lsqb lbrack"), ("\\", "bsol"), ("]", "rsqb rbrack"),
      ("^", "Hat"), ("_", "lowbar UnderBar"), ("`", "grave DiacriticalGrave"), ("{", "lcub lbrace"),
      ("|", "verbar vert VerticalLine"), ("}", "rcub rbrace"),
    ] as [(Unicode.Scalar, String)] {
      for word in words.split(separator: " ") { names[String(word)] = character.value }
    }
    for (place, word) in latin1.split(whereSeparator: \.isWhitespace).enumerated() {
      names[String(word)] = 0xA0 + UInt32(place)
    }
    return names
  }()

  private static let longestName = names.keys.map(\.utf8.count).max() ?? 0

  private static let latin1 = """
    nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para
    middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute
    Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute
    THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde
    ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
    """
}
