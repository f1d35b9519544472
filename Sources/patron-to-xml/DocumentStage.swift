import AlmaXML
import Calendar
import Patron
import ProfileFile
import RecordStream
import Stage
import StageErrors

/// Writes the people of the stream to documents, and the documents' records to the stream in place of the people.
struct DocumentStage: ~Copyable, StreamStage {
  private let target: DocumentSeries.Target
  private let usersPerDocument: Int?
  private let form: DocumentWriter.Form
  private var rules: RuleSet
  private var reader: PersonReader
  private var person: Person
  private var user = AlmaUser()
  /// Created with the first person, after the feed record has been read.
  private var documents: DocumentSeries?
  private var feed: FeedRecord?
  let profile: SummaryRecord.Profile?
  private let profileDigest: String
  private let today: Day?
  private let day: Day
  private var people = 0
  private var users = 0
  private var files = 0

  /// - Parameters:
  ///   - rules: with the value of `--today`, or else the current day.
  ///   - today: the value of `--today`; nil to use the feed's `until`.
  ///   - day: the current day.
  init(
    _ target: DocumentSeries.Target, _ rules: consuming RuleSet, _ loaded: LoadedProfile, usersPerDocument: Int?,
    form: DocumentWriter.Form, today: Day?, day: Day
  ) {
    self.target = target
    self.usersPerDocument = usersPerDocument
    self.form = form
    self.today = today
    self.day = day
    profile = loaded.record
    profileDigest = loaded.digest
    reader = PersonReader(loaded.plan)
    person = loaded.plan.emptyPerson
    self.rules = rules
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
      rules.mapping.map(&person, into: &user)
      if let reason = rules.reasonAgainstXML(&person) {
        let plan = rules.plan
        let field = reason.field.map { "\(plan.name(of: $0)): " } ?? ""
        throw DataError(
          "\(place): \(reason.code): \(field)\(reason.message); run patron-validate before this stage")
      }
      try write(&output)
    }
    return true
  }

  mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind == .feed, documents == nil {
      let feed = try FeedRecord(record)
      if today == nil, let until = feed.until { rules.setToday(until) }
      self.feed = feed
    }
    try output.write(record)
    if record.kind == .summary { try checkProfile(SummaryRecord(record), at: record.place) }
  }

  /// Throws if patron-validate had another profile. Without one in its summary it had the built-in one.
  private func checkProfile(_ summary: SummaryRecord, at place: LinePlace) throws {
    guard summary.stage == StageName.validate || summary.profile != nil else { return }
    if summary.profile?.sha256 ?? LoadedProfile.builtInDigest == profileDigest { return }
    let other = summary.profile.map { "another profile\($0.name.map { ", \($0)" } ?? "")" } ?? "the built-in profile"
    throw DataError(
      "\(place): the people were checked with \(other); give patron-validate and patron-to-xml the same --profile")
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
        target, feed: feed, today: today ?? day, outline: rules.plan.outline, form: form,
        usersPerDocument: usersPerDocument)
    }
    if let file = try documents?.write(user, person) { try announce(file, &output) }
    users += 1
  }

  /// Writes the record of a complete document, so that feed-zip can compress it while the next one is written. A later
  /// failure removes the document, and the summary says that it failed.
  private mutating func announce(_ file: FileRecord, _ output: inout LineWriter) throws {
    files += 1
    try output.write(line: file.encoded().span)
  }
}
