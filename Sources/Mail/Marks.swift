import Files
import Glibc
import Report

/// The empty files beside streams that say that they were reported: `E.told`, and until both messages are sent
/// `E.told-failures` or `E.told-people`.
///
/// They are made before the messages are sent, and get their names afterwards, so that a full disk cannot cause the
/// same people to be reported again.
final class Marks {
  private let streams: [String]
  private var pending: [Topic: [Mark]] = [:]

  /// - Parameter streams: the paths of the streams.
  init(_ streams: [String]) { self.streams = streams }

  /// Whether a message about this topic was sent, and the other one was not.
  func exists(_ topic: Topic, _ stream: String) -> Bool {
    guard streams.contains(stream) else { return false }
    return unsafe access(Self.path(topic, stream), F_OK) == 0
  }

  /// Makes the files for messages about these topics, and those that say that all is reported.
  func prepare(_ topics: [Topic]) throws(FileError) {
    for topic in topics + [.everything] where pending[topic] == nil {
      var marks: [Mark] = []
      for stream in streams { marks.append(try Mark(Self.path(topic, stream))) }
      pending[topic] = marks
    }
  }

  /// Marks the streams as reported in a message about this topic.
  func commit(_ topic: Topic) throws(FileError) {
    for mark in pending[topic] ?? [] { try mark.commit() }
  }

  /// Marks the streams as reported in full.
  func commitAll() throws(FileError) {
    try commit(.everything)
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

/// A file without its name. A class, because an array cannot hold a `PendingFile`.
private final class Mark {
  private var file: PendingFile?

  init(_ path: String) throws(FileError) { file = try PendingFile(path) }

  func commit() throws(FileError) { try file.take()?.commit() }
}
