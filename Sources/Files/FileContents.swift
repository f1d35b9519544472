import Encodings
import Glibc
import StageErrors
import SystemPackage

/// Reads whole small files.
public enum FileContents {
  /// The bytes of a file.
  /// - Parameter limit: the maximum size in bytes; a larger file is an error.
  public static func read(_ path: String, limit: Int = 16 << 20) throws(FileError) -> [UInt8] {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
      return try file.closeAfter {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
          let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { return bytes }
          bytes += block[..<count]
          if bytes.count > limit { throw Errno.fileTooLarge }
        }
      }
    } catch {
      throw FileError(.read, path, error)
    }
  }

  /// Throws if a file cannot be read. Call this before a program or library opens the file, whose errors do not name
  /// it.
  public static func requireReadable(_ path: String) throws(FileError) {
    if unsafe access(path, R_OK) != 0 { throw FileError(.read, path, Errno.current) }
  }

  /// The entries of a list, one a line, without the white space around them. Empty lines and lines that begin with `#`
  /// are skipped.
  public static func readList(_ path: String) throws -> [String] {
    guard let text = String(validating: try read(path), as: UTF8.self) else {
      throw SettingError("\(path): not UTF-8 text")
    }
    return text.drop { $0 == "\u{FEFF}" }.split(whereSeparator: \.isNewline)
      .map { $0.trimming(\.properties.isWhitespace) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }
}
