import Digest
import RecordStream
import StageSupport
import SystemPackage

/// A zip of the stream that is as its record says.
struct ReadyZip {
  let path: String
  /// The name it will have in the drop directory.
  let name: String
  let users: Int
  let bytes: Int
  let sha256: String

  /// Compares the file with its record, byte for byte.
  init(_ record: FileRecord) throws {
    path = record.path
    guard let last = FilePath(record.path).lastComponent, last.kind == .regular else {
      throw TransferError.changedZip(path: path, "its record names no file")
    }
    guard let sha256 = record.sha256 else {
      throw TransferError.changedZip(path: path, "its record has no sha256")
    }
    name = last.string
    users = record.users
    bytes = record.bytes
    self.sha256 = sha256
    try read { _ in }
  }

  /// Lends the file's bytes, piece by piece.
  /// - Throws: at the end, where they are not those of the record.
  func read(_ body: (Span<UInt8>) throws -> Void) throws {
    var digest = SHA256()
    var count = 0
    let file: FileDescriptor
    do { file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) } catch {
      throw FileError(.read, path, error)
    }
    defer { try? file.close() }
    var block = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let length: Int
      do { length = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) } } catch {
        throw FileError(.read, path, error)
      }
      if length == 0 { break }
      digest.update(block.span.extracting(0..<length))
      count += length
      try body(block.span.extracting(0..<length))
    }
    guard count == bytes else {
      throw TransferError.changedZip(path: path, "it has \(count) bytes, and its record says \(bytes)")
    }
    let found = digest.finish()
    guard found == sha256.lowercased() else {
      throw TransferError.changedZip(path: path, "its sha256 is \(found), and its record says \(sha256)")
    }
  }
}
