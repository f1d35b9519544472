import CLinux
import Digest
import Files
import Glibc
import RecordStream
import SystemPackage

/// A zip of the stream that is as its record says.
struct ReadyZip {
  let path: String
  /// The name it will have in the drop directory.
  let name: String
  let users: Int
  let bytes: Int
  let sha256: String
  /// The file that was compared with the record.
  private var state: State?

  /// What changes when a file does: taking the digest again for that would cost as much as sending it.
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

  /// Compares the file with its record, byte for byte.
  init(_ record: FileRecord) throws {
    path = record.path
    guard let last = FilePath(record.path).lastComponent, last.kind == .regular else {
      throw TransferError.changedZip(path: path, "its record names no file")
    }
    guard let sha256 = record.sha256?.lowercased() else {
      throw TransferError.changedZip(path: path, "its record has no sha256")
    }
    name = last.string
    users = record.users
    bytes = record.bytes
    self.sha256 = sha256
    var digest = SHA256()
    state = try pass { digest.update($0) }
    let found = digest.finish()
    guard found == sha256 else {
      throw TransferError.changedZip(path: path, "its sha256 is \(found), and its record says \(sha256)")
    }
  }

  /// Lends the file's bytes, piece by piece.
  /// - Throws: also at the end, where the file is no longer the one that was compared with its record.
  func read(_ body: (Span<UInt8>) throws -> Void) throws {
    guard try pass(body) == state else {
      throw TransferError.changedZip(path: path, "it has changed while it was sent")
    }
  }

  /// - Returns: the file's state when it had been read.
  private func pass(_ body: (Span<UInt8>) throws -> Void) throws -> State {
    let file: FileDescriptor
    do { file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) } catch {
      throw FileError(.read, path, error)
    }
    defer { try? file.close() }
    do {
      let size = try State(file).size
      guard size == bytes else {
        throw TransferError.changedZip(path: path, "it has \(size) bytes, and its record says \(bytes)")
      }
      var block = [UInt8](repeating: 0, count: 256 << 10)
      var rest = bytes
      while true {
        let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
        if count == 0 { return try State(file) }
        // A file that grows could be read for ever.
        rest -= count
        guard rest >= 0 else { throw TransferError.changedZip(path: path, "it grows while it is read") }
        try body(block.span.extracting(0..<count))
      }
    } catch let error as Errno {
      throw FileError(.read, path, error)
    }
  }
}
