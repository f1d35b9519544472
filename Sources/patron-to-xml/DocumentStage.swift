import AlmaXML
import Calendar
import Patron
import RecordStream
import Stage
import StageErrors

/// Writes the people of the stream to documents, and the documents' records to the stream in place of the people.
struct DocumentStage: ~Copyable, StreamStage {
  private let target: DocumentSeries.Target
  private let profile: Profile
  private let usersPerDocument: Int?
  private let form: DocumentWriter.Form
  private let rules: RuleSet
  private let layout: FieldLayout
  private var reader: PersonReader
  private var person: Person
  private var user = AlmaUser()
  private var mapping: Mapping
  /// Created with the first person, after the feed record has been read.
  private var documents: DocumentSeries?
  private var feed: FeedRecord?
  private let today: Day?
  private let clock: Clock
  private var people = 0
  private var users = 0
  private var files = 0

  init(
    _ target: DocumentSeries.Target, profile: Profile, usersPerDocument: Int?, form: DocumentWriter.Form, today: Day?,
    clock: Clock
  ) {
    self.target = target
    self.profile = profile
    self.usersPerDocument = usersPerDocument
    self.form = form
    self.today = today
    self.clock = clock
    layout = FieldLayout(profile)
    rules = RuleSet(profile, layout, comparesPeople: false)
    reader = PersonReader(layout)
    person = layout.emptyPerson
    mapping = Mapping(profile, today: today ?? clock.now.day)
  }

  var counts: [(RecordField, Int)] { [(.people, people), (.users, users), (.files, files)] }

  mutating func takePerson(_ line: Span<UInt8>, at place: LinePlace, _ output: inout LineWriter) throws -> Bool {
    switch reader.read(line, isCut: place.isCut, into: &person) {
    case .record: return false
    case .malformed(let problem):
      throw DataError(
        "\(place): \(Rule.malformedJSON.rawValue): \(problem); run patron-validate before this stage")
    case .person:
      people += 1
      if let reason = rules.reasonAgainstXML(person) {
        throw DataError(
          "\(place): \(reason.rule.rawValue): \(layout.name(of: reason.field)): \(reason.message); "
            + "run patron-validate before this stage")
      }
      mapping.map(person, into: &user)
      try write(&output)
    }
    return true
  }

  mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .feed, documents == nil {
      let feed = try FeedRecord(record)
      if today == nil, let until = feed.until { mapping = Mapping(profile, today: until) }
      self.feed = feed
    }
    try output.write(record)
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
        target, feed: feed, today: today ?? clock.now.day, outline: mapping.outline, form: form,
        usersPerDocument: usersPerDocument)
    }
    if let file = try documents?.write(user, person) { try announce(file, &output) }
    users += 1
  }

  private mutating func announce(_ file: FileRecord, _ output: inout LineWriter) throws {
    files += 1
    try output.write(line: file.encoded().span)
  }
}
