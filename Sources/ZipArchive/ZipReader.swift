import CLibArchive
import Glibc
import StageErrors

/// Reads the documents in a zip, line by line.
package enum ZipReader {
  /// The maximum length of a line in bytes; a longer one is an error.
  private static let longestLine = 4 << 20

  /// Calls a closure with each line of each document, without its line feed, until it returns false.
  package static func forEachLine(in path: String, _ body: (Span<UInt8>) throws -> Bool) throws {
    guard let archive = unsafe archive_read_new() else { throw MemoryError() }
    defer { unsafe archive_read_free(archive) }
    unsafe archive_read_support_format_zip(archive)
    func check(_ code: Int32) throws(ZipError) {
      guard code < ARCHIVE_WARN else { return }
      let message = unsafe archive_error_string(archive).map { unsafe String(cString: $0) }
      throw ZipError("cannot read \(path): \(message ?? "libarchive does not say why")", .missingInput)
    }
    try check(unsafe archive_read_open_filename(archive, path, 64 << 10))
    var block = [UInt8](repeating: 0, count: 64 << 10)
    var line: [UInt8] = []
    while true {
      var entry: OpaquePointer?
      let code = unsafe archive_read_next_header(archive, &entry)
      if code == ARCHIVE_EOF { return }
      try check(code)
      while true {
        let count = unsafe block.withUnsafeMutableBytes { unsafe archive_read_data(archive, $0.baseAddress, $0.count) }
        try check(Int32(clamping: min(count, 0)))
        if count == 0 { break }
        for index in 0..<count {
          if block[index] != 0x0A {
            line.append(block[index])
            continue
          }
          guard try body(line.span) else { return }
          line.removeAll(keepingCapacity: true)
        }
        if line.count > longestLine { throw ZipError("cannot read \(path): a line is too long", .badData) }
      }
      guard try line.isEmpty || body(line.span) else { return }
      line.removeAll(keepingCapacity: true)
    }
  }
}
