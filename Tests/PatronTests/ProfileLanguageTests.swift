import Calendar
import Foundation
import Testing

@testable import Patron

/// What the texts, filters, conditions and alternatives of a profile make of a person.
@Suite struct ProfileLanguageTests {
  /// The `last_name` of a person by a profile in which it is a value.
  private func text(_ value: String, _ person: String, _ members: String = "", today: String = "2026-11-25") throws
    -> String?
  {
    let document = #"{ "profile": 1, \#(members) "user": { "primary_id": "{ID}", "last_name": \#(value) } }"#
    let plan = try Plan(Profile(document: Array(document.utf8)))
    let mapping = Mapping(plan, today: try #require(Day(today)))
    var reader = PersonReader(plan)
    var made = plan.emptyPerson
    #expect(reader.read(Array(person.utf8).span, isCut: false, into: &made) == .person)
    var user = AlmaUser()
    mapping.map(&made, into: &user)
    if made.findings.hasFault { return "fault" }
    for step in plan.outline.steps(of: user, made) {
      switch step {
      case .text(let tag, let slot) where plan.outline.tags[Int(tag)].name == "last_name": return made.string(slot)
      case .constant(let tag) where plan.outline.tags[Int(tag)].name == "last_name":
        return plan.outline.tags[Int(tag)].content
      default: continue
      }
    }
    return nil
  }

  @Test(
    arguments: [
      ("upper", "straße é", "STRASSE É"),
      ("lower", "ÀB C", "àb c"),
      ("left 2", "Ångström", "Ån"),
      ("left 9", "ab", "ab"),
      ("right 4", "2026-1234", "1234"),
      ("skip 2", "0012", "12"),
      ("skip 9", "ab", nil),
      ("before ;", "a;b;c", "a"),
      ("before ;", "abc", "abc"),
      ("after ;", "a;b;c", "b;c"),
      ("after ;", "abc", nil),
      ("before ' '", "Anna Maria", "Anna"),
      ("after ;", "a; ;", ";"),
      ("replace . -", "1.2.3", "1-2-3"),
      ("replace ' ' ''", "a b c", "abc"),
      ("replace a aa", "aba", "aabaa"),
      ("digits", "+1 (415) 555", "1415555"),
      ("digits", "none", nil),
      ("pad 5", "12", "00012"),
      ("pad 2", "123", "123"),
      ("unpad", "000120", "120"),
      ("unpad", "000", "0"),
      ("shape ###-####", "5550123", "555-0123"),
      ("shape ###-####", "555", "555"),
      ("shape (###) ", "äöü", "(äöü)"),
      ("not NONE 0", "NONE", nil),
      ("not NONE 0", "none", "none"),
      ("not 'no card'", "no card", nil),
      ("date M/D/YYYY", "7/4/2005", "2005-07-04"),
      ("date M/D/YYYY", "07/04/2005", "2005-07-04"),
      ("date MM/DD/YYYY", "7/4/2005", "fault"),
      ("date M/D/YYYY", "02/30/2004", "fault"),
      ("date YYYYMMDD M/D/YY", "20261231", "2026-12-31"),
      ("date YYYYMMDD M/D/YY", "12/31/26", "2026-12-31"),
      ("date YYYY-MM-DD*", "2027-03-31T00:00:00.000-07:00", "2027-03-31"),
      ("date D.M.YYYY", "1.12.2026", "2026-12-01"),
      ("+ 1 month", "2027-01-31", "2027-02-28"),
      ("+ 1 year", "2028-02-29", "2029-02-28"),
      ("- 1 day", "2027-01-01", "2026-12-31"),
      ("+ 30 days", "2026-12-15", "2027-01-14"),
      ("+ 1 day", "9999-12-31", "fault"),
      ("+ 1 day", "soon", "fault"),
      ("next 06-30", "2026-06-30", "2026-06-30"),
      ("next 06-30", "2026-07-01", "2027-06-30"),
      ("before , | upper | left 1", "doe, jane", "D"),
    ] as [(String, String, String?)])
  func `a filter makes of a text what the manual says`(filter: String, value: String, made: String?) throws {
    #expect(try text("\"{A | \(filter)}\"", "{\"A\":\"\(value)\"}") == made, "\(filter) of \(value)")
    #expect(try text("\"{A | \(filter)}\"", #"{"A":" "}"#) == nil, "blank stays blank")
  }

  @Test(
    arguments: [
      (#""LIB""#, "LIB", true),
      (#""LIB""#, "lib", false),
      (#""LIB*""#, "LIB", true),
      (#""LIB*""#, "LIBX", true),
      (#""*~A~*""#, "~B~A~", true),
      (#""*""#, "x", true),
      (#""*""#, "", false),
      (#""""#, "", true),
      (#""""#, "x", false),
      (#""?b""#, "äb", true),
      ("\"##-#\"", "12-3", true),
      ("\"##-#\"", "12-x", false),
      (#""a\\*""#, "a*", true),
      (#""a\\*""#, "ab", false),
      (#"["A", "B"]"#, "B", true),
      (#"["A", ""]"#, "", true),
      (#"{ "not": "A" }"#, "B", true),
      (#"{ "not": "A" }"#, "", true),
      (#"{ "not": "A" }"#, "A", false),
      (#"{ "not": ["", "E"] }"#, "", false),
      (#""1..9""#, "9", true),
      (#""1..9""#, "10", false),
      (#""1..9""#, "x", false),
      (#""..2026-06-30""#, "2026-06-30", true),
      (#""2026-01-01..""#, "2025-12-31", false),
      (#""12-15..03-14""#, "2027-01-05", true),
      (#""12-15..03-14""#, "2027-05-05", false),
      (#""{B}""#, "b text", true),
      (#""{B}""#, "other", false),
      (#"{ "not": "{B}" }"#, "b text", false),
      (#""x{C}""#, "x", false),
      (#""a long code that is no short one""#, "a long code that is no short one", true),
      (#""{{A}}""#, "{A}", true),
      (#""..{$today}""#, "2026-11-25", true),
      (#""..{$today}""#, "2026-11-26", false),
      (#""*a*b*c""#, "xaybzc", true),
      (#""*a*b*c""#, "xaybz", false),
    ] as [(String, String, Bool)])
  func `a pattern fits or not`(pattern: String, value: String, fits: Bool) throws {
    let person = "{\"A\":\"\(value)\",\"B\":\"b text\"}"
    let made = try text(#"[{ "when": { "A": \#(pattern) }, "use": "yes" }, "no"]"#, person)
    #expect(made == (fits ? "yes" : "no"), "\(pattern) and \(value)")
  }

  @Test(
    arguments: [
      (#""{A}, {B}""#, #"{"A":"a","B":"b"}"#, "a, b"),
      (#""{A}, {B}""#, #"{"A":"a"}"#, nil),
      (#""x {A} ""#, #"{"A":"a"}"#, "x a"),
      (#""{{{A}}}""#, #"{"A":"a"}"#, "{a}"),
      (#"["{A}", "{B}"]"#, #"{"B":"b"}"#, "b"),
      (#"["{A}", "{B}", "c"]"#, "{}", "c"),
      (#"{ "when": { "A": "x" }, "use": ["{B}", "{C}"] }"#, #"{"A":"x","C":"c"}"#, "c"),
      (#"{ "when": { "A": "x" }, "use": "{B}" }"#, #"{"A":"y","B":"b"}"#, nil),
      (#"{ "when": [{ "A": "x" }, { "B": "x" }], "use": "{C}" }"#, #"{"A":"y","B":"x","C":"c"}"#, "c"),
      (#"{ "latest": ["{A}", "{B}", "2026-06-30"] }"#, #"{"A":"2026-01-01","B":"2027-01-01"}"#, "2027-01-01"),
      (#"{ "earliest": ["{A}", "{B}"] }"#, #"{"B":"2027-01-01"}"#, "2027-01-01"),
      (#"{ "earliest": ["{A}", "{B}"] }"#, "{}", nil),
      (#"{ "earliest": ["{A}", "{B}"] }"#, #"{"A":"soon"}"#, "fault"),
      (#""{A}""#, #"{"A":12}"#, "12"),
      (#"[{ "when": { "A": { "not": "x" } }, "use": "no" }, "yes"]"#, #"{"A":true}"#, "yes"),
      (#""{$today}""#, "{}", "2026-11-25"),
      (#""{$today | + 1 year | next 06-30}""#, "{}", "2028-06-30"),
    ] as [(String, String, String?)])
  func `values choose and join`(value: String, person: String, made: String?) throws {
    #expect(try text(value, person) == made, "\(value) of \(person)")
  }

  @Test func `names and tables are used`() throws {
    let members = #""tables": { "t": { "A": "one", "B": null }, "u": { "A": "one", "*": "other" } },"#
    let onlyT = members.replacing(#", "u": { "A": "one", "*": "other" }"#, with: "")
    #expect(try text(#"["{A | table t}", "{A}"]"#, #"{"A":"A"}"#, onlyT) == "one")
    #expect(try text(#"["{A | table t}", "{A | table u}"]"#, #"{"A":"B"}"#, members) == "other")
    #expect(try text(#"["{A | table t}", "{A | table u}"]"#, #"{"A":"C"}"#, members) == "fault", "no row is not blank")
    let set =
      #""set": { "kind": [{ "when": { "A": "S" }, "use": "student" }, { "when": { "A": "F" }, "use": "faculty" }] },"#
    let value =
      #"[{ "when": { "$kind": ["student", "x*"] }, "use": "1" }, { "when": { "$kind": "" }, "use": "2" }, "3"]"#
    #expect(try text(value, #"{"A":"S"}"#, set) == "1")
    #expect(try text(value, #"{"A":"F"}"#, set) == "3")
    #expect(try text(value, #"{"A":"?"}"#, set) == "2")
    #expect(try text(#""{$kind | upper}""#, #"{"A":"F"}"#, set) == "FACULTY")
  }

  @Test func `the rules of a profile have the verdicts that it gives them`() throws {
    let profile = { (rules: String) in
      #"{ "profile": 1, \#(rules) "user": { "primary_id": "{ID}", "last_name": "{L}", "user_group": "{G}", "emails": { "email_address": "{E}", "email_types": "work" } } }"#
    }
    let person = #"{"ID":"1","E":"x"}"#
    var usual = try RuleRun(profile(""))
    #expect(usual.verdict(on: person) == "warned: invalid_email E, missing_group G, missing_name L")
    var other = try RuleRun(
      profile(#""rules": { "missing_group": "reject", "missing_name": "ignore", "invalid_email": "reject" },"#))
    #expect(other.verdict(on: person) == "rejected: invalid_email E, missing_group G")
    var lenient = try RuleRun(profile(#""rules": { "repeated_person": "warn", "duplicate_identifier": "ignore" },"#))
    let sound = #"{"ID":"1","L":"l","G":"g"}"#
    #expect(lenient.verdict(on: sound) == "accepted")
    #expect(lenient.verdict(on: sound) == "warned: repeated_person ID")
    #expect(lenient.verdict(on: sound) == "warned: repeated_person ID")
  }

  @Test func `checks come behind the rules of their verdict`() throws {
    let profile = #"""
      { "profile": 1,
        "checks": [
          { "warn": "odd", "when": { "A": "o" }, "because": "odd" },
          { "reject": "bad", "when": { "B": "b" }, "because": "bad" },
          { "exclude": "out", "when": { "A": "x" }, "because": "out" },
          { "reject": "no_expiration_date", "when": { "C": "" }, "because": "no date", "field": "D" }],
        "user": { "primary_id": "{ID}", "last_name": "{L}", "user_group": "G", "birth_date": "{D}" } }
      """#
    var run = try RuleRun(profile)
    #expect(run.verdict(on: #"{"A":"x","B":"b"}"#) == "excluded: out A")
    #expect(
      run.verdict(on: #"{"A":"o","B":"b","D":"x","ID":"1"}"#) == "rejected: no_expiration_date D, invalid_date D, bad B"
    )
    #expect(run.verdict(on: #"{"A":"o","C":"c","ID":"1"}"#) == "warned: missing_name L, odd A")
  }

  @Test func `what a filter makes is judged, and not the field`() throws {
    let profile = #"""
      { "profile": 1,
        "user": { "primary_id": "{ID}", "last_name": "{L | left 5}", "user_group": "G", "first_name": "{F | replace 'x' ''}",
          "birth_date": "{D | date YYYYMMDD}",
          "addresses": { "line1": "{A}", "city": "C", "address_types": "{T | not NONE}" } } }
      """#
    var run = try RuleRun(profile)
    #expect(run.verdict(on: #"{"ID":"1","L":"\#(String(repeating: "l", count: 300))","D":"20261231"}"#) == "accepted")
    #expect(run.verdict(on: #"{"ID":"2","L":"abcdef\u0001"}"#) == "accepted", "the filter has cut it off")
    #expect(run.verdict(on: #"{"ID":"3","L":"a\u0001"}"#) == "rejected: illegal_character L")
    #expect(run.verdict(on: #"{"ID":"4","L":"\ud800"}"#) == "rejected: illegal_character L")
    #expect(
      run.verdict(on: #"{"ID":"5","L":"l","F":"\#(String(repeating: "f", count: 256))"}"#) == "rejected: too_long F")
    #expect(run.verdict(on: #"{"ID":"6","L":"l","D":"2026-12-31"}"#) == "rejected: invalid_date D")
    #expect(run.verdict(on: #"{"ID":"7","L":"l","A":"1 Hill St","T":"NONE"}"#) == "rejected: unmapped_value T")
    #expect(run.verdict(on: #"{"ID":"8","L":"l","A":"1 Hill St","T":"home"}"#) == "accepted")
    #expect(
      run.verdict(on: #"{"ID":"9","L":"l","T":"NONE"}"#) == "accepted", "an address that is not written needs no type")
    #expect(run.verdict(on: #"{"ID":"10","L":[]}"#) == "rejected: wrong_type L")
  }
}
