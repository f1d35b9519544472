import Testing

@testable import Patron

/// Every kind of fault that a profile can have, with its exact place. What is wrong stands behind it; what is expected
/// is not compared.
@Suite struct ProfileFaultTests {
  /// A member of the document, on line 2.
  private static func root(_ member: String) -> String {
    "{ \"profile\": 1, \"user\": { \"primary_id\": \"{ID}\" },\n  \(member)\n}"
  }

  /// A member of the user, on line 4.
  private static func user(_ member: String) -> String {
    "{ \"profile\": 1,\n  \"user\": {\n    \"primary_id\": \"{ID}\",\n    \(member) } }"
  }

  static func fault(in document: String) -> ProfileFault? {
    do throws(ProfileFault) {
      _ = try Profile(document: Array(document.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      (
        "no JSON",
        #"""
        { "profile": 1,
          user: {} }
        """#, #"2:3: unexpected 'u'"#
      ),
      (
        "a cut document",
        #"""
        { "profile": 1,
          "user": {
        """#, #"2:12: it ends in the middle of a value"#
      ),
      (
        "something behind the document",
        #"""
        { "profile": 1, "user": { "primary_id": "{ID}" } }
        }
        """#, #"2:1: unexpected '}'"#
      ),
      ("an empty file", #""#, #"1:1: it ends in the middle of a value"#),
      ("half of a surrogate pair", root(#""name": "\ud800""#), #"2:11: half of a surrogate pair in a string"#),
      ("no object", #"[1]"#, #"1:1: a list"#),
      (
        "a member twice",
        root(
          #"""
          "name": "a",
            "name": "b"
          """#), #"3:3: /name: “name” is given twice"#
      ),
      ("an unknown member", root(#""nmae": "a""#), #"2:3: /nmae: unknown member “nmae”"#),
      (
        "a member of the user that is unknown", user(#""lastname": "{L}""#),
        #"4:5: /user/lastname: unknown member “lastname”"#
      ),
      (
        "no version",
        #"""
        {
          "user": { "primary_id": "{ID}" } }
        """#, #"1:1: “profile” is missing"#
      ),
      ("another version", #"{ "profile": 2, "user": { "primary_id": "{ID}" } }"#, #"1:14: /profile: version 2"#),
      (
        "a version that is no number", #"{ "profile": "1", "user": { "primary_id": "{ID}" } }"#,
        #"1:14: /profile: a text"#
      ),
      ("no user", #"{ "profile": 1 }"#, #"1:1: “user” is missing"#),
      (
        "a user that is no object",
        #"""
        { "profile": 1,
          "user": [] }
        """#, #"2:11: /user: an empty list"#
      ),
      (
        "no primary_id",
        #"""
        { "profile": 1,
          "user": { "last_name": "{L}" } }
        """#, #"2:11: /user: “primary_id” is missing"#
      ),
      (
        "a primary_id for everybody",
        #"""
        { "profile": 1,
          "user": { "primary_id": "X" } }
        """#, #"2:27: /user/primary_id: a primary_id that is the same for everybody"#
      ),
      ("a name that is no text", root(#""name": 5"#), #"2:11: /name: the number 5"#),
      ("a name with a space", root(#""name": "a b""#), #"2:11: /name: “a b” as a name"#),
      ("a comment that is no text", root(##""#": 5"##), #"2:8: /#: the number 5"#),
      ("a list of comments with a number", root(##""#": ["a", 5]"##), #"2:14: /#/1: the number 5"#),
      ("optional that is no list", root(#""optional": "ID""#), #"2:15: /optional: a text"#),
      (
        "an optional field that is not used", root(#""optional": ["X"]"#),
        #"2:16: /optional/0: “X”, which no placeholder and no condition has"#
      ),
      ("an optional field twice", root(#""optional": ["ID", "ID"]"#), #"2:22: /optional/1: “ID” is given twice"#),
      ("set that is no object", root(#""set": []"#), #"2:10: /set: an empty list"#),
      ("a name with a dollar", root(#""set": { "$a": "{ID}" }"#), #"2:12: /set/$a: “$a” as a name"#),
      (
        "the name today", root(#""set": { "today": "{ID}" }"#),
        #"2:12: /set/today: the name “today”, which is the day of the feed"#
      ),
      ("a name that nothing uses", root(#""set": { "a": "{ID}" }"#), #"2:17: /set/a: nothing uses $a"#),
      (
        "a name that needs itself",
        #"""
        { "profile": 1,
          "set": { "a": "{$b}", "b": "{$a}" },
          "user": { "primary_id": "{ID}", "last_name": "{$a}" } }
        """#, #"2:17: /set/a: $a, which needs $b, which needs $a"#
      ),
      (
        "a table that nothing uses", root(#""tables": { "t": { "A": "B" } }"#),
        #"2:20: /tables/t: nothing uses the table “t”"#
      ),
      ("a table that is no object", root(#""tables": { "t": ["A"] }"#), #"2:20: /tables/t: a list"#),
      ("a table without rows", root(#""tables": { "t": {} }"#), #"2:20: /tables/t: a table without rows"#),
      ("a row that is a number", root(#""tables": { "t": { "A": 5 } }"#), #"2:27: /tables/t/A: the number 5"#),
      (
        "a row with a placeholder", root(#""tables": { "t": { "A": "{ID}" } }"#),
        #"2:27: /tables/t/A: a placeholder in a table"#
      ),
      ("checks that are no list", root(#""checks": {}"#), #"2:13: /checks: an object"#),
      (
        "a check without a verdict", root(#""checks": [{ "when": { "A": "" }, "because": "b" }]"#),
        #"2:14: /checks/0: a check without a verdict"#
      ),
      (
        "a check with two verdicts",
        root(
          #"""
          "checks": [{ "warn": "a",
              "reject": "a", "when": { "A": "" }, "because": "b" }]
          """#), #"3:5: /checks/0/reject: “warn” and “reject” in one check"#
      ),
      (
        "a check without a condition", root(#""checks": [{ "warn": "a", "because": "b" }]"#),
        #"2:14: /checks/0: a check without “when”"#
      ),
      (
        "a check without a reason", root(#""checks": [{ "warn": "a", "when": { "A": "" } }]"#),
        #"2:14: /checks/0: a check without “because”"#
      ),
      (
        "a code with a capital", root(#""checks": [{ "warn": "No", "when": { "A": "" }, "because": "b" }]"#),
        #"2:24: /checks/0/warn: “No” as a code"#
      ),
      (
        "a code of a rule", root(#""checks": [{ "warn": "too_long", "when": { "A": "" }, "because": "b" }]"#),
        #"2:24: /checks/0/warn: the code “too_long”, which is a rule's"#
      ),
      (
        "a blank reason", root(#""checks": [{ "warn": "a", "when": { "A": "" }, "because": " " }]"#),
        #"2:61: /checks/0/because: a blank text"#
      ),
      (
        "a check of a field that is not used",
        root(#""checks": [{ "warn": "a", "when": { "A": "" }, "because": "b", "field": "B" }]"#),
        #"2:75: /checks/0/field: “B”, which no placeholder and no condition has"#
      ),
      (
        "a rule that may not be changed", root(#""rules": { "too_long": "warn" }"#),
        #"2:14: /rules/too_long: the rule “too_long”, which may not be changed"#
      ),
      ("no such rule", root(#""rules": { "no_rule": "warn" }"#), #"2:14: /rules/no_rule: no rule “no_rule”"#),
      (
        "no such verdict", root(#""rules": { "missing_name": "exclude" }"#),
        #"2:30: /rules/missing_name: “exclude” as a verdict"#
      ),
      (
        "an element that SIS does not read", user(#""account_type": "EXTERNAL""#),
        #"4:5: /user/account_type: “account_type”: Alma's SIS load does not read it"#
      ),
      (
        "an attribute that is written anyway",
        user(#""emails": { "email_address": "{E}", "email_types": "work", "preferred": "true" }"#),
        #"4:64: /user/emails/preferred: “preferred”, which patron-to-xml writes by itself"#
      ),
      ("a value that is a number", user(#""last_name": 5"#), #"4:18: /user/last_name: the number 5"#),
      ("an empty list of values", user(#""last_name": []"#), #"4:18: /user/last_name: an empty list"#),
      (
        "an object without a value", user(#""last_name": { "when": { "A": "" } }"#),
        #"4:18: /user/last_name: none of “use”, “latest”, “earliest”"#
      ),
      (
        "use and latest",
        user(
          #"""
          "expiry_date": { "use": "{A}",
                "latest": ["{B}"] }
          """#), #"5:7: /user/expiry_date/latest: “use” and “latest” in one value"#
      ),
      ("latest of one text", user(#""expiry_date": { "latest": "{B}" }"#), #"4:32: /user/expiry_date/latest: a text"#),
      ("a day that is none", user(#""expiry_date": "2027-02-30""#), #"4:20: /user/expiry_date: “2027-02-30” as a day"#),
      (
        "a day that is none among others", user(#""expiry_date": { "earliest": ["{A}", "soon"] }"#),
        #"4:42: /user/expiry_date/earliest/1: “soon” as a day"#
      ),
      (
        "a text that is too long", user(#""campus_code": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#),
        #"4:20: /user/campus_code: a text of 51 characters"#
      ),
      (
        "a desc on an element that has none", user(#""last_name": { "use": "{L}", "desc": "L" }"#),
        #"4:42: /user/last_name/desc: “desc”, which “last_name” does not have"#
      ),
      (
        "a desc with placeholders of its own", user(#""status": { "use": "ACTIVE", "desc": "{S}" }"#),
        #"4:42: /user/status/desc: a “desc” with placeholders of its own"#
      ),
      (
        "a blank desc", user(#""status": { "use": "ACTIVE", "desc": " " }"#),
        #"4:42: /user/status/desc: a blank “desc”"#
      ),
      ("a character that XML forbids", user(#""last_name": "\u0001""#), #"4:18: /user/last_name: U+1 in a text"#),
      (
        "a closing brace alone", user(#""last_name": "a } b""#),
        #"4:18: /user/last_name: a “}” that belongs to no placeholder"#
      ),
      (
        "an opening brace alone", user(#""last_name": "{A""#),
        #"4:18: /user/last_name: a “{” that belongs to no placeholder"#
      ),
      (
        "a placeholder without a field", user(#""last_name": "{}""#),
        #"4:18: /user/last_name: a placeholder without a field"#
      ),
      (
        "a placeholder in a placeholder", user(#""last_name": "{A{B}}""#),
        #"4:18: /user/last_name: a “{” inside a placeholder"#
      ),
      ("a name that is not there", user(#""last_name": "{$n}""#), #"4:18: /user/last_name: no name “$n” in “set”"#),
      (
        "the field kind", user(#""last_name": "{kind}""#),
        #"4:18: /user/last_name: the field “kind”, which makes a line a record"#
      ),
      ("no filter", user(#""last_name": "{A | }""#), #"4:18: /user/last_name: no filter after “|”"#),
      ("an unknown filter", user(#""last_name": "{A | uper}""#), #"4:18: /user/last_name: no filter “uper”"#),
      (
        "a filter with too many words", user(#""last_name": "{A | upper 1}""#),
        #"4:18: /user/last_name: the filter “upper” with one word"#
      ),
      (
        "a filter with too few words", user(#""last_name": "{A | replace x}""#),
        #"4:18: /user/last_name: the filter “replace” with one word"#
      ),
      (
        "not without words", user(#""last_name": "{A | not}""#),
        #"4:18: /user/last_name: the filter “not” with 0 words"#
      ),
      ("a number that is none", user(#""last_name": "{A | left x}""#), #"4:18: /user/last_name: “x” as a number"#),
      ("a number that is too small", user(#""last_name": "{A | left 0}""#), #"4:18: /user/last_name: “0” as a number"#),
      (
        "an apostrophe that is open", user(#""last_name": "{A | before 'x}""#),
        #"4:18: /user/last_name: an apostrophe that is not closed"#
      ),
      (
        "an empty text to look for", user(#""last_name": "{A | before ''}""#),
        #"4:18: /user/last_name: the filter “before” with an empty text"#
      ),
      ("a shape without places", user(#""last_name": "{A | shape abc}""#), #"4:18: /user/last_name: “abc” as a shape"#),
      ("no such table", user(#""last_name": "{A | table t}""#), #"4:18: /user/last_name: no table “t”"#),
      (
        "a pattern without a year", user(#""expiry_date": "{A | date M/D}""#),
        #"4:20: /user/expiry_date: “M/D” as a day"#
      ),
      (
        "a unit that is none", user(#""expiry_date": "{$today | + 3 weeks}""#),
        #"4:20: /user/expiry_date: “weeks” as a unit"#
      ),
      (
        "a leap day for next", user(#""expiry_date": "{$today | next 02-29}""#),
        #"4:20: /user/expiry_date: “02-29” as a day of each year"#
      ),
      (
        "a day for next that is none", user(#""expiry_date": "{$today | next 6-30}""#),
        #"4:20: /user/expiry_date: “6-30” as a day of each year"#
      ),
      (
        "a condition that is a text", user(#""status": { "use": "A", "when": "B" }"#),
        #"4:37: /user/status/when: a text"#
      ),
      (
        "an empty condition", user(#""status": { "use": "A", "when": {} }"#),
        #"4:37: /user/status/when: a condition without a field"#
      ),
      (
        "an empty list of conditions", user(#""status": { "use": "A", "when": [] }"#),
        #"4:37: /user/status/when: an empty list"#
      ),
      (
        "a pattern that is a number", user(#""status": { "use": "A", "when": { "B": 5 } }"#),
        #"4:44: /user/status/when/B: the number 5"#
      ),
      (
        "an empty list of patterns", user(#""status": { "use": "A", "when": { "B": [] } }"#),
        #"4:44: /user/status/when/B: an empty list"#
      ),
      (
        "not beside something else", user(#""status": { "use": "A", "when": { "B": { "not": "x", "is": "y" } } }"#),
        #"4:58: /user/status/when/B/is: unknown member “is”"#
      ),
      (
        "an object without not", user(#""status": { "use": "A", "when": { "B": {} } }"#),
        #"4:44: /user/status/when/B: an object without “not”"#
      ),
      (
        "a field with a brace", user(#""status": { "use": "A", "when": { "{B}": "x" } }"#),
        #"4:39: /user/status/when/{B}: “{B}” as a field"#
      ),
      (
        "a backslash at the end", user(#""status": { "use": "A", "when": { "B": "x\\" } }"#),
        #"4:44: /user/status/when/B: a “\” at the end of a pattern"#
      ),
      (
        "a range of texts", user(#""status": { "use": "A", "when": { "B": "a..b" } }"#),
        #"4:44: /user/status/when/B: an invalid range"#
      ),
      (
        "a range of two kinds", user(#""status": { "use": "A", "when": { "B": "1..2026-01-01" } }"#),
        #"4:44: /user/status/when/B: an invalid range"#
      ),
      (
        "a range that is empty", user(#""status": { "use": "A", "when": { "B": "9..1" } }"#),
        #"4:44: /user/status/when/B: a range whose first end is after its last"#
      ),
      (
        "a range with a star", user(#""status": { "use": "A", "when": { "B": "1..*" } }"#),
        #"4:44: /user/status/when/B: “*”, “?” or “#” in a range"#
      ),
      ("a list of entries that is empty", user(#""emails": []"#), #"4:15: /user/emails: an empty list"#),
      ("an entry that is a text", user(#""emails": "{E}""#), #"4:15: /user/emails: a text"#),
      (
        "an entry without a required child", user(#""emails": { "email_address": "{E}" }"#),
        #"4:15: /user/emails: an entry of “emails” without “email_types”"#
      ),
      (
        "an unknown child", user(#""emails": { "email": "{E}" }"#), #"4:17: /user/emails/email: unknown member “email”"#
      ),
      (
        "first of one entry", user(#""emails": { "first": [{ "email_address": "{E}", "email_types": "work" }] }"#),
        #"4:26: /user/emails/first: “first” of one entry"#
      ),
      (
        "first that is no list", user(#""emails": { "first": { "email_address": "{E}", "email_types": "work" } }"#),
        #"4:26: /user/emails/first: an object"#
      ),
      (
        "first in first",
        user(#""emails": { "first": [{ "first": [] }, { "email_address": "{E}", "email_types": "work" }] }"#),
        #"4:29: /user/emails/first/0/first: unknown member “first”"#
      ),
      (
        "a required child that is blank", user(#""emails": { "email_address": "", "email_types": "work" }"#),
        #"4:34: /user/emails/email_address: “email_address” is blank for everybody"#
      ),
      (
        "a flag that is none", user(#""user_notes": { "note_type": "A", "note_text": "{N}", "popup_note": "yes" }"#),
        #"4:73: /user/user_notes/popup_note: “yes” as “popup_note”"#
      ),
      (
        "a type that is a number", user(#""emails": { "email_address": "{E}", "email_types": [5] }"#),
        #"4:57: /user/emails/email_types/0: the number 5"#
      ),
      (
        "a table whose name is blank", root(#""tables": { " ": { "A": "B" } }"#),
        #"2:15: /tables/ : a table without a name"#
      ),
      (
        "nesting that is too deep",
        #"{ "profile": 1, "user": { "primary_id": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["{ID}"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] } }"#,
        #"1:103: nested too deeply"#
      ),
    ])
  func `a fault is found with its line, column and JSON Pointer`(kind: String, document: String, fault: String) {
    let found = Self.fault(in: document)?.description ?? "none"
    #expect(found.hasPrefix(fault + "; expected: "), "\(kind): \(found)")
  }

  @Test func `columns are counted in characters`() {
    let document = "{ \"profile\": 1, \"user\": { \"primary_id\": \"{ID}\",\n  \"#\": \"Größe\", \"last_name\": 5 } }"
    #expect(Self.fault(in: document)?.description.hasPrefix("2:30: /user/last_name: ") == true)
  }

  @Test func `a byte order mark is no fault`() {
    #expect(Self.fault(in: "\u{FEFF}{ \"profile\": 1, \"user\": { \"primary_id\": \"{ID}\" } }") == nil)
    #expect(Self.fault(in: "\u{FEFF}{ \"profile\": 2 }")?.description.hasPrefix("1:14: /profile: version 2") == true)
  }

  @Test func `bytes that are no UTF-8 are a fault`() {
    let document = Array("{ \"profile\": 1,\n\"name\": \"".utf8) + [0xE9] + Array("\" }".utf8)
    #expect(throws: (any Error).self) { try Profile(document: document) }
    do throws(ProfileFault) {
      _ = try Profile(document: document)
    } catch {
      #expect(error.description.hasPrefix("2:10: bytes that are not UTF-8"))
    }
  }

  @Test func `a document has limits`() {
    let long = String(repeating: "x", count: 4001)
    #expect(
      Self.fault(in: Self.user("\"last_name\": \"\(long)\""))?.description.hasPrefix(
        "4:18: /user/last_name: a text of 4001") == true)
    let deep = String(repeating: "[", count: 62) + "\"{ID}\"" + String(repeating: "]", count: 62)
    #expect(Self.fault(in: "{ \"profile\": 1, \"user\": { \"primary_id\": \(deep) } }") == nil)
    #expect(
      Self.fault(in: "{ \"profile\": 1, \"user\": { \"primary_id\": [\(deep)] } }")?.problem.hasPrefix(
        "nested too deeply")
        == true)
    let fields = (0..<4096).map { "\"{F\($0)}\"" }.joined(separator: ",")
    #expect(Self.fault(in: Self.user("\"last_name\": [\(fields)]"))?.problem.hasPrefix("4097 fields and names") == true)
    let comment = String(repeating: "x", count: 1 << 20)
    #expect(Self.fault(in: Self.root("\"#\": \"\(comment)\""))?.problem.hasSuffix("at most 1048576") == true)
  }
}
