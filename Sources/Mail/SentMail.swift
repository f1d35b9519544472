import Calendar
import Files
import JSONText
import RecordStream
import Report

/// The log of sent messages: a file of `mail` records, each with the digest of its message. It is a class, so that
/// `MessageSender` can hold an optional one.
final class SentMail {
  private let log: AppendLog
  /// Who was in the messages.
  let people: PeopleFile
  /// By the digest of the message.
  private let entries: [String: Entry]

  private init(_ log: consuming AppendLog, _ people: PeopleFile, _ entries: [String: Entry]) {
    self.log = log
    self.people = people
    self.entries = entries
  }

  /// The records of the log for one digest.
  struct Entry {
    /// The addresses, in lower case, to which the message was sent since it was last repeated.
    var recipients: Set<String>
    /// The last `Message-ID`.
    var id: String?
    /// When it was sent for the first time and for the last time; nil if the log does not say.
    var first: Instant?
    var last: Instant?
    /// How often it was sent. Later attempts for deferred recipients are not counted.
    var times: Int

    /// The days before a message is repeated: after the first time, the second, the third, and each later time.
    private static let pauses = [1, 2, 4, 7]
    /// A run may start this many seconds earlier than on the day before.
    private static let slack = 3600

    /// Whether the same message is sent again.
    func isDueAgain(at now: Instant) -> Bool {
      guard let last else { return true }
      let pause = Self.pauses[min(times, Self.pauses.count) - 1]
      return now.seconds - last.seconds >= pause * 86_400 - Self.slack
    }
  }

  /// Opens or creates the file, and locks it for the lifetime of this value, so that two runs at once do not both send
  /// the message. Throws if another process keeps the lock.
  static func open(_ path: String) throws -> SentMail {
    let log = try AppendLog(path, keepsLock: true)
    let entries = entries(in: try log.contents(limit: 64 << 20))
    return SentMail(log, PeopleFile(beside: path), entries)
  }

  /// The entry of a message; nil if it was not sent before.
  func entry(of message: Message) -> Entry? { entries[message.digest] }

  /// Reserves space for the record of a message before it is sent.
  func reserve(for message: Message) throws(FileError) {
    try log.reserve(line(message, message.recipients, at: Instant(seconds: 0), times: Int.max).count + 1)
  }

  /// Appends a record of the recipients to whom the message was sent, and syncs the file.
  func add(_ message: Message, _ recipients: [String], at: Instant, times: Int) throws(FileError) {
    try log.append([line(message, recipients, at: at, times: times)])
  }

  private func line(_ message: Message, _ recipients: [String], at: Instant, times: Int) -> [UInt8] {
    var record = MailRecord(outcome: .sent, recipients: recipients, messageID: message.id, at: at)
    record.digest = message.digest
    record.times = times > 1 ? times : nil
    return record.encoded()
  }

  private static func entries(in bytes: [UInt8]) -> [String: Entry] {
    var entries: [String: Entry] = [:]
    for line in bytes.split(separator: 0x0A) {
      let line = Array(line)
      // Cut lines and other records are skipped.
      guard let record = try? JSONValue(parsing: line.span), let digest = record["digest"]?.string else { continue }
      let at = record["at"]?.string.flatMap(Instant.init)
      let times = max(1, record["times"]?.integer ?? 1)
      var entry = entries[digest] ?? Entry(recipients: [], first: at, times: times)
      if times > entry.times { entry.recipients = [] }
      entry.recipients.formUnion((record["recipients"]?.array ?? []).compactMap { $0.string?.lowercased() })
      entry.id = record["message_id"]?.string
      entry.last = at
      entry.times = max(entry.times, times)
      entries[digest] = entry
    }
    return entries
  }
}

/// The file with the people of earlier messages, beside the log of sent mail. Only a process that has the log open
/// writes it.
struct PeopleFile {
  private let path: String

  /// Removes what killed processes have left of the file, because a message that would replace it may not come for a
  /// long time.
  /// - Parameter log: the path of the log.
  init(beside log: String) {
    path = log + ".people"
    PendingFile.removeAbandoned(path)
  }

  /// The people of earlier messages; nil if there is no file.
  var contents: ToldPeople? { (try? FileContents.read(path)).map { ToldPeople($0) } }

  /// Adds the people of a message.
  func add(_ keys: Set<UInt64>, on day: Day) throws(FileError) {
    var people = contents ?? ToldPeople()
    people.add(keys, on: day)
    let file = try PendingFile(path)
    try file.write(people.encoded.span)
    try file.commit()
  }
}
