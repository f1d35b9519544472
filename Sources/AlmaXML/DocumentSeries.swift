package import Calendar
package import Files
package import Patron
package import RecordStream
import SystemPackage

/// The documents of one feed: one, or several with a maximum number of users each.
///
/// A document is created with its first user, so an empty feed creates no file. Its final name depends on whether
/// another document follows.
package struct DocumentSeries: ~Copyable {
  /// Where documents are written.
  package enum Target: Sendable {
    /// Files in a directory, given as an absolute path. The name is without `.xml`; nil means the feed's name.
    case directory(String, name: String?)
    /// One file, given as an absolute path.
    case file(String)
    /// Standard output.
    case standardOutput
  }

  private let target: Target
  private let outline: UserOutline
  private let form: DocumentWriter.Form
  private let usersPerDocument: Int
  /// The documents' name without `.xml`.
  private let name: String
  private var number = 0
  /// The paths of the finished documents in a directory.
  private var finished: [String] = []
  private var file: PendingFile?
  private var document: DocumentWriter?
  /// How many more users the document can have; 0 if there is none.
  private var usersLeft = 0

  /// Creates a series without documents.
  /// - Parameters:
  ///   - feed: the stream's feed record, if it has one; it determines the documents' name.
  ///   - today: the day in the name of a full feed.
  ///   - usersPerDocument: the maximum; nil for one document.
  package init(
    _ target: Target, feed: FeedRecord?, today: Day, outline: UserOutline, form: DocumentWriter.Form,
    usersPerDocument: Int?
  ) {
    self.target = target
    self.outline = outline
    self.form = form
    self.usersPerDocument = usersPerDocument ?? .max
    if case .directory(_, let given?) = target { name = given } else { name = Self.name(of: feed, today) }
  }

  /// `alma_people`, with the window, or `full` and the day, and the status if there is one.
  private static func name(of feed: FeedRecord?, _ today: Day) -> String {
    guard let feed else { return "alma_people" }
    var name = "alma_people"
    if let since = feed.since, let until = feed.until { name += "_\(since)_\(until)" }
    if feed.since == nil, feed.until == nil { name += "_full_\(today)" }
    if let status = feed.status { name += "_\(status)" }
    return name
  }

  /// Writes a user.
  /// - Returns: the record of the previous document, if this user started a new one.
  package mutating func write(
    _ user: borrowing AlmaUser, _ person: borrowing Person
  ) throws(FileError) -> FileRecord? {
    let finished = usersLeft == 0 ? try startDocument() : nil
    usersLeft -= 1
    try document?.write(user, person)
    return finished
  }

  /// Starts a document.
  /// - Returns: the record of the previous document.
  private mutating func startDocument() throws(FileError) -> FileRecord? {
    let finished = try finishDocument(isOnly: false)
    try begin()
    usersLeft = usersPerDocument
    return finished
  }

  /// Ends the last document.
  /// - Returns: its record, or nil if there is no document, or none that has a name.
  package mutating func finish() throws(FileError) -> FileRecord? {
    document == nil ? nil : try finishDocument(isOnly: number == 1)
  }

  /// Removes all documents, because a part of a feed must not be sent.
  package mutating func removeAll() {
    document = nil
    usersLeft = 0
    file = nil
    for path in finished { Directory.remove(path) }
    finished = []
  }

  private mutating func begin() throws(FileError) {
    number += 1
    let path: String
    switch target {
    case .standardOutput:
      document = try DocumentWriter(.standardOutput, path: "standard output", outline: outline, form: form)
      return
    case .file(let given): path = given
    case .directory(let directory, _): path = "\(directory)/\(name).xml"
    }
    let file = try PendingFile(path)
    document = try DocumentWriter(file.file, path: path, outline: outline, form: form)
    self.file = consume file
  }

  private mutating func finishDocument(isOnly: Bool) throws(FileError) -> FileRecord? {
    usersLeft = 0
    guard var document = document.take() else { return nil }
    let bytes = try document.finish()
    let users = document.users
    guard let file = file.take() else { return nil }
    var path = file.path
    if case .directory(let directory, _) = target, !isOnly {
      let digits = String(number)
      path = "\(directory)/\(name)_\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits).xml"
    }
    try file.commit(as: path)
    if case .directory = target { finished.append(path) }
    return FileRecord(path: path, format: .xml, users: users, bytes: bytes)
  }
}
