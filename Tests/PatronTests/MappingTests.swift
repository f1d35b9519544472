import Calendar
import Patron
import Testing

@Suite struct MappingTests {
  /// The user of a person as text: `<tag a="b">text</tag>`, nothing escaped.
  private func user(_ line: String, today: String = "2026-11-22") throws -> String {
    let plan = try Plan(Profile(document: Profile.builtInDocument))
    var reader = PersonReader(plan)
    var person = plan.emptyPerson
    let bytes = Array(line.utf8)
    #expect(reader.read(bytes.span, isCut: false, into: &person) == .person)
    let mapping = Mapping(plan, today: try #require(Day(today)))
    var user = AlmaUser()
    mapping.map(&person, into: &user)
    let tags = mapping.outline.tags
    let open = { (tag: Patron.Tag) in
      "<" + ([tag.name] + tag.attributes.map { "\($0.name)=\"\($0.value)\"" }).joined(separator: " ")
    }
    var made = ""
    for step in mapping.outline.steps(of: user, person) {
      let text =
        switch step {
        case .open(let tag): open(tags[Int(tag)]) + ">"
        case .close(let tag): "</\(tags[Int(tag)].name)>"
        case .constant(let tag): "\(open(tags[Int(tag)]))>\(tags[Int(tag)].content ?? "?")</\(tags[Int(tag)].name)>"
        case .text(let tag, let slot): "\(open(tags[Int(tag)]))>\(person.string(slot) ?? "")</\(tags[Int(tag)].name)>"
        case .describedText(let tag, let slot):
          "\(open(tags[Int(tag)])) desc=\"\(person.string(slot) ?? "")\">\(person.string(slot) ?? "")</\(tags[Int(tag)].name)>"
        }
      made += text
    }
    return made
  }

  @Test(arguments: [
    ([#""PATRON_EXPIRATION_DATE":" 2027-06-30 ""#], "<expiry_date>2027-06-30</expiry_date>"),
    ([], "<expiry_date>2026-11-22</expiry_date>"),
    ([#""ELIGIBLE_INELIGIBLE":"E""#], "<status>ACTIVE</status>"),
    ([#""ELIGIBLE_INELIGIBLE":"I""#], "<expiry_date>2026-11-22</expiry_date><status>INACTIVE</status>"),
    ([#""ELIGIBLE_INELIGIBLE":"I","VCURSTATUS":"RETR""#], "<status>INACTIVE</status>"),
    (
      [#""ELIGIBLE_INELIGIBLE":"I","PATRON_EXPIRATION_DATE":"2026-01-01""#],
      "<expiry_date>2026-01-01</expiry_date><status>INACTIVE</status>"
    ),
    (
      [#""VCURSTATUS":"RETR","PATRON_PURGE_DATE":"2028-01-01""#], "<purge_date>2028-01-01</purge_date>"
    ),
    (
      [#""VCURSTATUS":"RETR","PVSTATCATEGORY":"A&B""#],
      #"<user_statistics><user_statistic segment_type="External"><statistic_category desc="A&B">A&B</statistic_category>"#
        + "</user_statistic></user_statistics>"
    ),
    ([#""VCURSTATUS":"RETR","PVPATRONGROUP":"FAC""#], "<user_group>FAC</user_group>"),
    ([#""VCURSTATUS":"RETR","PVPATRONGROUP":"FAC","DEPTID":"26700""#], "<user_group>LIB</user_group>"),
    ([#""VCURSTATUS":"RETR","DEPTID":41034"#], "<user_group>LIB</user_group>"),
    ([#""VCURSTATUS":"RETR","DEPTID":"41035""#], ""),
    ([#""VCURSTATUS":"RETR","EMPLID":9"#], "<primary_id>9</primary_id>"),
    (
      [
        #""VCURSTATUS":"RETR","PRF_OR_PRI_MIDDLE_NAME":"M","PRF_OR_PRI_LAST_NAME":"L","PRF_OR_PRI_FIRST_NAM":"F","EMPLID":"1""#
      ],
      "<primary_id>1</primary_id><first_name>F</first_name><last_name>L</last_name><middle_name>M</middle_name>"
    ),
    (
      [#""VCURSTATUS":"RETR","HOME_EMAIL":"h@x.org""#],
      #"<contact_info><emails><email preferred="true" segment_type="External"><email_address>h@x.org</email_address>"#
        + #"<email_types><email_type desc="Personal">personal</email_type></email_types></email></emails></contact_info>"#
    ),
    (
      [#""VCURSTATUS":"RETR","HOME_EMAIL":"h@x.org","CAMP_EMAIL":"c@x.org""#],
      #"<contact_info><emails><email preferred="true" segment_type="External"><email_address>c@x.org</email_address>"#
        + #"<email_types><email_type desc="Work">work</email_type></email_types></email></emails></contact_info>"#
    ),
    (
      [#""VCURSTATUS":"RETR","CAMPUS_ID":"zoe","PU_BARCODE":22101"#],
      #"<user_identifiers><user_identifier segment_type="External"><value>22101</value>"#
        + #"<id_type desc="Barcode">BARCODE</id_type><status>ACTIVE</status></user_identifier>"#
        + #"<user_identifier segment_type="External"><value>zoe</value>"#
        + #"<id_type desc="NetID">NET_ID</id_type><status>ACTIVE</status></user_identifier></user_identifiers>"#
    ),
  ])
  func `each element comes from its field`(members: [String], elements: String) throws {
    #expect(try user("{" + members.joined() + "}") == elements)
  }

  private static func address(_ prefix: String, _ type: String) -> String {
    let parts = [
      "ADDRESS1", "ADDRESS2", "ADDRESS3", "ADDRESS4", "CITY", "STATE", "POSTAL", "COUNTRY",
    ]
    return parts.map { "\"\(prefix)_\($0)\":\"\(type) \($0)\"" }.joined(separator: ",")
  }

  private static func element(_ type: String, _ desc: String, preferred: Bool) -> String {
    #"<address preferred="\#(preferred)" segment_type="External"><line1>\#(type) ADDRESS1</line1>"#
      + "<line2>\(type) ADDRESS2</line2><line3>\(type) ADDRESS3</line3><line4>\(type) ADDRESS4</line4>"
      + "<city>\(type) CITY</city><state_province>\(type) STATE</state_province>"
      + "<postal_code>\(type) POSTAL</postal_code><country>\(type) COUNTRY</country>"
      + #"<address_types><address_type desc="\#(desc)">\#(type)</address_type></address_types></address>"#
  }

  private static let allAddresses = [("CAMP", "work"), ("HOME", "home"), ("DORM", "school"), ("PERM", "home")]
    .map { address($0.0, $0.1) }.joined(separator: ",")

  @Test(arguments: [("UGRD", "school"), ("SENR", "school"), ("GRAD", "work"), ("", "work")])
  func `the group decides which two addresses are written, the first preferred`(group: String, first: String) throws {
    let desc = first == "school" ? "School" : "Work"
    let made = try user(#"{"VCURSTATUS":"RETR","PVPATRONGROUP":"\#(group)",\#(Self.allAddresses)}"#)
    let addresses = Self.element(first, desc, preferred: true) + Self.element("home", "Home", preferred: false)
    #expect(made.hasSuffix("<contact_info><addresses>\(addresses)</addresses></contact_info>"))
  }

  @Test func `where the first address is missing the second is the preferred one`() throws {
    let made = try user(#"{"VCURSTATUS":"RETR","PVPATRONGROUP":"UGRD",\#(Self.address("PERM", "home"))}"#)
    #expect(made.contains(Self.element("home", "Home", preferred: true)))
    #expect(!made.contains("preferred=\"false\""))
  }

  @Test func `an address without its first line is none, and blank parts write nothing`() throws {
    #expect(try user(#"{"VCURSTATUS":"RETR","CAMP_ADDRESS2":"x","CAMP_CITY":"y"}"#) == "")
    let made = try user(#"{"VCURSTATUS":"RETR","CAMP_ADDRESS1":"x","CAMP_ADDRESS2":" ","CAMP_POSTAL":null}"#)
    #expect(made.contains("<line1>x</line1><address_types>"))
  }
}
