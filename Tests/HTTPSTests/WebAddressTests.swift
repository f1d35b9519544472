import HTTPS
import StageErrors
import Testing

@Suite struct WebAddressTests {
  /// What is given, and what is shown.
  @Test(arguments: [
    ("https://api.example.edu", "https://api.example.edu/"),
    ("https://api.example.edu:443/a", "https://api.example.edu/a"),
    ("https://api.example.edu:8443/a/?q=1#f", "https://api.example.edu:8443/a/"), ("https://u@h/", "https://h/"),
    ("HTTPS://h", "https://h/"), ("https://h:", "https://h/"), ("http://localhost:80/", "http://localhost/"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"), ("http://127.255.0.9", "http://127.255.0.9/"),
    ("http://[::1]:1/", "http://[::1]:1/"),
  ])
  func `a URL is shown without user, query and default port`(text: String, shown: String) throws {
    #expect(try WebAddress(text, from: "--url").shown == shown)
  }

  /// Hosts that libcurl, or somebody who reads them, could take for loopback, and URLs that are none.
  @Test(arguments: [
    "http://127.1", "http://0127.0.0.1", "http://127.0.0.01", "http://0x7f.0.0.1", "http://2130706433",
    "http://127.0.0.1.",
    "http://127.0.0.1.example.edu", "http://localhost.example.edu", "http://127.0.0.1@example.edu", "http://[::2]",
    "http://[::ffff:127.0.0.1]", "http://example.edu\\@localhost.evil", "ftp://localhost", "file:///etc/passwd",
    "localhost",
    "https://", "https:///a", "https://h:x", "https://h:99999", "https://a b/", "https://h/a b", "https://h/\r\nX: y",
    "https://h%2eexample/", "https://a\\b/", "https://u:p@h/",
  ])
  func `other URLs are refused, without their password`(text: String) {
    #expect {
      try WebAddress(text, from: "--url")
    } throws: {
      ($0 as? SettingError)?.exitStatus == .configuration && "\($0)".contains("--url") && !"\($0)".contains(":p@")
    }
  }

  @Test(arguments: [
    ("https://h", "", "https://h/"), ("https://h/", "a", "https://h/a"), ("https://h/a/", "/b/c/", "https://h/a/b/c"),
    ("https://h/a", "?x=1", "https://h/a"),
  ])
  func `a path is added with one slash`(base: String, more: String, shown: String) throws {
    #expect(try WebAddress(base, from: "--url").appending(more).shown == shown)
  }

  @Test func `two addresses of one server have one origin`() throws {
    let one = try WebAddress("https://h/a", from: "--url")
    #expect(try one.origin == WebAddress("https://h:443/b?c", from: "--url").origin)
    #expect(try one.origin != WebAddress("https://h:444/a", from: "--url").origin)
    #expect(try one.origin != WebAddress("https://g/a", from: "--url").origin)
  }
}
