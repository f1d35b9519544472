import Glibc
public import StageSupport
import SystemPackage

/// The directory in which a run of the night leaves its accounts; alma-people-feed(8) says what is in it.
public struct RunDirectory: Sendable {
  /// Its name, which is the time at which the run began, and how the run ended.
  public let title: String
  /// The paths of the feeds' accounts.
  public let accounts: [String]
  /// The paths of streams that have no account yet.
  public let streams: [String]
  private let files: [String]

  /// - Returns: nil where the path is no directory.
  public init?(_ path: String) throws(FileError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    let directory = FilePath(path)
    let finished = try? FileContents.read(directory.appending("finished").string)
    // The exit status, a tab, and the words.
    let words = finished.map {
      String(decoding: $0.drop { $0 != 0x09 }.dropFirst(), as: UTF8.self).prefix { $0 != "\n" }
    }
    title = "\(directory.lastComponent?.string ?? path)  \(words ?? "not finished; the next run will")"
    files = try Directory.names(in: path).filter { !$0.hasPrefix(".") }.sorted().map { directory.appending($0).string }
    let accounts = files.filter { $0.hasSuffix(".ndjson") && !$0.hasSuffix("/mail.ndjson") }
    self.accounts = accounts
    streams = files.filter { $0.hasSuffix(".stream") && !accounts.contains(Self.account(of: $0)) }
  }

  /// Where the account of a stream is, or will be.
  public static func account(of stream: String) -> String {
    stream.hasSuffix(".stream") ? "\(stream.dropLast(".stream".count)).ndjson" : stream
  }

  /// Removes the files with people's data, once their accounts are without them.
  public func removePeople() {
    for file in files where [".stream", ".xml", ".zip"].contains(where: file.hasSuffix) { Directory.remove(file) }
  }
}
