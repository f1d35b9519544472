import AlmaXML
import Calendar
import Files
import Foundation
import Patron
import SystemPackage
import TestSupport
import Testing

@Suite struct DocumentWriterTests {
  private func document(_ lines: [String], form: DocumentWriter.Form, bufferSize: Int = 256 << 10) throws -> String {
    let directory = try TemporaryDirectory()
    let plan = try Plan(.builtIn())
    let mapping = Mapping(plan, today: try #require(Day("2026-11-22")))
    var reader = PersonReader(plan)
    var person = plan.emptyPerson
    var user = AlmaUser()
    let file = try FileDescriptor.open(
      FilePath(directory.path("users.xml")), .writeOnly, options: [.create], permissions: .ownerReadWrite)
    defer { try? file.close() }
    var writer = try DocumentWriter(
      file, path: "users.xml", outline: mapping.outline, form: form, bufferSize: bufferSize)
    for line in lines {
      let bytes = Array(line.utf8)
      #expect(reader.read(bytes.span, isCut: false, into: &person) == .person)
      mapping.map(&person, into: &user)
      try writer.write(user, person)
    }
    let length = try writer.finish()
    let text = try directory.read("users.xml")
    #expect(text.count == length)
    return String(decoding: text, as: UTF8.self)
  }

  @Test func `a document has the form that Alma reads`() throws {
    let text = try document(
      [#"{"EMPLID":"1","VCURSTATUS":"RETR"}"#, #"{"EMPLID":"2","VCURSTATUS":"RETR"}"#], form: .lines)
    #expect(
      text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <users>
        <user><primary_id>1</primary_id></user>
        <user><primary_id>2</primary_id></user>
        </users>

        """)
  }

  /// Names of all lengths with every character that is escaped somewhere, at every place of a word of eight.
  private static let people: [String] = {
    let marks = [
      "&", "<", ">", "\\\"", "'", "\\r", "\\n", "\\t", "é", "\\u00e9", "中", "\\ud83d\\ude00", "]]>", "\u{2028}", "/",
      "\\/",
    ]
    var lines: [String] = []
    for (index, mark) in marks.enumerated() {
      for before in 0..<10 {
        let value = String(repeating: "a", count: before) + mark + String(repeating: "b", count: index) + mark
        lines.append(
          #"{"EMPLID":"\#(index).\#(before)","PRF_OR_PRI_FIRST_NAM":"\#(value)","PVSTATCATEGORY":"\#(value)","CAMP_ADDRESS1":"\#(value)","PVPATRONGROUP":"GRAD","CAMP_EMAIL":"\#(value)","PU_BARCODE":"\#(value)"}"#
        )
      }
    }
    return lines
  }()

  @Test(arguments: [1, 7, 64, 256 << 10])
  func `the fragments are what the element API writes, whatever the buffer`(bufferSize: Int) throws {
    let fragments = try document(Self.people, form: .lines, bufferSize: bufferSize)
    let elements = try document(Self.people, form: .elements)
    #expect(fragments == elements)
  }

  /// Every line end there is, at the ends of a value and in it.
  private static let lineEnds = [
    "a\\nb", "a\\r\\nb", "a\\rb", "a\\n\\nb", "a\u{85}b", "a\u{2028}b\u{2029}c", "é\\n中\\né",
  ]

  @Test(arguments: [DocumentWriter.Form.lines, .elements, .pretty])
  func `a user is one line, whatever line ends are in the values`(form: DocumentWriter.Form) throws {
    let people = Self.lineEnds.enumerated().map { number, value in
      #"{"EMPLID":"\#(number)","PVSTATCATEGORY":"\#(value)","PVPATRONGROUP":"GRAD","CAMP_ADDRESS1":"\#(value)"}"#
    }
    let text = try document(people, form: form)
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
    if form != .pretty {
      #expect(lines.count == people.count + 3)
      #expect(
        lines.filter { $0.starts(with: "<user>".utf8) && $0.reversed().starts(with: ">resu/<".utf8) }.count
          == people.count)
    }
    #expect(text.contains(#"desc="a&#10;b">a&#10;b<"#) && text.contains(#"desc="a&#13;&#10;b">a&#13;&#10;b<"#))
    // Another parser reads the values as they were: expat, which makes line feeds of line ends that are no references.
    let values = try Executable(program: "/usr/bin/python3").run(
      [
        "-c",
        """
        import sys, json, xml.etree.ElementTree as tree
        users = tree.parse(sys.stdin.buffer).getroot()
        print(json.dumps([[c.text, c.get("desc"), l.text] for c, l in zip(users.iter("statistic_category"), users.iter("line1"))]))
        """,
      ], input: Data(text.utf8))
    let read = try JSONDecoder().decode([[String]].self, from: values.output)
    let sent = try JSONDecoder().decode(
      [String].self, from: Data("[\(Self.lineEnds.map { "\"\($0)\"" }.joined(separator: ","))]".utf8))
    #expect(
      read.map { $0.map { Array($0.unicodeScalars) } }
        == sent.map { Array(repeating: Array($0.unicodeScalars), count: 3) })
  }

  @Test func `the pretty form holds the same`() throws {
    let pretty = try document(Self.people, form: .pretty)
    #expect(pretty.contains("\n  <user>\n    <"))
    #expect(pretty.filter { $0 == ">" }.count == (try document(Self.people, form: .lines)).filter { $0 == ">" }.count)
  }

  @Test func `a full disk is told by its name`() throws {
    let file = try FileDescriptor.open(FilePath("/dev/full"), .writeOnly)
    let mapping = Mapping(try Plan(.builtIn()), today: try #require(Day("2026-11-22")))
    var writer = try DocumentWriter(file, path: "/dev/full", outline: mapping.outline)
    #expect(throws: FileError(.write, "/dev/full", .noSpace)) { _ = try writer.finish() }
    try file.close()
  }
}
