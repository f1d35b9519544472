import Calendar
import JSONText
import RecordStream
import StageSupport

/// The memory of what was sent: a log of `mail` records, each with the digest of its message.
struct SentMail: ~Copyable {
  private let log: AppendLog
  /// Who has got the message of a digest, by whichever run.
  private let entries: [String: Entry]

  struct Entry {
    /// Those who got it the last time.
    var recipients: Set<String>
    var id: String?
    /// When it was sent for the first and for the last time.
    var first: Instant?
    var last: Instant?
    /// How often it was sent; to several groups of recipients counts once.
    var times: Int

    /// Days from one time to the next, for a message that says the same each night: after the first time, the second, the third;
    /// then always the last of them.
    private static let pauses = [1, 2, 4, 7]
    /// A night does not begin at the same second each day.
    private static let slack = 3600

    /// A message that says the same again is due once more.
    func isDueAgain(at now: Instant) -> Bool {
      guard let last else { return true }
      let pause = Self.pauses[min(times, Self.pauses.count) - 1]
      return now.seconds - last.seconds >= pause * 86_400 - Self.slack
    }
  }

  /// Opens the file, or makes it, and keeps other runs from it until this value is gone: two runs at once must not both find that the
  /// message is still to be sent.
  static func open(_ path: String) throws -> SentMail {
    let log = try AppendLog(path, keepsLock: true)
    let entries = entries(in: try log.contents(limit: 64 << 20))
    return SentMail(log: log, entries: entries)
  }

  private init(log: consuming AppendLog, entries: [String: Entry]) {
    self.log = log
    self.entries = entries
  }

  /// What is known of a message, or nil.
  func entry(of message: borrowing Message) -> Entry? { entries[message.digest] }

  func has(_ recipient: String, of message: borrowing Message) -> Bool {
    entries[message.digest]?.recipients.contains(recipient.lowercased()) ?? false
  }

  /// Makes sure that there is room to note a message before it is sent.
  func reserve(for message: Message) throws(FileError) {
    try log.reserve(line(message, message.recipients, at: Instant(seconds: 0), times: Int.max).count + 1)
  }

  /// Notes who has got a message, and puts that on the disk.
  func add(_ message: Message, _ recipients: [String], at: Instant, times: Int) throws(FileError) {
    try log.append([line(message, recipients, at: at, times: times)])
  }

  private func line(_ message: Message, _ recipients: [String], at: Instant, times: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.string("mail", "kind")
    writer.string(MailRecord.Outcome.sent.rawValue, "outcome")
    writer.beginArray("recipients")
    for recipient in recipients { writer.element(recipient) }
    writer.endArray()
    writer.string(message.id, "message_id")
    writer.string(at.description, "at")
    writer.string(message.digest, "digest")
    if times > 1 { writer.integer(times, "times") }
    writer.endObject()
    return writer.bytes
  }

  private static func entries(in bytes: [UInt8]) -> [String: Entry] {
    var entries: [String: Entry] = [:]
    for line in bytes.split(separator: 0x0A) {
      let line = Array(line)
      // What is cut, or of another make, says nothing.
      guard let record = try? JSONValue(parsing: line.span), let digest = record["digest"]?.string else { continue }
      let at = record["at"]?.string.flatMap(Instant.init)
      let times = record["times"]?.integer ?? 1
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
