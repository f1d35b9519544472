import Foundation
import TestSupport
import Testing

/// Random and hostile people through patron-validate and patron-to-xml, and what comes out through parsers that are not
/// ours.
@Suite struct HostilePeopleTests {
  /// A person with values that make trouble somewhere, and at times a broken line.
  private static func line(_ number: Int, _ random: inout SplitMix) -> [UInt8] {
    let values = [
      #""""#, #"" ""#, "null", #""x""#, "17", "1.5", "true", "[]", "{}", #""<b>&\"'""#, #""]]>""#, #""\u0001""#,
      #""\ufffe""#, #""\ud800""#,
      #""\ud83d\ude00""#, #""é中😀""#, #""\u0000""#, #""\t\n\r""#, "\"\u{3000}x\u{A0}\"", #""2027-06-30""#,
      #""2027-02-30""#, #""E""#, #""I""#,
      #""RETR""#, #""UGRD""#, #""41000""#, #""a@b.c""#, "\"\(String(repeating: "ö", count: 256))\"", #""--><!--""#,
      #""<![CDATA[""#, "\"\u{85}\"",
      "\"\u{7F}\u{80}\u{9F}\"", #""\\""#, "\"\u{FFFD}\u{10FFFF}\"",
      #"{"@nil":"true"}"#, #"{"@nil":true}"#, "\"\u{200B}\"", "\"1\u{200B}\u{FEFF}2\"", #""\u00ad""#, #""a\nb""#,
      #""a\r\nb""#,
      #""Zoë <a@b.c>""#, #""a@b.c;""#, "\"a\u{A0}@b.c\"", "\"a\u{202E}b\"",
    ]
    let fields = [
      "EMPLID", "CAMPUS_ID", "PU_BARCODE", "ELIGIBLE_INELIGIBLE", "VCURSTATUS", "DEPTID", "PVPATRONGROUP",
      "PVSTATCATEGORY",
      "PATRON_EXPIRATION_DATE", "PATRON_PURGE_DATE", "PRF_OR_PRI_FIRST_NAM", "PRF_OR_PRI_LAST_NAME", "CAMP_ADDRESS1",
      "CAMP_CITY",
      "CAMP_POSTAL", "DORM_ADDRESS1", "PERM_ADDRESS1", "PERM_STATE", "HOME_ADDRESS1", "CAMP_EMAIL", "HOME_EMAIL",
      "OTHER",
    ]
    var members = [
      #""EMPLID":"n\#(number)""#, #""ELIGIBLE_INELIGIBLE":"E""#, #""PATRON_EXPIRATION_DATE":"2027-06-30""#,
    ]
    for field in fields where Int.random(in: 0..<3, using: &random) == 0 {
      members.removeAll { $0.hasPrefix("\"\(field)\"") }
      members.append("\"\(field)\":\(values.randomElement(using: &random)!)")
    }
    var bytes = Array("{\(members.joined(separator: Bool.random(using: &random) ? "," : " , "))}".utf8)
    if Int.random(in: 0..<4, using: &random) == 0 {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] = UInt8.random(in: 0...255, using: &random)
    }
    return bytes.filter { $0 != 0x0A }
  }

  private static func lines(_ count: Int, seed: UInt64) -> [[UInt8]] {
    var random = SplitMix(seed: seed)
    return (0..<count).map { line($0, &random) }
  }

  private func isWellFormed(_ document: URL, schema: String? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/xmllint")
    process.arguments = ["--noout", "--huge"] + (schema.map { ["--schema", $0] } ?? []) + [document.path]
    let errors = Collector()
    process.standardError = errors.pipe
    try process.run()
    errors.collect()
    process.waitUntilExit()
    let text = String(decoding: errors.wait(), as: UTF8.self)
    return process.terminationStatus == 0 ? "" : text + "xmllint failed"
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `everybody ends in the document or in a reject, and the document is valid`(seed: UInt64) throws {
    let people = Self.lines(3000, seed: seed)
    let directory = try TemporaryDirectory()
    let judged = try Executable("patron-validate").run(input: Data(people.joined(separator: [0x0A])))
    #expect(judged.status == 0)
    let summary = try #require(judged.lines.last)
    let count = { (name: String) in
      summary.firstMatch(of: try Regex("\"\(name)\":([0-9]+)")).flatMap { Int($0[1].substring ?? "") } ?? -1
    }
    // A flipped byte may make a member `kind`, or a line of it; the rest is all accounted for.
    #expect(try count("people") == count("accepted") + count("rejected") + count("excluded"))
    #expect(try count("people") == people.count)
    #expect(try count("accepted") > 100 && count("rejected") > 100 && count("excluded") > 0)
    let made = try Executable("patron-to-xml").run(["--output", "users.xml"], input: judged.output, in: directory.url)
    #expect(made.status == 0, "\(made.errors)")
    let users = try count("accepted")
    #expect(made.text.contains("\"users\":\(users)"))
    let schema = ProcessInfo.processInfo.environment["ALMA_XSD_DIR"].map { $0 + "/rest_users.xsd" }
    if schema == nil { print("not validated against Ex Libris' schema: ALMA_XSD_DIR is not set") }
    #expect(try isWellFormed(directory.url.appendingPathComponent("users.xml"), schema: schema) == "")
  }

  @Test func `a line that stops patron-to-xml leaves no file, not even one that was whole`() throws {
    let directory = try TemporaryDirectory()
    let good = (1...5).map { #"{"EMPLID":"\#($0)"}"# }.joined(separator: "\n")
    let made = try Executable("patron-to-xml").run(
      ["--users-per-file", "2"], input: Data((good + "\nnonsense\n").utf8), in: directory.url)
    #expect(made.status == 65 && made.text.contains("alma_people_002.xml"))
    #expect(made.lines.last?.contains(#""complete":false,"people":5,"users":5,"files":0"#) == true)
    #expect(directory.names.isEmpty, "\(directory.names)")
  }

  @Test func `whatever a line is, patron-to-xml writes a well-formed document or none`() throws {
    for line in Self.lines(300, seed: 9) {
      let directory = try TemporaryDirectory()
      let made = try Executable("patron-to-xml").run(["--output", "users.xml"], input: Data(line), in: directory.url)
      switch made.status {
      case 0:
        if directory.names.isEmpty { continue }
        #expect(try isWellFormed(directory.url.appendingPathComponent("users.xml")) == "")
      case 65: #expect(directory.names.isEmpty && made.errorLines.count == 1, "\(made.errors)")
      default: Issue.record("status \(made.status) for \(String(decoding: line, as: UTF8.self).debugDescription)")
      }
    }
  }
}
