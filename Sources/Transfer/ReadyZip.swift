import CLinux
import Digest
import Files
import Glibc
import RecordStream
import SystemPackage

/// A zip of the stream, whose size and digest are those in its record.
struct ReadyZip {
  let path: String
  /// Its name in the drop directory.
  let name: String
  let users: Int
  let bytes: Int
  let sha256: String
  /// The state of the file when it was compared with its record.
  private var state: State?

  /// Attributes that change if the file is changed: computing the digest again would take as long as sending the file.
  private struct State: Equatable {
    let device: UInt64
    let number: UInt64
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ file: FileDescriptor) throws(Errno) {
      var status = stat()
      if unsafe fstat(file.rawValue, &status) != 0 { throw Errno.current }
      device = UInt64(status.st_dev)
      number = UInt64(status.st_ino)
      size = Int(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// Reads the file, and throws `TransferError.changedZip` if size or digest differ from its record.
  /// - Parameter again: as of `name(of:again:)`.
  init(_ record: FileRecord, again: Int? = nil) throws {
    path = record.path
    guard let name = Self.name(of: record.path, again: again) else {
      throw TransferError.changedZip(path, "the path in its record is not a file name")
    }
    self.name = name
    guard let sha256 = record.sha256?.lowercased() else {
      throw TransferError.changedZip(path, "its record has no sha256")
    }
    users = record.users
    bytes = record.bytes
    self.sha256 = sha256
    var digest = SHA256()
    state = try pass { digest.update($0) }
    let found = digest.finish()
    guard found == sha256 else {
      throw TransferError.changedZip(path, "its sha256 is \(found), and its record says \(sha256)")
    }
  }

  /// The name of a zip in the drop directory; nil if its path has none.
  /// - Parameter again: the number in the name of a zip that is delivered again, as in `alma_people_E_again1.xml.zip`.
  static func name(of path: String, again: Int?) -> String? {
    guard let last = FilePath(path).lastComponent, last.kind == .regular else { return nil }
    return again.map { DeliveryRecord.name(of: last.string, again: $0) } ?? last.string
  }

  /// Passes the file's bytes to the body, a block at a time.
  /// - Throws: after the last block, `TransferError.changedZip` if the file has changed since `init`.
  func read(_ body: (Span<UInt8>) throws -> Void) throws {
    guard try pass(body) == state else {
      throw TransferError.changedZip(path, "it changed while it was sent")
    }
  }

  /// - Returns: the file's state after the last block.
  private func pass(_ body: (Span<UInt8>) throws -> Void) throws -> State {
    let file = try FileDescriptor.open(path, for: .read)
    defer { try? file.close() }
    do {
      let size = try State(file).size
      guard size == bytes else {
        throw TransferError.changedZip(path, "it has \(size) bytes, and its record says \(bytes)")
      }
      var block = [UInt8](repeating: 0, count: 256 << 10)
      var left = bytes
      while true {
        let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
        if count == 0 { return try State(file) }
        // A file that grows could be read without end.
        left -= count
        guard left >= 0 else { throw TransferError.changedZip(path, "it grew while it was read") }
        try body(block.span.extracting(0..<count))
      }
    } catch let error as Errno {
      throw FileError(.read, path, error)
    }
  }
}
