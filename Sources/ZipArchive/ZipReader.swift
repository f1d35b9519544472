import CLibArchive
import RecordStream
import StageErrors

/// Reads the documents in a zip, line by line.
package enum ZipReader {
  /// Calls a closure with each line of each document, without its line feed, until it returns false.
  /// - Throws: `ZipError` if the zip cannot be read, is damaged, or has a line longer than `LineReader.longestLine`.
  package static func forEachLine(in path: String, _ body: (Span<UInt8>) throws -> Bool) throws {
    guard let archive = unsafe archive_read_new() else { throw MemoryError() }
    defer { unsafe archive_read_free(archive) }
    unsafe archive_read_support_format_zip(archive)
    func error() -> ZipError {
      let message = unsafe archive_error_string(archive).map { unsafe String(cString: $0) }
      return ZipError("cannot read \(path): \(message ?? "libarchive does not say why")", .missingInput)
    }
    if unsafe archive_read_open_filename(archive, path, 64 << 10) < ARCHIVE_WARN { throw error() }
    var block = [UInt8](repeating: 0, count: 64 << 10)
    var line: [UInt8] = []
    while true {
      var entry: OpaquePointer?
      let code = unsafe archive_read_next_header(archive, &entry)
      if code == ARCHIVE_EOF { return }
      if code < ARCHIVE_WARN { throw error() }
      while true {
        let count = unsafe block.withUnsafeMutableBytes { unsafe archive_read_data(archive, $0.baseAddress, $0.count) }
        // A warning is an error, too: the data have another checksum or length than the zip says.
        if count < 0 { throw error() }
        if count == 0 { break }
        for index in 0..<count {
          if block[index] != 0x0A {
            line.append(block[index])
            continue
          }
          guard try body(line.span) else { return }
          line.removeAll(keepingCapacity: true)
        }
        if line.count > LineReader.longestLine { throw ZipError("cannot read \(path): a line is too long", .badData) }
      }
      guard try line.isEmpty || body(line.span) else { return }
      line.removeAll(keepingCapacity: true)
    }
  }
}
