import CLinux
import SystemPackage

/// A file without a name, in memory, for what reads and writes files only.
final class MemoryFile {
  let descriptor: FileDescriptor

  init() throws {
    descriptor = FileDescriptor(rawValue: unsafe linux_memory_file("fuzz"))
    try require(descriptor.rawValue >= 0, "memory for a file")
  }

  deinit { try? descriptor.close() }

  /// A path that opens it from its start.
  var path: String { "/dev/fd/\(descriptor.rawValue)" }

  func write(_ bytes: [UInt8]) throws { try descriptor.writeAll(bytes) }

  func contents() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(try descriptor.seek(offset: 0, from: .end)))
    try descriptor.seek(offset: 0, from: .start)
    var place = 0
    while place < bytes.count {
      let count = try unsafe bytes.withUnsafeMutableBytes { bytes in
        try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[place...]))
      }
      if count == 0 { break }
      place += count
    }
    return bytes
  }
}
