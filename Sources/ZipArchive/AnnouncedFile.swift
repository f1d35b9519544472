import Glibc
import RecordStream
import StageSupport
import SystemPackage

/// An XML file that the stream has announced, opened.
struct AnnouncedFile: ~Copyable {
  let record: FileRecord
  let name: String
  private let file: FileDescriptor

  init(_ record: FileRecord) throws {
    self.record = record
    name = FilePath(record.path).lastComponent?.string ?? record.path
    file = try Self.open(record)
  }

  /// Opens a file that is as long as its record says.
  private static func open(_ record: FileRecord) throws -> FileDescriptor {
    let file: FileDescriptor
    do {
      // Without waiting for the other end, in case it is a pipe.
      file = try FileDescriptor.open(FilePath(record.path), .readOnly, options: [.nonBlocking, .closeOnExec])
    } catch {
      throw FileError(.open, record.path, error)
    }
    do {
      var status = stat()
      guard unsafe fstat(file.rawValue, &status) == 0 else { throw FileError(.read, record.path, Errno.current) }
      guard status.st_mode & S_IFMT == S_IFREG else { throw ZipError.notRegular(path: record.path) }
      try require(Int(status.st_size), "bytes", record.bytes, of: record)
      return file
    } catch {
      try? file.close()
      throw error
    }
  }

  /// Reads the file once: for the zip here, and for its proof in a thread beside.
  func read(proof: @escaping Proof, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let blocks = BlockQueue()
    let witness = try Witness(proof, of: record.path, blocks)
    let bytes = Result { try unsafe readAll(through: blocks, body) }
    blocks.endReading()
    let users = witness.join()
    // If this side has failed, then what the witness says of half a document means nothing.
    let count = try bytes.get()
    let number = try users.get()
    try Self.require(count, "bytes", record.bytes, of: record)
    try Self.require(number, "users", record.users, of: record)
  }

  private func readAll(through blocks: BlockQueue, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    var total = 0
    do {
      while let count = try unsafe blocks.read(file, body), count > 0 { total += count }
    } catch let error as Errno {
      throw FileError(.read, record.path, error)
    }
    return total
  }

  private static func require(_ found: Int, _ what: String, _ announced: Int, of record: FileRecord) throws(ZipError) {
    if found != announced {
      throw ZipError.differs(path: record.path, what: what, found: found, announced: announced)
    }
  }

  deinit { try? file.close() }
}
