import Calendar
import Patron
import RecordStream
import Stage
import StageErrors

/// Writes the people who may be sent, and a reject record in place of each of the others.
struct ValidationStage: ~Copyable, StreamStage {
  var rules: RuleSet
  let profile: SummaryRecord.Profile?
  private let today: Day?
  private let limits: FeedLimits
  private let explains: Bool
  /// Nil without a ledger.
  var fields: FieldAlarms?
  private var reader: PersonReader
  private var person: Person
  private var people = 0
  private var accepted = 0
  private var rejected = 0
  private var excluded = 0
  private var warned = 0

  /// - Parameter today: the value of `--today`; nil to use the feed's `until`.
  init(_ rules: consuming RuleSet, _ profile: SummaryRecord.Profile?, today: Day?, limits: FeedLimits, explains: Bool) {
    self.explains = explains
    self.profile = profile
    reader = PersonReader(rules.plan)
    person = rules.plan.emptyPerson
    self.rules = rules
    self.today = today
    self.limits = limits
  }

  var counts: [(RecordField, Int)] {
    [(.people, people), (.accepted, accepted), (.rejected, rejected), (.excluded, excluded), (.warned, warned)]
  }

  mutating func takePerson(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws -> Bool {
    switch reader.read(line, isCut: place.isCut, into: &person) {
    case .record: return false
    case .malformed(let problem):
      rejected += 1
      let reason = RejectRecord.Reason(code: Rule.malformedJSON.rawValue, field: "", message: problem)
      let reject = RejectRecord(
        verdict: .rejected, line: place.number, emplid: nil, campusID: nil, reasons: [reason])
      try output.write(line: reject.encoded(text: Self.beginning(of: line)).span)
      if explains {
        let explain = ExplainRecord(
          line: place.number, emplid: nil, campusID: nil, verdict: RejectRecord.Verdict.rejected.rawValue, elements: [],
          unsent: [])
        try output.write(line: explain.encoded().span)
      }
    case .person:
      fields?.take(person)
      try check(line, at: place, &output)
    }
    people += 1
    return true
  }

  mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .feed, today == nil, let until = try FeedRecord(record).until { rules.setToday(until) }
    try output.write(record)
  }

  mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if let (alarms, record) = fields?.records(account.feed, people: people) {
      for alarm in alarms { try output.write(line: alarm.encoded().span) }
      if let record { try output.write(line: record.encoded().span) }
      try limits.check(alarms: alarms.count)
    }
    try limits.check(rejected: rejected, people: people)
  }

  private mutating func check(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws {
    let outcome = rules.check(&person, line: place.number)
    let verdict: RejectRecord.Verdict?
    switch outcome {
    case .accepted:
      accepted += 1
      try output.write(line: line)
      verdict = nil
    case .warned(let reasons):
      accepted += 1
      warned += 1
      try output.write(line: line)
      verdict = .warned
      try write(.warned, reasons, line, at: place, &output)
    case .excluded(let reason):
      excluded += 1
      verdict = .excluded
      try write(.excluded, [reason], line, at: place, &output)
    case .rejected(let reasons):
      rejected += 1
      verdict = .rejected
      try write(.rejected, reasons, line, at: place, &output)
    }
    if explains { try explain(verdict, line, at: place, &output) }
  }

  private mutating func explain(
    _ verdict: RejectRecord.Verdict?, _ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter
  ) throws {
    let explanation = rules.explanation(of: &person, line, isExcluded: verdict == .excluded)
    let identifiers = rules.identifiers(of: &person)
    let record = ExplainRecord(
      line: place.number, emplid: identifiers.primary, campusID: identifiers.campus,
      verdict: verdict?.rawValue ?? "accepted",
      elements: explanation.elements.map { .init(element: $0.element, field: $0.field, at: $0.pointer) },
      unsent: explanation.unsent.map {
        .init(field: $0.field, why: !$0.isNamed ? .unnamed : $0.isRead ? .tested : .notReached)
      })
    try output.write(line: record.encoded().span)
  }

  private mutating func write(
    _ verdict: RejectRecord.Verdict, _ reasons: [Reason], _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter
  ) throws {
    let identifiers = rules.identifiers(of: &person)
    let plan = rules.plan
    let reject = RejectRecord(
      verdict: verdict, line: place.number, emplid: identifiers.primary, campusID: identifiers.campus,
      reasons: reasons.map {
        RejectRecord.Reason(
          code: $0.code, field: $0.field.map(plan.name) ?? "", message: $0.message,
          because: Rule(rawValue: $0.code) == nil ? $0.message : nil,
          otherLine: $0.otherLine, otherEMPLID: $0.otherIdentifier)
      })
    try output.write(line: reject.encoded(object: line).span)
  }

  /// The first 1,000 bytes of a line, which a reject shows if the line is not an object.
  private static func beginning(of line: Span<UInt8>) -> String {
    let head = line.extracting(first: 1000)
    return unsafe head.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

/// The maximum of rejects and alarms: a feed with too many has a fault at its source. One that is nil is not checked.
struct FeedLimits {
  var maxAlarms: Int?
  var maxRejects: Int?
  /// Of all people.
  var maxRejectPercent: Double?

  /// Throws if there are more alarms than the limit.
  func check(alarms count: Int) throws(DataError) {
    if let maxAlarms, count > maxAlarms {
      throw DataError(
        "\(count) field alarms, more than --max-alarms \(maxAlarms); look at the field records", limit: "max-alarms")
    }
  }

  /// Throws if there are more rejects than a limit.
  func check(rejected: Int, people: Int) throws(DataError) {
    if let maxRejects, rejected > maxRejects {
      throw DataError(
        "\(rejected) of \(people) people rejected, more than --max-rejects \(maxRejects); look at the rejects",
        limit: "max-rejects")
    }
    if let maxRejectPercent, Double(rejected) * 100 > maxRejectPercent * Double(people) {
      let isWhole = maxRejectPercent == maxRejectPercent.rounded()
      let limit = isWhole ? String(Int(maxRejectPercent)) : String(maxRejectPercent)
      throw DataError(
        "\(rejected) of \(people) people rejected, more than --max-reject-percent \(limit); look at the rejects",
        limit: "max-reject-percent")
    }
  }
}
