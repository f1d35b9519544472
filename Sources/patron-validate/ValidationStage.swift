import JSONText
import Patron
import RecordStream
import StageSupport

/// Passes on the people who may be sent, and puts a reject in the place of the others.
struct ValidationStage: ~Copyable, StreamStage {
  var judge: Judge
  private let layout: FieldLayout
  private let limits: RejectLimits
  private var reader: PersonReader
  private var person: Person
  private var people = 0
  private var accepted = 0
  private var rejected = 0
  private var excluded = 0
  private var warned = 0

  init(_ judge: consuming Judge, _ layout: FieldLayout, limits: RejectLimits) {
    self.judge = judge
    self.layout = layout
    self.limits = limits
    reader = PersonReader(layout)
    person = layout.emptyPerson
  }

  var counts: [(SummaryRecord.Count, Int)] {
    [(.people, people), (.accepted, accepted), (.rejected, rejected), (.excluded, excluded), (.warned, warned)]
  }

  mutating func takePerson(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws -> Bool {
    switch reader.read(line, isCut: place.isCut, into: &person) {
    case .record: return false
    case .malformed(let problem):
      rejected += 1
      let reason = RejectRecord.Reason(code: Rule.Code.malformedJSON.rawValue, field: "", message: problem)
      let reject = RejectRecord(
        verdict: .rejected, line: place.number, emplid: nil, campusID: nil, reasons: [reason])
      try output.write(line: reject.encoded(text: Self.beginning(of: line)).span)
    case .person:
      try judge(line, at: place, &output)
    }
    people += 1
    return true
  }

  mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    try limits.check(rejected: rejected, people: people)
  }

  private mutating func judge(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws {
    switch judge.judge(person, line: place.number) {
    case .accepted(let warnings):
      accepted += 1
      try output.write(line: line)
      if warnings.isEmpty { return }
      warned += 1
      try write(.warned, warnings, line, at: place, &output)
    case .excluded(let reason):
      excluded += 1
      try write(.excluded, [reason], line, at: place, &output)
    case .rejected(let reasons):
      rejected += 1
      try write(.rejected, reasons, line, at: place, &output)
    }
  }

  private func write(
    _ verdict: RejectRecord.Verdict, _ reasons: [Reason], _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter
  ) throws {
    let identifiers = layout.identifiers(of: person)
    let reject = RejectRecord(
      verdict: verdict, line: place.number, emplid: identifiers.primary, campusID: identifiers.campus,
      reasons: reasons.map {
        RejectRecord.Reason(
          code: $0.code.rawValue, field: $0.field.map(layout.name) ?? "", message: $0.message,
          otherLine: $0.otherLine, otherEMPLID: $0.otherIdentifier)
      })
    try output.write(line: reject.encoded(object: line).span)
  }

  /// As much of a line that is no object as a reject shows.
  private static func beginning(of line: Span<UInt8>) -> String {
    let head = line.extracting(first: mostBytesShown)
    return unsafe head.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  private static let mostBytesShown = 1000
}
