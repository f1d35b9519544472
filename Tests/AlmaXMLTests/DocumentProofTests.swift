import AlmaXML
import StageErrors
import Testing

@Suite struct DocumentProofTests {
  /// Proves a document that comes in pieces of a size.
  static func users(in bytes: [UInt8], pieces: Int = 64 << 10, schema: Schema? = nil) throws -> Int {
    var proof = try DocumentProof(path: "/x/a.xml", schema: schema)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try proof.take(bytes.span.extracting(start..<min(start + pieces, bytes.count)))
    }
    return try proof.finish()
  }

  static func error(in bytes: [UInt8], pieces: Int = 64 << 10, schema: Schema? = nil) -> ProofError? {
    do {
      _ = try users(in: bytes, pieces: pieces, schema: schema)
      return nil
    } catch {
      return error as? ProofError
    }
  }

  static let prolog = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

  @Test(
    arguments: [
      ("<users/>", 0),
      (prolog + "<users>\n</users>\n", 0),
      (prolog + "<users>\n<user><a/></user>\n<user/>\n</users>\n", 2),
      ("<users><user><user/><users><user/></users></user><person/></users>", 1),
      ("<users xmlns:x=\"u:x\"><x:user/><user/></users>", 1),
      (prolog + "<users><user n=\"Zoë &amp; 李明\">Zoë 李明 &#x1F600; 😀 &lt;</user></users>", 1),
      ("<!-- <user/> --><users><![CDATA[<user/>]]><?pi <user/>?></users><!-- end -->", 0),
    ], [1, 2, 3, 7, 64 << 10])
  func `users are counted, however the bytes come`(document: (String, Int), pieces: Int) throws {
    #expect(try Self.users(in: Array(document.0.utf8), pieces: pieces) == document.1)
  }

  @Test(
    arguments: [
      ("", 1, "no element 'users'"),
      (prolog, 2, "no element 'users'"),
      ("<users>\n<user>\n<a/>", 3, "it is truncated"),
      ("<users>\n<user>O'Hara", 2, "it is truncated"),
      ("<users>\n<user></use", 2, "it is truncated"),
      ("<users>\n</users", 2, "it is truncated"),
      ("<users>\n<user></user>\n", 2, "it is truncated"),
      ("<users>\n<user n=\"O'Ha", 2, "it is truncated"),
      ("<users>\n<us", 2, "it is truncated"),
      ("<users>\n<user><first_name>O'Hara</last_name></user></users>", 2, "end tag"),
      ("<users/>\n<users/>", 2, "content after </users>"),
      ("<users>\n</users>\nO'Hara", 3, "content after </users>"),
      ("<user>O'Hara</user>", 1, "root element is not 'users'"),
      ("<users xmlns=\"http://com/exlibris/urm\"/>", 1, "root element is not 'users'"),
      ("<x:users xmlns:x=\"u:x\"/>", 1, "root element is not 'users'"),
      ("<users>\n<user>O&Hara;</user></users>", 2, "'&'"),
      ("<users>\n<user>O & Hara</user></users>", 2, "'&'"),
      ("<users>\n<user>O < Hara</user></users>", 2, "'<'"),
      ("<users>\n\n<user>\u{1}O'Hara</user></users>", 3, "character"),
      ("<users>\n<user>&#1;O'Hara</user></users>", 2, "character"),
      ("<users>\n<user>\u{FFFE}</user></users>", 2, "character"),
      ("<users>\n<user a='O' a='Hara'/></users>", 2, "error 42"),
      ("<users>\n<x:Hara/></users>", 2, "error 201"),
      ("<!DOCTYPE users SYSTEM \"http://x/\">\n<users/>", 1, "document type declaration"),
      ("<!DOCTYPE users [<!ENTITY a \"O'Hara\">]>\n<users>&a;</users>", 1, "document type declaration"),
      ("\u{FEFF}<users/>", 1, "does not begin with '<'"),
      ("\n<users/>", 1, "does not begin with '<'"),
      ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<users/>", 1, "not UTF-8"),
      ("<?xml version=\"1.0\" encoding=\"US-ASCII\"?>\n<users/>", 1, "not UTF-8"),
      ("<?xml version=\"1.0\" encoding=\"Hara\"?>\n<users/>", 1, "not UTF-8"),
    ], [1, 3, 64 << 10])
  func `what is wrong is told with its line, and without the people in it`(
    document: (String, Int, String), pieces: Int
  ) throws {
    let error = try #require(Self.error(in: Array(document.0.utf8), pieces: pieces))
    #expect(error.exitStatus == .badData)
    #expect(error.line == document.1)
    #expect(error.description.hasPrefix("/x/a.xml line \(document.1): "))
    #expect(error.problem.contains(document.2), "\(error)")
    #expect(!error.description.contains("Hara"))
  }

  @Test(arguments: [[0xC3], [0x80], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
  func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) throws {
    let document = Array("<users>\n<user>".utf8) + bytes + Array("</user></users>".utf8)
    let error = try #require(Self.error(in: document))
    #expect(error.line == 2 && error.problem.contains("not UTF-8"))
  }

  /// Found by fuzzing: libxml2 takes the overlong forms, and no other parser does.
  @Test(
    arguments: [
      [0xC1, 0xB8], [0xC0, 0x80], [0xE0, 0x81, 0xB8], [0xF0, 0x81, 0x81, 0xB8], [0xED, 0xA0, 0x80], [0x80],
    ]
      as [[UInt8]], [1, 3, 64 << 10])
  func `bytes that are not UTF-8 are refused in CDATA sections and comments too`(bytes: [UInt8], pieces: Int) throws {
    for (start, end) in [("<![CDATA[long enough, ", "]]>"), ("<!-- ", " -->"), ("<?pi ", "?>")] {
      let document = Array("<users>\n<user/>\n<user>\(start)".utf8) + bytes + Array("\(end)</user></users>".utf8)
      let error = try #require(Self.error(in: document, pieces: pieces))
      #expect(error.line == 3 && error.problem.contains("not UTF-8"), "\(error)")
    }
    let good = "<users>\n<user><![CDATA[\u{80}\u{7FF}\u{800}\u{D7FF}\u{FFFD}\u{10000}\u{10FFFF}]]></user></users>"
    #expect(try Self.users(in: Array(good.utf8), pieces: pieces) == 1)
  }

  @Test func `another encoding is refused, whether it says so or not`() {
    let utf16 = "<users/>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(Self.error(in: utf16) != nil)
    #expect(Self.error(in: [0xFF, 0xFE] + utf16)?.problem == "it does not begin with '<'")
  }

  @Test func `elements nested without end are refused`() throws {
    let deep = Array(("<users>" + String(repeating: "<a>\n", count: 1000)).utf8)
    #expect(try #require(Self.error(in: deep)).problem.contains("nested"))
  }

  @Test func `a text of any length passes`() throws {
    let document = "<users><user>" + String(repeating: "text ", count: 4 << 20) + "</user></users>"
    #expect(try Self.users(in: Array(document.utf8)) == 1)
  }

  @Test func `an attribute without end is refused before it fills the memory`() {
    let document = "<users><user a=\"" + String(repeating: "value", count: 4 << 20) + "\"/></users>"
    #expect(Self.error(in: Array(document.utf8)) != nil)
  }
}
