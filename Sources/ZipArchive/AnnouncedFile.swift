import Files
import Glibc
import RecordStream
import StageErrors
import SystemPackage

/// An XML file that a record of the stream names, opened for reading.
struct AnnouncedFile: ~Copyable {
  let record: FileRecord
  let name: String
  private let file: FileDescriptor

  init(_ record: FileRecord) throws {
    self.record = record
    name = FilePath(record.path).lastComponent?.string ?? record.path
    file = try Self.open(record)
  }

  /// Opens the file of a record, which must be a regular file of the announced length.
  private static func open(_ record: FileRecord) throws -> FileDescriptor {
    // `nonBlocking`, so that opening a named pipe does not wait for a writer.
    let file = try FileDescriptor.open(record.path, options: .nonBlocking, for: .open)
    do {
      var status = stat()
      guard unsafe fstat(file.rawValue, &status) == 0 else { throw FileError(.read, record.path, Errno.current) }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw ZipError("\(record.path): not a regular file; its record has to name an XML file", .badData)
      }
      try require(Int(status.st_size), "bytes", record.bytes, of: record)
      return file
    } catch {
      try? file.close()
      throw error
    }
  }

  /// Reads the file once, for the body in this thread and for its proof in another.
  /// - Throws: `ZipError` if the bytes or users are not as many as announced, or the error of the body or the proof.
  func read(proof: @escaping Proof, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let blocks = BlockQueue()
    let thread = try ProofThread(proof, of: record.path, blocks)
    let bytes = Result { try unsafe readAll(through: blocks, body) }
    blocks.endReading()
    let users = thread.join()
    // If the body failed, the proof has seen only a part of the document, so its result means nothing.
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
    guard found != announced else { return }
    throw ZipError(
      "\(record.path): \(found) \(what), but its record announces \(announced); make it again with patron-to-xml",
      .badData)
  }

  deinit { try? file.close() }
}
