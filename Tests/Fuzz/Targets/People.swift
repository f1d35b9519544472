import AlmaXML
import Calendar
import Foundation
import JSONText
import Patron
import RecordStream
import SystemPackage

extension FuzzTarget {
  /// Lines through patron-validate's and patron-to-xml's code: each ends as a user or in a reject, and a user has the
  /// person's values.
  static let people = FuzzTarget("people") { input in
    var run = try PeopleRun()
    for (index, line) in input.split(separator: UInt8(ascii: "\n")).prefix(16).enumerated() {
      try run.take(Array(line), number: index + 1)
    }
    try run.finish()
  }
}

private struct PeopleRun: ~Copyable {
  private static let today = "2026-11-22"
  private let mapping: Mapping
  private var rules: RuleSet
  private var reader: PersonReader
  private var person: Person
  private var records = RecordReader()
  private var accepted: [[UInt8]] = []
  private var people = 0
  private var setAside = 0

  init() throws {
    let plan = try Plan(.builtIn())
    let today = try require(Day(Self.today), "a day")
    mapping = Mapping(plan, today: today)
    rules = RuleSet(plan, today: today, comparesPeople: true)
    reader = PersonReader(plan)
    person = plan.emptyPerson
  }

  mutating func take(_ line: [UInt8], number: Int) throws {
    let reading = reader.read(line.span, isCut: false, into: &person)
    let isRecord = records.record(in: line.span, at: .somewhere) != nil
    try require((reading == .record) == isRecord, "every stage tells the same lines for records")
    switch reading {
    case .record: return
    case .malformed(let problem):
      let reject = RejectRecord(
        verdict: .rejected, line: number, emplid: nil, campusID: nil,
        reasons: [.init(code: Rule.malformedJSON.rawValue, field: "", message: problem)])
      try check(reject, reject.encoded(text: String(decoding: line.prefix(1000), as: UTF8.self)))
      setAside += 1
    case .person:
      switch rules.check(&person, line: number) {
      case .accepted: try accept(line)
      case .warned(let reasons):
        try require(!reasons.isEmpty, "a warning has reasons")
        try accept(line)
        try check(.warned, reasons, line, number)
      case .excluded(let reason):
        try check(.excluded, [reason], line, number)
        setAside += 1
      case .rejected(let reasons):
        try require(!reasons.isEmpty, "a rejection has reasons")
        try check(.rejected, reasons, line, number)
        setAside += 1
      }
    }
    people += 1
  }

  private mutating func accept(_ line: [UInt8]) throws {
    let reason = rules.reasonAgainstXML(&person)
    try require(reason == nil, "who is accepted can be written")
    accepted.append(line)
  }

  private mutating func check(
    _ verdict: RejectRecord.Verdict, _ reasons: [Reason], _ line: [UInt8], _ number: Int
  ) throws {
    let identifiers = rules.identifiers(of: &person)
    let plan = rules.plan
    let reject = RejectRecord(
      verdict: verdict, line: number, emplid: identifiers.primary, campusID: identifiers.campus,
      reasons: reasons.map {
        .init(
          code: $0.code, field: $0.field.map(plan.name) ?? "", message: $0.message,
          otherLine: $0.otherLine, otherEMPLID: $0.otherIdentifier)
      })
    try check(reject, reject.encoded(object: line.span))
  }

  /// A reject is one line of JSON that says what it was made of.
  private mutating func check(_ reject: RejectRecord, _ line: [UInt8]) throws {
    try require(!line.contains(UInt8(ascii: "\n")), "a reject is one line")
    guard let record = records.record(in: line.span, at: .somewhere), record.kind == .reject else {
      throw Violation("a reject is not read as one")
    }
    try require(try RejectRecord(record) == reject, "a reject is read as it was written")
  }

  mutating func finish() throws {
    try require(people == accepted.count + setAside, "everybody is counted")
    let document = try document(.lines)
    try require(document == (try self.document(.elements)), "fragments are what the element API writes")
    if accepted.isEmpty { return }
    try require(document.count { $0 == UInt8(ascii: "\n") } == accepted.count + 3, "a user is one line")
    try require(
      try DocumentRead.byLibXML2(document, pieces: document.count, schema: .exLibris) == accepted.count,
      "the document has all users")
    let users = try DocumentRead.byExpat(document).users
    try require(users.count == accepted.count, "another parser finds all users")
    for (user, line) in zip(users, accepted) {
      let expected = try ExpectedUser(line, today: Self.today)
      try require(user == expected.leaves, "values arrive as they are: \(expected.leaves) is \(user)")
    }
  }

  /// The document of those who were accepted.
  private mutating func document(_ form: DocumentWriter.Form) throws -> [UInt8] {
    var user = AlmaUser()
    let file = try MemoryFile()
    // Small, so that it is full in all places.
    var writer = try DocumentWriter(
      file.descriptor, path: "users.xml", outline: mapping.outline, form: form, bufferSize: 61)
    for line in accepted {
      try require(reader.read(line.span, isCut: false, into: &person) == .person, "a line is read the same again")
      mapping.map(&person, into: &user)
      try writer.write(user, person)
    }
    let count = try writer.finish()
    let bytes = try file.contents()
    try require(bytes.count == count, "the document's length is told")
    return bytes
  }
}

extension LinePlace {
  /// A place, which only a reader has.
  static let somewhere = LineReader([]).place
}
