import Encodings
import Foundation
import Testing

@Suite struct EncodingsTests {
  @Test(arguments: ["", "a", "ab", "abc", String(repeating: "Ünïcode\u{0}\n", count: 40)])
  func `base64 is what Foundation's is`(text: String) {
    #expect(Base64.text(Array(text.utf8)) == Data(text.utf8).base64EncodedString())
    let lines = Base64.encoded(Array(text.utf8), lineLength: 76)
    #expect(Data(base64Encoded: Data(lines), options: .ignoreUnknownCharacters) == Data(text.utf8))
    #expect(lines.split(separator: 0x0A).allSatisfy { $0.count <= 76 })
  }

  @Test(arguments: ["", "azAZ09-._~", "a b&c=d+e%f/g?h#i", "é😀\u{0}\n\u{7F}"])
  func `percent-encoding is what Foundation's is, and comes back as it was`(text: String) {
    let unreserved = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
    #expect(PercentEncoding.encoded(text) == text.addingPercentEncoding(withAllowedCharacters: unreserved))
    #expect(PercentEncoding.decoded(PercentEncoding.encoded(text)) == text)
    #expect(PercentEncoding.decoded(PercentEncoding.encoded(text, keeping: .path)) == text)
    #expect(PercentEncoding.decoded(text) == text.removingPercentEncoding)
  }

  @Test(arguments: ["%", "%2", "%zz", "a%", "%+1", "%ff", "% 2", "%é"])
  func `percent-encoding that is broken, or not UTF-8, is refused`(text: String) {
    #expect(PercentEncoding.decoded(text) == nil)
  }

  @Test func `a path keeps its slashes`() {
    #expect(PercentEncoding.encoded("/a b/ü@(1).zip", keeping: .path) == "/a%20b/%C3%BC@(1).zip")
  }

  /// A URL, and its scheme, user, password, host, port, path, query and fragment; `-` for none.
  @Test(arguments: [
    ("https://api.example.edu", "https - - api.example.edu -  - -"),
    ("HTTPS://u:p@h:8443/a/b?c=d?e#f#g", "https u p h 8443 /a/b c=d?e f#g"),
    ("sftp://a%40b@lib:22/~/x", "sftp a%40b - lib 22 /~/x - -"), ("file:///srv/a b", "file - -  - /srv/a b - -"),
    ("http://[::1]:80/", "http - - [::1] 80 / - -"), ("https://h?q", "https - - h -  q -"),
    ("https://u:p@q@h/x@y", "https u p@q h - /x@y - -"), ("https://u:@h/", "https u  h - / - -"),
    ("https://h:/", "https - - h  / - -"), ("https://a\\@b/", "https a\\ - b - / - -"),
  ])
  func `a URL is taken apart`(url: String, expected: String) throws {
    let parts = try #require(URLParts(url))
    let words = [
      parts.scheme, parts.user ?? "-", parts.password ?? "-", parts.host, parts.portText ?? "-", parts.path,
      parts.query ?? "-", parts.fragment ?? "-",
    ]
    #expect(words.joined(separator: " ") == expected)
  }

  @Test(arguments: [
    "", "host", "host:80", "://x", "1a://x", "a b://x", "https:/x", "https:x", "http://[::1/", "http://[::1]x/",
  ])
  func `other text is no URL`(text: String) {
    #expect(URLParts(text) == nil)
  }

  @Test(arguments: [
    ("80", 80), ("65535", 65_535), ("0", nil), ("65536", nil), ("-1", nil), ("+1", nil), ("8x", nil), ("", nil),
  ])
  func `a port is a number from 1 to 65535`(text: String, port: Int?) throws {
    let parts = try #require(URLParts("https://h:\(text)/"))
    #expect(parts.port == port && parts.hasInvalidPort == (port == nil))
  }

  @Test(arguments: [
    ("h", true), ("api.example.edu", true), ("127.0.0.1", true), ("[::1]", true), ("[fe80::1%25eth0]", true),
    ("bücher", true),
    ("", false), ("a b", false), ("a%2eb", false), ("a\\b", false), ("a\u{0}b", false), ("[]", false), ("a\nb", false),
    ("a;b", false),
  ])
  func `a host of the network is a name or an address`(host: String, isValid: Bool) throws {
    #expect(try #require(URLParts("https://\(host)/")).hasNetworkHost == isValid)
  }
}
