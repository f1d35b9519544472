import Glibc
import StageErrors
import SystemPackage

/// Small files, read whole.
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

  /// Fails now, while the message can name the file.
  public static func requireReadable(_ path: String) throws(FileError) {
    if unsafe access(path, R_OK) != 0 { throw FileError(.read, path, Errno.current) }
  }

  /// The lines of a list: one entry a line, white space around it dropped, empty lines and those that begin with `#` left out.
  public static func readList(_ path: String) throws -> [String] {
    guard let text = String(validating: try read(path), as: UTF8.self) else {
      throw SettingError("\(path): not UTF-8 text")
    }
    return text.drop { $0 == "\u{FEFF}" }.split(whereSeparator: \.isNewline).map(trimmed).filter {
      !$0.isEmpty && !$0.hasPrefix("#")
    }
  }

  private static func trimmed(_ line: Substring) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let head = line.unicodeScalars.drop(while: isSpace)
    return String(String.UnicodeScalarView(head.reversed().drop(while: isSpace).reversed()))
  }
}
