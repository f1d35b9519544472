import AlmaXML
import Calendar
import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Patron

/// Random profiles and random people: who is accepted is in a document that libxml2 reads, and that Ex Libris' schema
/// takes where ALMA_XSD_DIR names its directory.
@Suite struct RandomProfileTests {
  private static let people = 60

  @Test(arguments: 1...40)
  func `no profile makes a document that the schema refuses`(seed: Int) throws {
    var random = RandomProfile(seed: UInt64(seed))
    let document = random.document()
    let plan = try Plan(Profile(document: Array(document.utf8)))
    let today = try #require(Day("2026-11-25"))
    var rules = RuleSet(plan, today: today, comparesPeople: false)
    let mapping = Mapping(plan, today: today)
    var reader = PersonReader(plan)
    var person = plan.emptyPerson
    var accepted: [[UInt8]] = []
    for _ in 0..<Self.people {
      let line = Array(random.person().utf8)
      #expect(reader.read(line.span, isCut: false, into: &person) == .person)
      switch rules.check(&person, line: 1) {
      case .accepted, .warned: break
      case .excluded, .rejected: continue
      }
      accepted.append(line)
      // A second look, which records what is read, finds the same.
      let explanation = rules.explanation(of: &person, line.span, isExcluded: false)
      #expect(!explanation.elements.isEmpty)
      #expect(!person.findings.hasFault)
    }
    let directory = try TemporaryDirectory()
    var texts: [[UInt8]] = []
    for form in [DocumentWriter.Form.lines, .elements] {
      let path = directory.path("\(form).xml")
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: .create, permissions: .ownerReadWrite)
      defer { try? file.close() }
      var writer = try DocumentWriter(file, path: path, outline: mapping.outline, form: form)
      var user = AlmaUser()
      for line in accepted {
        #expect(reader.read(line.span, isCut: false, into: &person) == .person)
        mapping.map(&person, into: &user)
        let reason = rules.reasonAgainstXML(&person)
        #expect(reason == nil)
        // The second look of the rules has left no trace in what is written.
        #expect(reader.read(line.span, isCut: false, into: &person) == .person)
        mapping.map(&person, into: &user)
        try writer.write(user, person)
      }
      _ = try writer.finish()
      texts.append(try directory.read("\(form).xml").map(\.self))
    }
    #expect(texts[0] == texts[1], "fragments are what the element API writes")
    let schema = try SchemaProofTests.realSchema.map { try Schema(path: $0) }
    let fault = DocumentProofTests.error(in: texts[0], schema: schema)
    #expect(fault == nil, "\(fault?.description ?? "")\n\(document)\n\(String(decoding: texts[0], as: UTF8.self))")
  }
}

/// Makes profiles and people at random. They have the fields F0 to F9.
private struct RandomProfile {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  private mutating func field() -> String { "F\(Int.random(in: 0...9, using: &random))" }

  mutating func document() -> String {
    var members = [#""primary_id": "{ID}""#, #""addresses": \#(entry("addresses"))"#]
    for member in UserMember.members where member.name != "primary_id" && member.name != "addresses" && chance(60) {
      switch member {
      case .element(let element): members.append("\"\(element.name)\": \(value(of: element))")
      case .list(let list):
        let entries = (0..<Int.random(in: 1...3, using: &random)).map { _ in entry(list.name) }
        let group = "{ \"first\": [\(entry(list.name)), \(entry(list.name))] }"
        members.append("\"\(list.name)\": [\((chance(50) ? entries : entries + [group]).joined(separator: ",\n"))]")
      case .container: break
      }
    }
    // `used` makes every name and table used.
    let used = #""pin_number": ["{$n}", "{F1 | table t}"]"#
    members.removeAll { $0.hasPrefix("\"pin_number\"") }
    return """
      { "profile": 1,
        "set": { "n": \(value(nested: 1)) }, "tables": { "t": { "one": "1", "x": null, "*": "other" } },
        "checks": [{ "warn": "odd", "when": \(condition()), "because": "odd" }],
        "user": { \((members + [used]).joined(separator: ",\n")) } }
      """
  }

  private mutating func entry(_ name: String) -> String {
    guard case .list(let list)? = UserMember.members.first(where: { $0.name == name }) else { return "{}" }
    var children = list.children.filter { $0.isRequired || chance(50) }.map { child in
      "\"\(child.name)\": \(child.name == list.key ? "\"{\(field())}\"" : value(of: child))"
    }
    if chance(40) { children.append("\"when\": \(condition())") }
    return "{ \(children.joined(separator: ", ")) }"
  }

  private mutating func value(of element: UserElement) -> String {
    switch element.content {
    case .date:
      return pick([
        #""2027-01-01""#, #""{F4}""#, #""{F4 | date M/D/YYYY YYYY-MM-DD}""#, #""{$today | + 3 days}""#,
        #"{ "latest": ["{F4}", "2027-06-30"] }"#, #"["{F4}", "{$today}"]"#,
      ])
    case .flag, .attribute: return pick([#""true""#, #""false""#, #""{F5}""#, #"["{F5}", "true"]"#])
    case .types: return chance(50) ? value(nested: 2) : "[\(value(nested: 2)), \"home\"]"
    case .text: break
    }
    guard element.maxDescription != nil, chance(50) else { return value(nested: 2) }
    let text = "\"{\(field())}\""
    return pick([
      "{ \"use\": \(text), \"desc\": \(text) }", "{ \"use\": \(text), \"desc\": \"A & <B>\" }",
      "[{ \"when\": \(condition()), \"use\": \"CODE\", \"desc\": \"Code\" }, \(text)]",
      "[{ \"when\": \(condition()), \"use\": \(text), \"desc\": \(text) }, { \"use\": \"X\", \"desc\": \"Y\" }]",
    ])
  }

  private mutating func value(nested: Int) -> String {
    switch Int.random(in: 0..<(nested == 0 ? 4 : 7), using: &random) {
    case 0: return "\"{\(field())}\""
    case 1:
      return "\"{\(field()) | "
        + pick([
          "upper", "lower", "left 3", "right 2", "skip 1", "before x", "after e", "replace a bb", "digits", "pad 7",
          "unpad", "shape ##-##", "not x NONE", "table t", "left 20 | upper",
        ]) + "}\""
    case 2: return "\"{\(field())}, {\(field())}\""
    case 3: return pick([#""constant""#, #""A & B <c> \"d\"""#, #""  Ä  ""#])
    case 4: return "[\(value(nested: nested - 1)), \(value(nested: nested - 1))]"
    case 5: return "{ \"when\": \(condition()), \"use\": \(value(nested: nested - 1)) }"
    default: return "[{ \"when\": \(condition()), \"use\": \"yes\" }, \"no\"]"
    }
  }

  private mutating func condition() -> String {
    let pattern = pick([
      #""x""#, #""*""#, #""""#, #"{ "not": "x" }"#, #"["one", "tw*"]"#, ##"{ "not": ["", "a?b", "12#"] }"##,
      #""1..99""#,
      #""2026-01-01..""#, "\"{\(field())}\"", #"{ "not": "{F2} x" }"#, #""a text of more than seven bytes""#,
    ])
    let test = "{ \"\(field())\": \(pattern) }"
    return chance(30) ? "[\(test), { \"\(field())\": \"*\" }]" : test
  }

  mutating func person() -> String {
    var members = [#""ID":"\#(Int.random(in: 1...9999, using: &random))""#]
    for number in 0...9 where chance(85) {
      let texts =
        number == 4
        ? ["2027-02-03", "7/4/2027", "", "2027-02-30"]
        : number == 5
          ? ["true", "false", "", "TRUE"]
          : [
            "x", "one", "two", "a&b<c>\\\"d\\\"", "12", "0012", " spaced ", "Ängström é", "a\\tb\\nc", "",
            String(repeating: "long ", count: 60), String(repeating: "x", count: 255),
            "a text of more than seven bytes",
            "2026-05-05", "\\u0001", "\\ud83d\\ude00 x", "\\u200b",
          ]
      members.append("\"F\(number)\":" + (chance(4) ? pick(["null", "17", "true", "[]"]) : "\"\(pick(texts))\""))
    }
    return "{" + members.joined(separator: ",") + "}"
  }
}
