import JSONText

/// A file that a stage has written, whole and under its final name.
public struct FileRecord: Equatable, Sendable {
  public enum Format: String, Sendable {
    case xml
    case zip
  }

  /// Absolute.
  public var path: String
  public var format: Format
  public var users: Int
  public var bytes: Int
  /// Of a zip, in lower-case hexadecimal digits.
  public var sha256: String?
  /// Of a zip, how many files are in it.
  public var entries: Int?

  public init(path: String, format: Format, users: Int, bytes: Int, sha256: String? = nil, entries: Int? = nil) {
    self.path = path
    self.format = format
    self.users = users
    self.bytes = bytes
    self.sha256 = sha256
    self.entries = entries
  }

  public func encoded() -> [UInt8] {
    record(.file) { writer in
      writer.string(path, "path")
      writer.string(format.rawValue, "format")
      writer.integer(users, "users")
      writer.integer(bytes, "bytes")
      writer.string(sha256, "sha256")
      writer.integer(entries, "entries")
    }
  }
}

extension RecordReader {
  /// The file record that `role(of:)` has met in this line; nil where its format is none of ours.
  public func file(in line: Span<UInt8>, place: LinePlace) throws(StreamError) -> FileRecord? {
    guard let name = string(.format, in: line) else {
      throw StreamError.badRecord(place: place.description, kind: "file", field: "format")
    }
    guard let format = FileRecord.Format(rawValue: name) else { return nil }
    guard let path = string(.path, in: line), path.hasPrefix("/") else {
      throw StreamError.badRecord(place: place.description, kind: "file", field: "path")
    }
    guard let users = integer(.users, in: line), users >= 0 else {
      throw StreamError.badRecord(place: place.description, kind: "file", field: "users")
    }
    guard let bytes = integer(.bytes, in: line), bytes >= 0 else {
      throw StreamError.badRecord(place: place.description, kind: "file", field: "bytes")
    }
    return FileRecord(
      path: path, format: format, users: users, bytes: bytes, sha256: string(.sha256, in: line),
      entries: integer(.entries, in: line))
  }
}
