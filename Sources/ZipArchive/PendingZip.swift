import CLibArchive
import Digest
import Files
import Glibc
import RecordStream
import StageErrors
import SystemPackage

/// A zip that libarchive is writing, and that gets its name when it is complete.
///
/// It is a class, because libarchive keeps its address.
@safe
final class PendingZip {
  /// The path that it will have, unless `commit` is given another.
  let path: String
  /// The number of uncompressed bytes in it.
  private(set) var uncompressedBytes = 0
  private(set) var entries = 0
  private var users = 0
  private var archive: OpaquePointer?
  private var file: PendingFile?
  private var digest: SHA256? = SHA256()
  private var bytes = 0
  /// The first error of the file, because libarchive does not keep the cause.
  private var fault: FileError?

  /// - Parameter level: of deflate, 1 to 9.
  init(_ path: String, level: Int) throws {
    self.path = path
    file = try PendingFile(path)
    guard let archive = unsafe archive_write_new() else { throw FileError(.write, path, .noMemory) }
    unsafe self.archive = archive
    unsafe archive_write_set_format_zip(archive)
    try check(unsafe archive_write_set_format_option(archive, "zip", "compression", "deflate"))
    try check(unsafe archive_write_set_format_option(archive, "zip", "compression-level", String(level)))
    try check(unsafe archive_write_set_format_option(archive, "zip", "hdrcharset", "UTF-8"))
    try check(unsafe archive_write_set_bytes_per_block(archive, 64 << 10))
    try check(unsafe archive_write_set_bytes_in_last_block(archive, 1))
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    try check(
      unsafe archive_write_open2(
        archive, context, nil,
        { _, context, bytes, count in
          // The context is this object, which owns the archive and so outlives it.
          let zip = unsafe Unmanaged<PendingZip>.fromOpaque(context!).takeUnretainedValue()
          return unsafe zip.write(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
        }, nil, nil))
  }

  /// Starts an entry of a name that no other entry has.
  ///
  /// Its header has its size, which zip readers in Java need. Its time stamp is always the earliest that a zip can
  /// have.
  func begin(_ name: String, bytes: Int) throws {
    guard let entry = unsafe archive_entry_new() else { throw FileError(.write, path, .noMemory) }
    defer { unsafe archive_entry_free(entry) }
    unsafe archive_entry_set_pathname_utf8(entry, name)
    unsafe archive_entry_set_filetype(entry, S_IFREG)
    unsafe archive_entry_set_perm(entry, 0o600)
    unsafe archive_entry_set_size(entry, Int64(bytes))
    try check(unsafe archive_write_header(archive, entry))
    uncompressedBytes += bytes
    entries += 1
  }

  /// Compresses the next bytes of the current entry.
  func compress(_ bytes: UnsafeRawBufferPointer) throws {
    if unsafe archive_write_data(archive, bytes.baseAddress, bytes.count) < 0 { throw error() }
  }

  /// Ends the current entry.
  func end(users: Int) throws {
    try check(unsafe archive_write_finish_entry(archive))
    self.users += users
  }

  /// Writes the central directory, which ends the zip.
  func close() throws {
    guard unsafe archive != nil else { return }
    try check(unsafe archive_write_close(archive))
    unsafe archive_write_free(archive)
    unsafe archive = nil
  }

  /// Syncs the zip to the disk and renames it.
  /// - Parameter newPath: a path in the same directory, instead of `path`.
  func commit(as newPath: String? = nil) throws -> FileRecord {
    let path = newPath ?? path
    let sha256 = digest.take()?.finish()
    if let file = file.take() { try file.commit(as: path) }
    return FileRecord(path: path, format: .zip, users: users, bytes: bytes, sha256: sha256, entries: entries)
  }

  private func write(_ piece: UnsafeRawBufferPointer) -> Bool {
    let span = unsafe piece.bindMemory(to: UInt8.self).span
    do throws(FileError) {
      try file?.write(span)
    } catch {
      fault = fault ?? error
      return false
    }
    digest?.update(span)
    bytes += span.count
    return true
  }

  private func check(_ result: Int32) throws {
    if result != ARCHIVE_OK { throw error() }
  }

  private func error() -> any StageError {
    if let fault { return fault }
    if unsafe archive_errno(archive) == ENOMEM { return FileError(.write, path, .noMemory) }
    let message = unsafe archive_error_string(archive).map { unsafe String(cString: $0) }
    return ZipError("cannot write \(path): \(message ?? "libarchive does not say why")", .internalFault)
  }

  deinit {
    guard unsafe archive != nil else { return }
    // libarchive then frees it without a last attempt to write.
    unsafe archive_write_fail(archive)
    unsafe archive_write_free(archive)
  }
}
