import Glibc
import RecordStream
import StageSupport
import SystemPackage

/// The ledger, opened to be appended to.
struct LedgerFile: ~Copyable {
  private let path: String
  private let file: FileDescriptor

  /// Opens the ledger, and makes it where it is absent, so that a path that cannot be used is found out before the upload.
  init(_ path: String) throws(FileError) {
    self.path = path
    do {
      file = try FileDescriptor.open(
        FilePath(path), .readWrite, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw FileError(.create, path, error)
    }
  }

  deinit { try? file.close() }

  /// Appends records in one write, and puts them on the disk.
  func append(_ records: [DeliveryRecord]) throws(FileError) {
    do {
      var bytes: [UInt8] = try isCut ? [0x0A] : []
      for record in records { bytes += record.encoded() + [0x0A] }
      let written = try unsafe bytes.withUnsafeBytes { try unsafe file.write($0) }
      guard written == bytes.count else { throw Errno.noSpace }
      // What is no file, as a device, has nothing to be synchronized.
      if fsync(file.rawValue) != 0, Errno.current != .invalidArgument { throw Errno.current }
    } catch {
      throw FileError(.write, path, error)
    }
    try Directory.synchronize(containing: path)
  }

  /// The last line was never ended: its writer died.
  private var isCut: Bool {
    get throws {
      let end = try file.seek(offset: 0, from: .end)
      guard end > 0 else { return false }
      var last: [UInt8] = [0]
      let count = try unsafe last.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: end - 1, into: $0) }
      return count == 1 && last != [0x0A]
    }
  }
}
