import StageErrors
import Testing

@testable import Mail

@Suite struct MailAddressTests {
  @Test(arguments: [
    ("a@x.example", nil, "a@x.example"),
    (" a.b+c@sub.x.example ", nil, "a.b+c@sub.x.example"),
    ("Library Systems <a@x.example>", "Library Systems", "a@x.example"),
    ("\"Systems, \\\"Library\\\"\" <a@x.example>", "Systems, \"Library\"", "a@x.example"),
    ("<a@x.example>", nil, "a@x.example"),
    ("root@localhost", nil, "root@localhost"),
  ])
  func `an address stands alone or behind a name`(text: String, name: String?, address: String) throws {
    let parsed = try MailAddress(text, for: "--to")
    #expect(parsed.name == name)
    #expect(parsed.address == address)
  }

  @Test(arguments: [
    "", "a", "a@", "@x", "a b@x.example", "a@x@y", "a@x.example>", "a..b@x.example", ".a@x", "ä@x.example",
    "a@ü.example",
    "-f@x.example", "a@x.example\r\nBcc: b@y.example", "Name\n <a@x.example>", "a@x.example\u{0}", "a@[127.0.0.1]",
    "Na\u{2028}me <a@x.example>",
  ])
  func `an address that a mail server could misread is refused as bad usage`(text: String) {
    let error = #expect(throws: MailError.self) { try MailAddress(text, for: "--to") }
    #expect(error?.exitStatus == .usage)
  }

  @Test func `a list is split at commas outside of quotation marks`() throws {
    let list = try MailAddress.list("\"A, B\" <a@x.example>,b@x.example,, c@x.example ,", for: "--to")
    #expect(list.map(\.address) == ["a@x.example", "b@x.example", "c@x.example"])
  }

  @Test func `everyone gets the message once`() throws {
    let header = try MessageHeader(
      from: "f@x.example", to: ["a@x.example,b@x.example"], cc: ["A@X.example", "c@x.example"], replyTo: [],
      subject: nil)
    #expect(header.recipients == ["a@x.example", "b@x.example", "c@x.example"])
  }
}
