import Foundation
import Stage
import Testing

@Suite struct SecretMaskTests {
  /// With all that some spelling writes differently.
  static let secrets = [
    "s3cret&more", "a/b+c d\"e\\f<g>'h", "pässwörd😀=", "100%25&amp;x", "tab\tand\nline", "abcdefgh",
  ]

  /// Ways in which a server can repeat a secret, each made without the code that is tested.
  static let spellings: [(String, @Sendable (String) -> String)] = [
    ("as it is", { $0 }),
    ("JSON", json),
    ("JSON without escaped slashes", { json($0).replacingOccurrences(of: "\\/", with: "/") }),
    ("JSON in numbers, upper case", { secret in secret.utf16.map { String(format: "\\u%04X", $0) }.joined() }),
    ("JSON in numbers, lower case", { secret in secret.utf16.map { String(format: "\\u%04x", $0) }.joined() }),
    ("percent", percent), ("percent, lower case", { lowerCase(percent($0)) }),
    ("percent throughout", { secret in secret.utf8.map { String(format: "%%%02X", $0) }.joined() }),
    ("form", { percent($0).replacingOccurrences(of: "%20", with: "+") }),
    ("form, lower case", { lowerCase(percent($0)).replacingOccurrences(of: "%20", with: "+") }),
    ("HTML, named", html),
    ("HTML, decimal", { secret in secret.unicodeScalars.map { "&#\($0.value);" }.joined() }),
    ("HTML, hexadecimal", { secret in secret.unicodeScalars.map { String(format: "&#x%x;", $0.value) }.joined() }),
    (
      "HTML, hexadecimal, upper case",
      { secret in secret.unicodeScalars.map { String(format: "&#X%04X;", $0.value) }.joined() }
    ),
    ("JSON in HTML", { html(json($0)) }), ("HTML in JSON", { json(html($0)) }),
    ("percent twice", { percent(percent($0)) }), ("percent in JSON in HTML", { html(json(percent($0))) }),
  ]

  private static func json(_ text: String) -> String {
    ["\\", "\"", "/"].reduce(text) { $0.replacingOccurrences(of: $1, with: "\\" + $1) }
  }

  private static func percent(_ text: String) -> String {
    text.addingPercentEncoding(
      withAllowedCharacters: CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyz0123456789"))!
  }

  private static func lowerCase(_ text: String) -> String {
    text.replacing(/%../) { String(text[$0.range]).lowercased() }
  }

  private static func html(_ text: String) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&apos;"), ("ä", "&auml;"), ("/", "&sol;")]
      .reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }

  @Test(arguments: secrets)
  func `a secret is hidden in every spelling, and nothing else is`(secret: String) {
    let mask = SecretMask([secret])
    for (name, spell) in Self.spellings {
      #expect(mask.hiding("the client (\(spell(secret))) is unknown") == "the client ((secret)) is unknown", "\(name)")
    }
    let other = #"client \u0041 100%25 &amp; a+b s3cre abcdefg"#
    #expect(mask.hiding(other) == other)
  }

  @Test(arguments: secrets)
  func `base64 that has a secret in it is hidden as a whole`(secret: String) {
    let mask = SecretMask([secret])
    for text in ["lib:\(secret)", "\0lib\0\(secret)", "i:\(secret)", "ab:\(secret)...", secret] {
      let base64 = Data(text.utf8).base64EncodedString()
      #expect(mask.hiding("Basic \(base64), refused") == "Basic (secret), refused")
      let escaped = base64.replacingOccurrences(of: "/", with: "\\/").replacingOccurrences(of: "=", with: "%3D")
      #expect(mask.hiding("Basic \(escaped), refused") == "Basic (secret), refused")
      let forURLs = base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      #expect(mask.hiding("Basic \(forURLs), refused") == "Basic (secret), refused")
    }
  }

  @Test func `JSON stays JSON where base64 follows an escape`() {
    let base64 = Data("lib:s3cret&more".utf8).base64EncodedString()
    #expect(SecretMask(["s3cret&more"]).hiding(#"{"a":"x\n\#(base64)"}"#) == #"{"a":"x\n(secret)"}"#)
  }

  @Test func `of two secrets one in the other, and of one that stands twice, nothing shows`() {
    #expect(SecretMask(["abc", "xabcx"]).hiding("1 xabcx 2 abc") == "1 (secret) 2 (secret)")
    #expect(SecretMask(["aXa"]).hiding("1 aXaXa 2") == "1 (secret) 2")
    #expect(SecretMask(["aXa"]).hiding("aXaaXa") == "(secret)")
  }

  @Test func `the end of a text that was cut shows no half of a secret`() {
    let secret = String(repeating: "s3cret&", count: 4)
    let text = String(repeating: "-", count: 5000) + Self.spellings[4].1(secret)
    for count in 1...170 {
      let hidden = SecretMask([secret]).hiding(String(text.dropLast(count)), isCut: true)
      #expect(!hidden.contains("\\u") && hidden.hasPrefix("-----"))
    }
  }

  @Test func `without a secret nothing is hidden`() {
    #expect(SecretMask([]).hiding("a%20b") == "a%20b")
    #expect(SecretMask([""]).hiding("a%20b") == "a%20b")
  }
}
