import Foundation
import Patron
import TestSupport
import Testing

@testable import Patron

@Suite struct IdentifierTests {
  private func person(_ emplid: String, _ barcode: String?, _ netID: String?) -> String {
    somebody([
      ("EMPLID", "\"\(emplid)\""), ("PU_BARCODE", barcode.map { "\"\($0)\"" }),
      ("CAMPUS_ID", netID.map { "\"\($0)\"" }),
    ])
  }

  @Test func `the same person again is repeated, and shares identifiers by right`() throws {
    var run = try RuleRun()
    #expect(run.verdict(on: person("a1", "b1", "n1")) == "accepted")
    #expect(run.verdict(on: person("A1", "b1", "n1")) == "rejected: repeated_person EMPLID")
    #expect(run.verdict(on: person("a1", "b2", "n2")) == "rejected: repeated_person EMPLID")
  }

  @Test func `an identifier of another person is a duplicate, whichever it is there`() throws {
    var run = try RuleRun()
    #expect(run.verdict(on: person("a1", "b1", "n1")) == "accepted")
    #expect(run.verdict(on: person("a2", "B1", nil)) == "rejected: duplicate_identifier PU_BARCODE")
    #expect(run.verdict(on: person("N1", nil, nil)) == "rejected: duplicate_identifier EMPLID")
    #expect(
      run.verdict(on: person("a3", "a1", "b1"))
        == "rejected: duplicate_identifier PU_BARCODE, duplicate_identifier CAMPUS_ID")
    #expect(run.verdict(on: person("a2", "b2", "n2")) == "accepted", "those set aside leave no identifiers behind")
    #expect(
      run.verdict(on: person("a1", "b2", "n9")) == "rejected: repeated_person EMPLID, duplicate_identifier PU_BARCODE"
    )
  }

  @Test func `a reason has the line and identifier of the other person`() throws {
    var run = try RuleRun()
    #expect(run.verdict(on: person("a1", "b1", "n1")) == "accepted")
    for (again, code) in [("A1", "repeated_person"), ("a2", "duplicate_identifier")] {
      _ = run.verdict(on: person(again, "b1", "n2"))
      let verdict = run.rules.check(&run.person, line: 9)
      guard case .rejected(let reasons) = verdict, let reason = reasons.first else {
        Issue.record("\(again) is not rejected")
        continue
      }
      #expect(reason.code == code)
      #expect(reason.otherLine == 1)
      #expect(reason.otherIdentifier == "a1")
    }
  }

  @Test func `two identifiers of one person must differ`() throws {
    var run = try RuleRun()
    #expect(run.verdict(on: person("same", nil, "SAME")) == "rejected: duplicate_identifier CAMPUS_ID")
    var without = try RuleRun(comparesPeople: false)
    #expect(without.verdict(on: person("same", "SAME", "x")) == "rejected: duplicate_identifier PU_BARCODE")
  }

  @Test func `without an index people are not compared`() throws {
    var run = try RuleRun(comparesPeople: false)
    #expect(run.verdict(on: person("a1", "b1", "n1")) == "accepted")
    #expect(run.verdict(on: person("a1", "b1", "n1")) == "accepted")
  }

  @Test(arguments: [("straße", "STRAẞE"), ("σας", "ΣΑΣ"), ("Kelvin", "\u{212A}elvin"), ("ÅNGSTRÖM", "\u{212B}ngström")])
  func `identifiers are compared by simple case folding`(one: String, other: String) throws {
    var run = try RuleRun()
    #expect(run.verdict(on: person(one, nil, nil)) == "accepted")
    #expect(run.verdict(on: person(other, nil, nil)) == "rejected: repeated_person EMPLID")
  }

  @Test(arguments: [("straße", "STRASSE"), ("ı", "i"), ("ı", "I"), ("İ", "i"), ("é", "e")])
  func `identifiers that differ by more than case are different`(one: String, other: String) throws {
    var run = try RuleRun()
    #expect(run.verdict(on: person(one, nil, nil)) == "accepted")
    #expect(run.verdict(on: person(other, nil, nil)) == "accepted")
  }

  /// Debian's unicode-data brings the file.
  @Test func `simple case folding is that of Unicode's CaseFolding`() throws {
    let table = try String(contentsOfFile: "/usr/share/unicode/CaseFolding.txt", encoding: .utf8)
    var folds: [UInt32: UInt32] = [:]
    for line in table.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count > 2, parts[1] == "C" || parts[1] == "S", let from = UInt32(parts[0], radix: 16) else {
        continue
      }
      folds[from] = UInt32(parts[2], radix: 16)
    }
    #expect(folds.count > 1000)
    var wrong: [String] = []
    // Two scalars are the same to one folding just where they are the same to the other.
    var ours: [UInt32: UInt32] = [:]
    for value in UInt32(0)...0x1FFFF {
      // The file may be older than the standard library's tables.
      guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age <= (15, 0) else { continue }
      let theirs = folds[value] ?? value
      let mine = CaseFolding.fold(scalar).value
      if let seen = ours[theirs], seen != mine { wrong.append(String(value, radix: 16)) }
      ours[theirs] = mine
    }
    let merged = Dictionary(grouping: ours.keys, by: { ours[$0] }).values.filter { $0.count > 1 }
    #expect(merged.isEmpty, "\(merged.map { $0.map { String($0, radix: 16) } })")
    #expect(wrong.isEmpty, "\(wrong.prefix(20))")
  }
}
