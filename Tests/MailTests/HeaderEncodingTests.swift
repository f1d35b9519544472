import Foundation
import Testing

@testable import Mail

@Suite struct HeaderEncodingTests {
  @Test(arguments: [
    "Alma people feed 2026-11-21: 3 not loaded",
    "Füße, Größe und Übermut: " + String(repeating: "äöü ", count: 60),
    String(repeating: "word ", count: 60) + "end",
    String(repeating: "x", count: 500),
    "tricky =?UTF-8?Q?no?= text",
    "two  spaces and a trailing one ",
    "図書館の利用者 👩🏽‍🔬 " + String(repeating: "図", count: 100),
    "Subject:",
  ])
  func `any subject is decoded as it was, from ASCII lines of at most 76 characters`(text: String) {
    let field = HeaderEncoding.field("Subject", text: text)
    #expect(field.utf8.allSatisfy { $0 < 0x7F })
    for line in field.split(separator: "\n") { #expect(line.count <= 76) }
    #expect(Self.decoded(field, name: "Subject") == text)
  }

  @Test func `addresses are folded between one another, and names encoded where they must be`() throws {
    let addresses = try MailAddress.list(
      "a@x.example, \"Systems, Library\" <b@x.example>, Ægir Ó <c@x.example>, Plain Name <d@x.example>", for: "--to")
    let field = HeaderEncoding.field("To", addresses)
    #expect(
      field == """
        To: a@x.example, "Systems, Library" <b@x.example>, =?UTF-8?B?w4ZnaXIgw5M=?=
         <c@x.example>, Plain Name <d@x.example>
        """)
    for line in field.split(separator: "\n") { #expect(line.count <= 76) }
  }

  /// Undone by RFC 2047's rules: the space between encoded words is dropped, a folded line is joined.
  private static func decoded(_ field: String, name: String) -> String {
    let value = field.replacingOccurrences(of: "\n", with: "").dropFirst(name.count + 2)
    guard value.hasPrefix("=?UTF-8?B?") else { return String(value) }
    var bytes = Data()
    for word in value.split(separator: " ") {
      bytes += Data(base64Encoded: String(word.dropFirst("=?UTF-8?B?".count).dropLast(2))) ?? Data()
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
