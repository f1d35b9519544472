import JSONText

/// A complete file that a stage has written.
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
  /// The digest of a zip, in lower-case hexadecimal digits.
  public var sha256: String?
  /// The number of files in a zip.
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
    Record.encoded(.file) { writer in
      writer.string(path, .path)
      writer.string(format.rawValue, .format)
      writer.integer(users, .users)
      writer.integer(bytes, .bytes)
      writer.string(sha256, .sha256)
      writer.integer(entries, .entries)
    }
  }

  /// Reads a file record; nil if this version does not know its format.
  public init?(_ record: Record) throws(StreamError) {
    guard let name = record.string(.format) else { throw record.unusable(.format) }
    guard let format = Format(rawValue: name) else { return nil }
    guard let path = record.string(.path), path.hasPrefix("/") else { throw record.unusable(.path) }
    guard let users = record.integer(.users), users >= 0 else { throw record.unusable(.users) }
    guard let bytes = record.integer(.bytes), bytes >= 0 else { throw record.unusable(.bytes) }
    self.init(
      path: path, format: format, users: users, bytes: bytes, sha256: record.string(.sha256),
      entries: record.integer(.entries))
  }
}
