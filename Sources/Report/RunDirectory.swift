package import Files
import Glibc
package import RecordStream
import Stage
import SystemPackage

/// The directory of one run. alma-people-feed(8) lists the files in it.
package struct RunDirectory: Sendable {
  /// The name, which is the time when the run began.
  package let name: String
  /// The name, and how the run ended.
  package let title: String
  /// The paths of the feeds' accounts. Those of deliveries again, `again1.ndjson`, are not among them.
  package let accounts: [String]
  /// The paths of streams that have no account yet.
  package let streams: [String]
  private let isFinished: Bool
  private let directory: String
  private let files: [String]

  /// Reads the names in the directory.
  /// - Returns: nil if the path is not a directory.
  package init?(_ path: String) throws(FileError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    let directory = FilePath(path)
    let finished = try? FileContents.read(directory.appending("finished").string)
    // The exit status, a tab, and a sentence.
    let sentence = finished.map {
      String(decoding: $0.drop { $0 != 0x09 }.dropFirst(), as: UTF8.self).prefix { $0 != "\n" }
    }
    isFinished = finished != nil
    self.directory = path
    name = directory.lastComponent?.string ?? path
    title = "\(name)  \(sentence ?? "not finished; the next run finishes it")"
    files = try Directory.names(in: path).filter { !$0.hasPrefix(".") }.sorted().map { directory.appending($0).string }
    let feeds = files.filter { !$0.contains("/again") }
    let accounts = feeds.filter { $0.hasSuffix(".ndjson") && !$0.hasSuffix("/mail.ndjson") }
    self.accounts = accounts
    streams = feeds.filter { $0.hasSuffix(".stream") && !accounts.contains(Self.account(of: $0)) }
  }

  /// Whether a feed of this run is still unreported although a mail about it was tried.
  var hasUnreported: Bool {
    !isFinished && !mails.isEmpty && accounts.contains { !files.contains("\($0.dropLast(".ndjson".count)).told") }
  }

  /// The paths of the XML documents.
  var documents: [String] { files.filter { $0.hasSuffix(".xml") } }

  /// The account of the mail about the run, which has the streams of its feeds; empty if there is none.
  package var mails: [String] { files.filter { $0.hasSuffix("/mail.ndjson") } }

  /// The path in this directory of a file that a stage has written here. The state directory may have been moved since.
  func path(of file: String) -> String {
    FilePath(directory).appending(FilePath(file).lastComponent?.string ?? "").string
  }

  /// Whether a file that a stage has written is still here.
  func has(_ file: String) -> Bool { files.contains(path(of: file)) }

  /// All runs of an installation, oldest first.
  /// - Parameter state: the state directory.
  package static func all(in state: String) throws(FileError) -> [RunDirectory] {
    let runs = FilePath(state).appending("runs")
    var directories: [RunDirectory] = []
    for name in try Directory.namesIfPresent(in: runs.string).sorted() {
      if let directory = try RunDirectory(runs.appending(name).string) { directories.append(directory) }
    }
    return directories
  }

  /// The path of a stream's account, which need not exist.
  package static func account(of stream: String) -> String {
    stream.hasSuffix(".stream") ? "\(stream.dropLast(".stream".count)).ndjson" : stream
  }

  /// Removes the files with personal data. Remove the rejects from the accounts and the mail first.
  package func removePeople() {
    for file in files where [".stream", ".input", ".xml", ".zip"].contains(where: file.hasSuffix) {
      Directory.remove(file)
    }
  }
}

extension Directory {
  /// The names in a directory; none if it does not exist.
  static func namesIfPresent(in path: String) throws(FileError) -> [String] {
    do { return try names(in: path) } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      return []
    }
  }
}

/// Copies streams without their reject records, so that an account can be kept without personal data.
package struct RejectRemoval: StreamStage {
  package static var readsSeveralFeeds: Bool { true }
  package let counts: [(RecordField, Int)] = []

  package init() {}

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    if record.kind != .reject, record.kind != .loadReject { try output.write(record) }
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {}
}
