import AlmaXML
import Calendar
import Patron
import RecordStream
import StageSupport

/// Writes the people of the stream to documents, and the documents' records to the stream in place of the people.
struct DocumentStage: ~Copyable, StreamStage {
  private let target: DocumentSeries.Target
  private let usersPerDocument: Int?
  private let form: DocumentWriter.Form
  private var rules: RuleSet
  private var reader: PersonReader
  private var person: Person
  private var user = AlmaUser()
  private var mapping: Mapping
  /// Created with the first person, after the feed record has been read.
  private var documents: DocumentSeries?
  private var feed: FeedRecord?
  private let today: Day?
  private var people = 0
  private var users = 0
  private var files = 0

  init(
    _ target: DocumentSeries.Target, plan: Plan, usersPerDocument: Int?, form: DocumentWriter.Form, today: Day?,
    clock: Clock
  ) {
    self.target = target
    self.usersPerDocument = usersPerDocument
    self.form = form
    self.today = today
    let day = today ?? clock.now.day
    rules = RuleSet(plan, today: day, comparesPeople: false)
    reader = PersonReader(plan)
    person = plan.emptyPerson
    mapping = Mapping(plan, today: day)
  }

  var counts: [(SummaryRecord.Count, Int)] { [(.people, people), (.users, users), (.files, files)] }

  mutating func takePerson(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws -> Bool {
    switch reader.read(line, isCut: place.isCut, into: &person) {
    case .record: return false
    case .malformed(let problem):
      throw DataError(
        "\(place): \(Rule.malformedJSON.rawValue): \(problem); run patron-validate before this stage")
    case .person:
      people += 1
      mapping.map(&person, into: &user)
      if let reason = rules.reasonAgainstXML(&person) {
        let field = reason.field.map { "\(mapping.plan.name(of: $0)): " } ?? ""
        throw DataError(
          "\(place): \(reason.code): \(field)\(reason.message); run patron-validate before this stage")
      }
      try write(&output)
    }
    return true
  }

  mutating func takeRecord(
    _ kind: RecordKind, _ records: borrowing RecordReader, _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter
  ) throws {
    if kind == .feed, documents == nil {
      let feed = try records.feed(in: line, place: place)
      if today == nil, let until = feed.until {
        mapping = Mapping(mapping.plan, today: until)
        rules.setToday(until)
      }
      self.feed = feed
    }
    try output.write(line: line)
  }

  mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    if let file = try documents?.finish() { try announce(file, &output) }
  }

  mutating func fail(_ error: any StageError, _ account: StreamAccount, _ output: inout LineWriter) throws {
    documents?.removeAll()
    files = 0
  }

  private mutating func write(_ output: inout LineWriter) throws {
    if documents == nil {
      documents = DocumentSeries(
        target, feed: feed, outline: mapping.outline, form: form, usersPerDocument: usersPerDocument)
    }
    if let file = try documents?.write(user, person) { try announce(file, &output) }
    users += 1
  }

  private mutating func announce(_ file: FileRecord, _ output: inout LineWriter) throws {
    files += 1
    try output.write(line: file.encoded().span)
  }
}
