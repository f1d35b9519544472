import Calendar
import Glibc
import JSONText
import RecordStream
import StageSupport
import SystemPackage

/// The memory of what was sent: a file of `mail` records, each with the digest of its message, appended to.
struct SentMail: ~Copyable {
  private let path: String
  private let file: FileDescriptor
  /// Who has got the message of a digest, by whichever run.
  private let entries: [String: Entry]

  struct Entry {
    var recipients: Set<String>
    var id: String?
    var at: Instant?
  }

  /// Opens the file, or makes it, and keeps other runs from it until this one has ended.
  init(_ path: String) throws {
    let entries: [String: Entry]
    let file = try Self.open(path)
    do {
      entries = Self.entries(in: try FileContents.read(path, limit: 64 << 20))
    } catch {
      try? file.close()
      throw error
    }
    self.path = path
    self.file = file
    self.entries = entries
  }

  private static func open(_ path: String) throws(FileError) -> FileDescriptor {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .readWrite, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
      // Two runs at once must not both find that the message is still to be sent.
      guard flock(file.rawValue, LOCK_EX) == 0 else { throw Errno.current }
      return file
    } catch {
      throw FileError(.create, path, error)
    }
  }

  /// What is known of a message, or nil.
  func entry(of message: borrowing Message) -> Entry? { entries[message.digest] }

  func has(_ recipient: String, of message: borrowing Message) -> Bool {
    entries[message.digest]?.recipients.contains(recipient.lowercased()) ?? false
  }

  /// Notes who has got a message, and puts that on the disk.
  func add(_ message: Message, _ recipients: [String], at: Instant) throws(FileError) {
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
    writer.endObject()
    do {
      // A line that a killed run has left cut is ended first.
      _ = try file.writeAll((try endsWithLine() ? [] : [0x0A]) + writer.bytes + [0x0A])
      if fsync(file.rawValue) != 0 { throw Errno.current }
    } catch {
      throw FileError(.write, path, error)
    }
    try Directory.synchronize(containing: path)
  }

  private func endsWithLine() throws -> Bool {
    let size = try file.seek(offset: 0, from: .end)
    guard size > 0 else { return true }
    var last: [UInt8] = [0]
    _ = try unsafe last.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: size - 1, into: $0) }
    return last[0] == 0x0A
  }

  private static func entries(in bytes: [UInt8]) -> [String: Entry] {
    var entries: [String: Entry] = [:]
    for line in bytes.split(separator: 0x0A) {
      let line = Array(line)
      // What is cut, or of another make, says nothing.
      guard let record = try? JSONValue(parsing: line.span), let digest = record["digest"]?.string else { continue }
      var entry = entries[digest] ?? Entry(recipients: [])
      entry.recipients.formUnion((record["recipients"]?.array ?? []).compactMap { $0.string?.lowercased() })
      entry.id = record["message_id"]?.string
      entry.at = record["at"]?.string.flatMap(Instant.init)
      entries[digest] = entry
    }
    return entries
  }

  deinit { try? file.close() }
}
