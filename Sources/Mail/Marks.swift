import Files
import Glibc
import Report

/// The empty files beside streams that say that they were reported: `E.told`, and until both messages are sent `E.told-failures` or
/// `E.told-people`.
struct Marks {
  private let streams: [String]

  /// - Parameter streams: the paths of the streams.
  init(_ streams: [String]) { self.streams = streams }

  /// Whether a message about this topic was sent, and the other one was not.
  func exists(_ topic: Topic, _ stream: String) -> Bool {
    guard streams.contains(stream) else { return false }
    return unsafe access(Self.path(topic, stream), F_OK) == 0
  }

  func create(_ topic: Topic) throws(FileError) {
    for stream in streams { try PendingFile(Self.path(topic, stream)).commit() }
  }

  /// Marks the streams as reported in full.
  func createAll() throws(FileError) {
    try create(.everything)
    for stream in streams {
      for topic in [Topic.failures, .people] { Directory.remove(Self.path(topic, stream)) }
    }
  }

  private static func path(_ topic: Topic, _ stream: String) -> String {
    let suffix = ".ndjson"
    let name = stream.hasSuffix(suffix) ? String(stream.dropLast(suffix.count)) : stream
    return "\(name).told\(topic == .everything ? "" : "-\(topic.rawValue)")"
  }
}
