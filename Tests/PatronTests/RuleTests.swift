import Testing

@testable import Patron

@Suite struct RuleTests {
  @Test(
    arguments: [
      ([], "accepted"),
      // missing_identifier: blank is null, missing, or white space only.
      ([("EMPLID", nil)], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", "null")], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", #""""#)], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", #"" \t ""#)], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", "\"\u{3000}\u{A0}\u{2003}\u{85}\u{1680}\"")], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", "960000001")], "accepted"),
      ([("EMPLID", "-5")], "accepted"),
      // Blank is also: format characters only, and what WSO2's bridge from XML makes of null.
      ([("EMPLID", #"" \u200b\ufeff ""#)], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", "\"\u{AD}\u{200B} \u{61C}\u{E0020}\"")], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", #"{"@nil":"true"}"#)], "rejected: missing_identifier EMPLID"),
      ([("EMPLID", #"{ "@nil" : true }"#)], "rejected: missing_identifier EMPLID"),
      ([("PU_BARCODE", #"{"@nil":true}"#), ("PATRON_PURGE_DATE", #"{"@nil":"true"}"#)], "accepted"),
      (
        [("PATRON_EXPIRATION_DATE", #"{"@nil":"true"}"#)], "rejected: no_expiration_date PATRON_EXPIRATION_DATE"
      ),
      ([("PU_BARCODE", #"{"@nil":"false"}"#)], "rejected: wrong_type PU_BARCODE"),
      ([("PU_BARCODE", #"{"@nil":"true","@nil":"true"}"#)], "rejected: wrong_type PU_BARCODE"),
      ([("PU_BARCODE", #"{"@nil":"true ","a":1}"#)], "rejected: wrong_type PU_BARCODE"),
      ([("PU_BARCODE", #"{"@nil":"trues"}"#)], "rejected: wrong_type PU_BARCODE"),
      ([("PU_BARCODE", #"["@nil",true]"#)], "rejected: wrong_type PU_BARCODE"),
      ([("PRF_OR_PRI_LAST_NAME", "\"\u{2060}\"")], "warned: missing_name PRF_OR_PRI_LAST_NAME"),
      ([("CAMP_ADDRESS1", "\"\u{200B}\""), ("CAMP_CITY", quoted(256))], "accepted"),
      // no_expiration_date: of the eligible only.
      ([("PATRON_EXPIRATION_DATE", nil)], "rejected: no_expiration_date PATRON_EXPIRATION_DATE"),
      ([("PATRON_EXPIRATION_DATE", #"" ""#)], "rejected: no_expiration_date PATRON_EXPIRATION_DATE"),
      ([("PATRON_EXPIRATION_DATE", #"" ""#), ("ELIGIBLE_INELIGIBLE", #""I""#)], "accepted"),
      ([("PATRON_EXPIRATION_DATE", #"" ""#), ("ELIGIBLE_INELIGIBLE", #"" ""#)], "accepted"),
      // invalid_date
      ([("PATRON_EXPIRATION_DATE", #""2027-02-30""#)], "rejected: invalid_date PATRON_EXPIRATION_DATE"),
      ([("PATRON_EXPIRATION_DATE", #""2027-2-3""#)], "rejected: invalid_date PATRON_EXPIRATION_DATE"),
      ([("PATRON_EXPIRATION_DATE", #""0000-01-01""#)], "rejected: invalid_date PATRON_EXPIRATION_DATE"),
      ([("PATRON_EXPIRATION_DATE", #""10000-01-01""#)], "rejected: invalid_date PATRON_EXPIRATION_DATE"),
      ([("PATRON_EXPIRATION_DATE", "20270630")], "rejected: invalid_date PATRON_EXPIRATION_DATE"),
      ([("PATRON_EXPIRATION_DATE", #"" 2028-02-29 ""#), ("PATRON_PURGE_DATE", nil)], "accepted"),
      ([("PATRON_EXPIRATION_DATE", #""9999-12-31""#), ("PATRON_PURGE_DATE", nil)], "accepted"),
      ([("PATRON_PURGE_DATE", #""2100-02-29""#)], "rejected: invalid_date PATRON_PURGE_DATE"),
      ([("PATRON_PURGE_DATE", #""soon""#)], "rejected: invalid_date PATRON_PURGE_DATE"),
      // illegal_character
      ([("PRF_OR_PRI_FIRST_NAM", #""Z\u0001""#)], "rejected: illegal_character PRF_OR_PRI_FIRST_NAM"),
      ([("PRF_OR_PRI_FIRST_NAM", #""Z\u0000""#)], "rejected: illegal_character PRF_OR_PRI_FIRST_NAM"),
      ([("PRF_OR_PRI_FIRST_NAM", #""Z\ufffe""#)], "rejected: illegal_character PRF_OR_PRI_FIRST_NAM"),
      ([("PRF_OR_PRI_FIRST_NAM", "\"Z\u{FFFF}\"")], "rejected: illegal_character PRF_OR_PRI_FIRST_NAM"),
      ([("PRF_OR_PRI_FIRST_NAM", #""Z\ud800""#)], "rejected: illegal_character PRF_OR_PRI_FIRST_NAM"),
      ([("PRF_OR_PRI_FIRST_NAM", #""Z\udc00\ud800""#)], "rejected: illegal_character PRF_OR_PRI_FIRST_NAM"),
      ([("PRF_OR_PRI_FIRST_NAM", #""Z\ud83d\ude00""#)], "accepted"),
      ([("PRF_OR_PRI_FIRST_NAM", #""Z\t\n\r.\ufffd\u007f""#)], "accepted"),
      ([("DORM_ADDRESS1", #""\u0001""#)], "accepted"),
      // In an identifier also control and format characters; elsewhere they stay.
      ([("EMPLID", "\"96\u{200B}0\"")], "rejected: illegal_character EMPLID"),
      ([("EMPLID", #""9600\ufeff""#)], "rejected: illegal_character EMPLID"),
      ([("EMPLID", "\"9600\u{202C}\"")], "rejected: illegal_character EMPLID"),
      ([("EMPLID", "\"\u{E0061}9600\"")], "rejected: illegal_character EMPLID"),
      ([("PU_BARCODE", "\"221\u{AD}01\"")], "rejected: illegal_character PU_BARCODE"),
      ([("PU_BARCODE", "\"22101\u{7F}\"")], "rejected: illegal_character PU_BARCODE"),
      ([("PU_BARCODE", "\"221010000\u{7F}1\"")], "rejected: illegal_character PU_BARCODE"),
      ([("PU_BARCODE", #""2210\t1""#)], "rejected: illegal_character PU_BARCODE"),
      ([("PU_BARCODE", #""2210\n1""#)], "rejected: illegal_character PU_BARCODE"),
      ([("CAMPUS_ID", "\"zo\u{85}e\"")], "rejected: illegal_character CAMPUS_ID"),
      (
        [("CAMPUS_ID", "\"z\u{200F}oe\""), ("EMPLID", #""\u0001\u200b""#)],
        "rejected: illegal_character EMPLID, illegal_character CAMPUS_ID"
      ),
      ([("CAMPUS_ID", "\"zoë garcía\"")], "accepted"),
      ([("PU_BARCODE", #"" 22101\t""#)], "accepted"),
      ([("PRF_OR_PRI_FIRST_NAM", "\"\u{200B}Zo\u{AD}ë\u{7F}\u{FEFF}\"")], "accepted"),
      ([("CAMP_ADDRESS1", "\"\u{202A}1\u{202C}\""), ("CAMP_CITY", #""P""#)], "accepted"),
      // too_long: in characters, after trimming; line 1 of an address has no limit.
      ([("PRF_OR_PRI_FIRST_NAM", quoted(255, of: "ö"))], "accepted"),
      ([("PRF_OR_PRI_FIRST_NAM", quoted(256, of: "ö"))], "rejected: too_long PRF_OR_PRI_FIRST_NAM"),
      (
        [
          ("PRF_OR_PRI_FIRST_NAM", "\"" + String(repeating: " ", count: 9) + String(repeating: "x", count: 255) + " \"")
        ], "accepted"
      ),
      ([("CAMP_ADDRESS1", quoted(999)), ("CAMP_CITY", #""P""#)], "accepted"),
      ([("CAMP_ADDRESS1", #""1""#), ("CAMP_CITY", quoted(256))], "rejected: too_long CAMP_CITY"),
      ([("CAMP_ADDRESS1", #"" ""#), ("CAMP_CITY", quoted(256))], "accepted"),
      ([("DORM_ADDRESS1", #""1""#), ("DORM_CITY", quoted(256))], "accepted"),
      ([("HOME_EMAIL", quoted(256))], "accepted"),
      ([("HOME_EMAIL", quoted(256)), ("CAMP_EMAIL", #"" ""#)], "rejected: too_long HOME_EMAIL"),
      // invalid_status
      ([("ELIGIBLE_INELIGIBLE", #""X""#)], "rejected: invalid_status ELIGIBLE_INELIGIBLE"),
      ([("ELIGIBLE_INELIGIBLE", #""e""#)], "rejected: invalid_status ELIGIBLE_INELIGIBLE"),
      ([("ELIGIBLE_INELIGIBLE", #"" ""#)], "accepted"),
      ([("ELIGIBLE_INELIGIBLE", #""I""#)], "accepted"),
      // wrong_type: judged by no other rule.
      ([("EMPLID", "true")], "rejected: wrong_type EMPLID"),
      ([("EMPLID", "1.0")], "rejected: wrong_type EMPLID"),
      ([("EMPLID", "1e3")], "rejected: wrong_type EMPLID"),
      ([("EMPLID", "[]")], "rejected: wrong_type EMPLID"),
      ([("PATRON_EXPIRATION_DATE", "{}")], "rejected: wrong_type PATRON_EXPIRATION_DATE"),
      ([("ELIGIBLE_INELIGIBLE", "false"), ("VCURSTATUS", #""RETR""#)], "rejected: wrong_type ELIGIBLE_INELIGIBLE"),
      ([("CAMP_ADDRESS1", "[1]"), ("CAMP_CITY", "{}")], "rejected: wrong_type CAMP_ADDRESS1, wrong_type CAMP_CITY"),
      ([("PERM_CITY", "[]")], "accepted"),
      // ineligible_retiree: judged no further.
      (
        [("ELIGIBLE_INELIGIBLE", #""I""#), ("VCURSTATUS", #""RETR""#), ("EMPLID", nil)],
        "excluded: ineligible_retiree VCURSTATUS"
      ),
      ([("ELIGIBLE_INELIGIBLE", nil), ("VCURSTATUS", #""RETR""#)], "excluded: ineligible_retiree VCURSTATUS"),
      ([("VCURSTATUS", #""RETR""#)], "accepted"),
      // Warnings hold nobody back.
      ([("PATRON_PURGE_DATE", #""2027-06-29""#)], "warned: purge_before_expiry PATRON_PURGE_DATE"),
      ([("PATRON_PURGE_DATE", #""2027-06-30""#)], "accepted"),
      ([("CAMP_EMAIL", #""zoe""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""@example.edu""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zoe@example""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zoe@example.""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""a@b@example.edu""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""Zoë <zoe@example.edu>""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""<zoe@example.edu>""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zoe@example.edu;""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zoe@example.edu,z@example.edu""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zoe@example.edu z@example.edu""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""mailto:zoe@example.edu""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zoe garcia@example.edu""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", "\"zoe\u{A0}@example.edu\"")], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", "\"zoe@example\u{3000}.edu\"")], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", "\"zoe@example.edu\u{200B}\"")], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", "\"zo\u{7F}e@example.edu\"")], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zoe@[10.0.0.1]""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", #""zo\te@example.edu""#)], "warned: invalid_email CAMP_EMAIL"),
      ([("CAMP_EMAIL", "\"zoe@example.edu\u{A0}\"")], "accepted"),
      ([("CAMP_EMAIL", #""zoë.o'hara+x_y=z/q!#$%&*?^`{|}~-1@sub.exämple.edu""#)], "accepted"),
      ([("CAMP_EMAIL", #"" ""#), ("HOME_EMAIL", #""zoe""#)], "warned: invalid_email HOME_EMAIL"),
      ([("CAMP_EMAIL", nil)], "accepted"),
      ([("HOME_ADDRESS1", #""1""#)], "warned: incomplete_address HOME_CITY"),
      ([("PVPATRONGROUP", #"" ""#)], "warned: missing_group PVPATRONGROUP"),
      ([("PVPATRONGROUP", #"" ""#), ("DEPTID", #""41000""#)], "accepted"),
      ([("PRF_OR_PRI_LAST_NAME", nil)], "warned: missing_name PRF_OR_PRI_LAST_NAME"),
      // All reasons, in the order of the table, then of the mapping; warnings are not sought for the rejected.
      (
        [
          ("PU_BARCODE", "[]"), ("EMPLID", "null"), ("PATRON_EXPIRATION_DATE", "null"), ("PATRON_PURGE_DATE", #""x""#),
          ("PRF_OR_PRI_LAST_NAME", #""\u0002""#), ("CAMP_EMAIL", #""x""#), ("PVSTATCATEGORY", quoted(256)),
          ("PRF_OR_PRI_FIRST_NAM", "1.5"),
        ],
        "rejected: wrong_type PRF_OR_PRI_FIRST_NAM, wrong_type PU_BARCODE, missing_identifier EMPLID, "
          + "no_expiration_date PATRON_EXPIRATION_DATE, invalid_date PATRON_PURGE_DATE, "
          + "illegal_character PRF_OR_PRI_LAST_NAME, too_long PVSTATCATEGORY"
      ),
    ] as [([(String, String?)], String)])
  func `a person gets the verdict of the table`(changes: [(String, String?)], verdict: String) throws {
    var run = try RuleRun()
    #expect(run.verdict(on: somebody(changes)) == verdict)
  }

  @Test(arguments: [
    (#""96\u200b0""#, "U+200B, a control or format character, which is invisible in an identifier"),
    ("\"960\u{7F}\"", "U+007F, a control or format character, which is invisible in an identifier"),
    ("\"\u{E0061}960\u{200B}\"", "U+E0061, a control or format character, which is invisible in an identifier"),
    (#""\u200b9\u0001""#, "U+0001, a character that XML forbids"),
    ("\"9\u{FFFE}\"", "U+FFFE, a character that XML forbids"),
    (#""9\ud800""#, "half of a surrogate pair, which is not a character"),
  ])
  func `a character that cannot be sent is named by its code point`(value: String, message: String) throws {
    var run = try RuleRun()
    let line = Array(somebody([("EMPLID", value)]).utf8)
    #expect(run.reader.read(line.span, isCut: false, into: &run.person) == .person)
    let reason = Reason(.illegalCharacter, .rejected, run.plan.primary, message)
    let outcome = run.rules.check(&run.person, line: 1)
    #expect(outcome == .rejected([reason]))
    // A document can carry the invisible ones.
    let against = run.rules.reasonAgainstXML(&run.person)
    #expect((against == nil) == message.contains("identifier"))
  }

  @Test func `control and format characters are those of Unicode`() {
    let wrong = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init).filter { scalar in
      let category = scalar.properties.generalCategory
      return InvisibleCharacter.matches(scalar) != (category == .control || category == .format)
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(20))")
  }

  /// Of each plane that has one, in all places of a value: as it stands, and as an escape.
  @Test func `every format character alone is blank, and is found in an identifier`() throws {
    var run = try RuleRun(comparesPeople: false)
    var count = 0
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory == .format else { continue }
      count += 1
      let escape = Character(scalar).utf16.map { "\\u" + String(0x10000 + UInt32($0), radix: 16).dropFirst() }.joined()
      for text in [String(Character(scalar)), escape] {
        #expect(
          run.verdict(on: somebody([("EMPLID", "\"\(text) \(text)\"")])) == "rejected: missing_identifier EMPLID")
        #expect(run.verdict(on: somebody([("EMPLID", "\"9\(text)9\"")])) == "rejected: illegal_character EMPLID")
      }
    }
    #expect(count > 150)
  }

  @Test(arguments: [
    "", "null", "[]", "[{}]", "1", #""text""#, "{", "{}{}", #"{"EMPLID":"1",}"#, #"{"EMPLID":"1"} x"#,
    #"{"EMPLID":01}"#,
    #"{"EMPLID":"1","EMPLID":"1"}"#, #"{"EMPLID":"1","DORM_CITY":null,"DORM_CITY":null}"#, #"{"a":"\x"}"#,
    "{\"a\":\"\t\"}",
    #"{"EMPLID":"1","\u0045MPLID":"2"}"#,
    "{\"a\":" + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}",
  ])
  func `what is not exactly one JSON object is malformed`(line: String) throws {
    var run = try RuleRun()
    #expect(run.verdict(on: line) == "rejected: malformed_json")
  }

  @Test func `nesting of 64 and members that nobody reads are taken`() throws {
    var run = try RuleRun()
    let deep = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    #expect(run.verdict(on: somebody([("OTHER", deep)])) == "accepted")
    #expect(
      run.verdict(
        on: String(somebody([("EMPLID", "2"), ("CAMPUS_ID", nil), ("PU_BARCODE", nil)]).dropLast()) + #","X":1,"X":2}"#)
        == "accepted")
  }

  @Test func `bytes that are no UTF-8 are malformed, wherever they stand`() throws {
    for bytes: [UInt8] in [
      [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    ] {
      var run = try RuleRun()
      let line = Array(#"{"EMPLID":"1","OTHER":""#.utf8) + bytes + Array(#""}"#.utf8)
      #expect(run.verdict(on: line) == "rejected: malformed_json")
    }
  }

  @Test func `a line of a mebibyte is taken and a longer one is not`() throws {
    var run = try RuleRun()
    let line = somebody()
    let room = (1 << 20) - line.utf8.count
    #expect(run.verdict(on: line + String(repeating: " ", count: room)) == "accepted")
    #expect(run.verdict(on: line + String(repeating: " ", count: room + 1)) == "rejected: malformed_json")
  }

  @Test(arguments: [#"{"kind":"feed"}"#, #"{"EMPLID":"1","kind":null}"#, #"{ "\u006bind" : 5 }"#])
  func `a line with a kind is a record`(line: String) throws {
    var run = try RuleRun()
    #expect(run.verdict(on: line) == "record")
  }

  @Test func `groups and statistic categories are compared exactly with the lists given`() throws {
    var run = try RuleRun(groups: ["GRAD", "UGRD"], statCategories: ["GRADUATE"], comparesPeople: false)
    #expect(run.verdict(on: somebody()) == "accepted")
    #expect(run.verdict(on: somebody([("PVPATRONGROUP", #""grad""#)])) == "rejected: unknown_group PVPATRONGROUP")
    #expect(run.verdict(on: somebody([("DEPTID", "41000")])) == "rejected: unknown_group DEPTID")
    #expect(
      run.verdict(on: somebody([("PVSTATCATEGORY", #""OTHER""#)])) == "rejected: unknown_stat_category PVSTATCATEGORY"
    )
    #expect(
      run.verdict(on: somebody([("PVPATRONGROUP", nil), ("PVSTATCATEGORY", nil)]))
        == "warned: missing_group PVPATRONGROUP")
  }
}
