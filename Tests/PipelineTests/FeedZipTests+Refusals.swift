import Foundation
import TestSupport
import Testing

/// What is not packed.
extension FeedZipTests {
  @Test(arguments: [
    ("<users><user/>", 1, "line 1", "truncated"), ("<users>\n<user></users>\n", 1, "line 2", "well-formed"),
    ("<people><user/></people>", 1, "line 1", "'users'"), ("<users><user/></users>", 2, "1 users", "announces 2"),
  ])
  func `an incomplete document is refused`(text: String, users: Int, place: String, problem: String) throws {
    let outcome = try run([Self.feed, file(users, text: text), summary(of: users)])
    expectRefusal(outcome, 65, directory.path("\(stem).xml"), place, problem)
    #expect(outcome.lines.count == 3, "the feed line, and two summaries")
  }

  @Test func `an incomplete later document leaves no zip, and keeps an earlier run's zip`() throws {
    #expect(try run(stream(3)).status == 0)
    let earlier = try directory.read(zip)
    let lines = try [file(2, "\(stem)_001.xml"), file(1, "\(stem)_002.xml", text: "<users>"), summary(of: 3, files: 2)]
    #expect(try run(lines).status == 65)
    #expect(zips == [zip])
    #expect(try directory.read(zip) == earlier)
  }

  @Test func `a document that differs from its record, is missing or is not a file is refused`() throws {
    let line = try file(1)
    try directory.write("\(stem).xml", document(2))
    expectRefusal(try run([line]), 65, "\(stem).xml", "bytes", "announces")
    try FileManager.default.removeItem(atPath: directory.path("\(stem).xml"))
    expectRefusal(try run([line]), 66, "\(stem).xml", "No such file or directory")
    #expect(unsafe mkfifo(directory.path("\(stem).xml"), 0o600) == 0)
    expectRefusal(try run([line]), 65, "\(stem).xml", "not a regular file")
    expectRefusal(
      try run([#"{"kind":"file","path":"a.xml","format":"xml","users":1,"bytes":1}"#]), 65, "line 1", "path")
  }

  @Test func `one document twice is refused`() throws {
    let line = try file(1)
    expectRefusal(try run([line, line, summary(of: 2, files: 2)]), 65, "line 2", "\(stem).xml")
  }

  @Test func `documents are validated by a schema on demand`() throws {
    let schema = try directory.write(
      "users.xsd",
      """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="users"><xs:complexType><xs:sequence>
      <xs:element name="user" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="primary_id" type="xs:integer"/></xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element></xs:schema>
      """)
    #expect(try run(["--schema", schema], stream(3)).status == 0)
    try FileManager.default.removeItem(atPath: directory.path(zip))
    let bad = try file(1, text: "<users>\n<user><primary_id>Hara</primary_id></user></users>")
    let outcome = try run([bad], environment: ["FEED_ZIP_SCHEMA": schema])
    expectRefusal(outcome, 65, "\(stem).xml line 2", "Element 'primary_id'")
    #expect(!outcome.errors.contains("Hara"))
    let none = try run(["--schema", directory.path("none.xsd")], stream(1))
    #expect(none.status == 66 && none.errorLines.count == 1 && none.errors.contains("none.xsd"))
    let wrong = try run(["--schema", directory.path("\(stem).xml")], stream(1))
    #expect(
      wrong.status == 78 && wrong.errorLines.count == 1 && wrong.errors.contains("\(stem).xml is not an XML schema"))
  }

  @Test(arguments: [
    (["--min-users", "4"], "3 users"), (["--max-users", "2"], "3 users"),
    (["--ledger", "ledger", "--max-change", "50"], "3 users"),
  ])
  func `a feed of an unusual size is held back, unless forced`(arguments: [String], text: String) throws {
    let delivery =
      #"{"kind":"delivery","outcome":"delivered","status":"E","since":"2026-11-01","until":"2026-11-02","users":100}"#
    try directory.write("ledger", String(repeating: delivery + "\n", count: 5))
    let lines = try stream(3)
    let outcome = try run(arguments, lines)
    expectRefusal(outcome, 65, text, arguments[arguments.count - 2], "--force")
    #expect(Array(outcome.lines.dropLast()) == [lines[0], lines[2]], "the stream is copied all the same")
    let forced = try run(arguments + ["--force"], lines)
    #expect(forced.status == 0 && forced.errors == "" && zips == [zip])
    #expect(forced.lines.last?.contains(#""complete":true,"users":3"#) == true)
  }

  @Test func `an empty feed is judged as one of no users`() throws {
    let lines = [Self.feed, summary(of: 0, files: 0)]
    expectRefusal(try run(["--min-users", "1"], lines), 65, "0 users")
    #expect(try run(["--min-users", "0", "--max-users", "0"], lines).status == 0)
    #expect(try run(["--ledger", "none", "--max-change", "0"], lines).status == 0)
  }

  @Test func `the environment sets the guards, and nothing sets force`() throws {
    let settings = ["FEED_ZIP_MIN_USERS": "5", "FEED_ZIP_FORCE": "1"]
    expectRefusal(try run(stream(3), environment: settings), 65, "3 users")
    #expect(try run(["--min-users", "3"], stream(3), environment: settings).status == 0)
  }

  @Test(arguments: [
    ["--level", "0"], ["--level", "10"], ["--min-users", "-1"], ["--min-users", "3", "--max-users", "2"],
    ["--max-change", "5"], ["--ledger", "l"], ["--ledger", "l", "--max-change", "nan"],
    ["--ledger", "l", "--max-change", "-1"], ["--unknown"],
  ])
  func `options that make no sense are refused`(arguments: [String]) throws {
    let outcome = try run(arguments, [])
    #expect(outcome.status == 64 && outcome.errorLines.count == 1 && outcome.text == "")
  }

  @Test func `a ledger that cannot be read is reported`() throws {
    let outcome = try run(["--ledger", directory.url.path, "--max-change", "5"], [])
    #expect(outcome.status == 66 && outcome.errorLines.count == 1)
  }
}
