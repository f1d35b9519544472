import AlmaXML
import Files
import Foundation
import StageErrors
import SystemPackage
import TestSupport
import Testing

@Suite struct SchemaProofTests {
  let directory: TemporaryDirectory
  let path: String

  /// A schema in two files, with what Ex Libris' has: an include, codes, lengths, dates, and children in any order.
  init() throws {
    directory = try TemporaryDirectory()
    path = try directory.write(
      "users.xsd",
      """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:include schemaLocation="user.xsd"/>
        <xs:element name="users"><xs:complexType><xs:sequence>
          <xs:element name="user" type="user" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence></xs:complexType></xs:element>
      </xs:schema>
      """)
    try directory.write(
      "user.xsd",
      """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:complexType name="user"><xs:all>
          <xs:element name="last_name" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
            <xs:maxLength value="8"/></xs:restriction></xs:simpleType></xs:element>
          <xs:element name="expiry_date" type="xs:date" minOccurs="0"/>
          <xs:element name="status" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="code">
            <xs:attribute name="desc" type="xs:token" use="required"/>
          </xs:extension></xs:simpleContent></xs:complexType></xs:element>
        </xs:all></xs:complexType>
        <xs:simpleType name="code"><xs:restriction base="xs:string">
          <xs:enumeration value="ACTIVE"/></xs:restriction></xs:simpleType>
      </xs:schema>
      """)
  }

  func error(_ user: String) throws -> ProofError? {
    DocumentProofTests.error(in: Array("<users>\n\n<user>\(user)</user></users>".utf8), schema: try Schema(path: path))
  }

  @Test(arguments: [
    "", "<last_name>Hara</last_name><expiry_date>2026-02-28</expiry_date>", "<status desc=\"x\">ACTIVE</status>",
  ])
  func `a valid document passes`(user: String) throws {
    #expect(try error(user) == nil)
  }

  @Test(arguments: [
    ("<expiry_date>O'Hara</expiry_date>", "Element 'expiry_date': its value is not a valid value"),
    ("<status desc=\"x\">O'Hara</status>", "Element 'status': [facet 'enumeration'] The value its value"),
    ("<last_name>Mr O'Hara</last_name>", "Element 'last_name': [facet 'maxLength'] The value has a length of '9'"),
    ("<hat>O'Hara</hat>", "Element 'hat': This element is not expected"),
    ("<status>ACTIVE</status>", "Element 'status': The attribute 'desc' is required but missing"),
    ("<status desc='x' b='Hara'>ACTIVE</status>", "Element 'status', attribute 'b': The attribute 'b' is not allowed"),
    ("O'Hara", "Element 'user': Character content other than whitespace is not allowed"),
  ])
  func `what is not valid is told with its line, and without the value`(user: String, problem: String) throws {
    let error = try #require(try error(user))
    #expect(error.line == 3 && error.exitStatus == .badData)
    #expect(error.problem.hasPrefix("not valid against the schema: "))
    #expect(error.problem.contains(problem), "\(error)")
    #expect(!error.description.contains("Hara"))
  }

  @Test func `a document is proven well-formed beside a schema too`() throws {
    #expect(try error("<last_name>O'Hara</first_name>")?.problem.contains("end tag") == true)
    #expect(try error("&Hara;")?.problem.contains("'&'") == true)
    let schema = try Schema(path: path)
    for document in ["<!DOCTYPE users [<!ENTITY a 'b'>]><users/>", "<users>", "<users/>x", "<user/>"] {
      #expect(DocumentProofTests.error(in: Array(document.utf8), schema: schema) != nil)
    }
    let good = Array("<users><user/><user/></users>".utf8)
    #expect(try DocumentProofTests.users(in: good, pieces: 1, schema: schema) == 2)
  }

  @Test func `a schema that cannot be read, and a file that is none`() throws {
    #expect(throws: FileError(.read, directory.path("none.xsd"), .noSuchFileOrDirectory)) {
      try Schema(path: directory.path("none.xsd"))
    }
    let missing =
      "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include schemaLocation='gone.xsd'/></xs:schema>"
    for (name, text) in [("a.xsd", "no XML"), ("b.xsd", "<users/>"), ("c.xsd", missing), ("d.xsd", "")] {
      let path = try directory.write(name, text)
      #expect {
        try Schema(path: path)
      } throws: { error in
        (error as? SettingError)?.exitStatus == .configuration && "\(error)".hasPrefix("\(path) is not an XML schema: ")
      }
    }
  }

  @Test(.enabled("ALMA_XSD_DIR is not set: Ex Libris' schema is not there") { realSchema != nil })
  func `Ex Libris' own schema is read, and holds`() throws {
    let schema = try Schema(path: #require(Self.realSchema))
    let good = "<users><user><primary_id>1</primary_id><expiry_date>2026-11-22</expiry_date></user></users>"
    #expect(try DocumentProofTests.users(in: Array(good.utf8), schema: schema) == 1)
    let bad = good.replacingOccurrences(of: "2026-11-22", with: "2026-13-22")
    #expect(DocumentProofTests.error(in: Array(bad.utf8), schema: schema)?.problem.contains("expiry_date") == true)
  }

  static let realSchema = ProcessInfo.processInfo.environment["ALMA_XSD_DIR"].map { $0 + "/rest_users.xsd" }
}
