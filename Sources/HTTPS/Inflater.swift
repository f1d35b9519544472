import CZlib
import StageErrors

/// Decompresses a gzip body that arrives in pieces, and detects a cut body, for which libcurl reports no error.
@safe struct Inflater: ~Copyable {
  /// Whether the body so far ends with the end of a gzip member, or with padding after it.
  private(set) var isAtEnd = false
  private var isInPadding = false
  private let stream: UnsafeMutablePointer<z_stream>
  private var buffer: [UInt8] = Array(repeating: 0, count: 64 << 10)

  /// Creates an inflater: inflateInit2(3).
  init() throws(MemoryError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // A window of 15 bits, and 16 for the header and checksum of gzip.
    guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      unsafe stream.deallocate()
      throw MemoryError()
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Decompresses a piece, and lends the result in pieces of at most 64 KiB.
  /// - Throws: `InflateFault`, `MemoryError`, or what `take` throws.
  mutating func inflate(_ piece: Span<UInt8>, _ take: (Span<UInt8>) throws -> Void) throws {
    try unsafe piece.withUnsafeBufferPointer { bytes in
      // zlib only reads from next_in.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(bytes.count)
      repeat {
        let count = try decompress()
        if count > 0 { try take(buffer.span.extracting(0..<count)) }
        // If the buffer is full, there may be more.
        if count < buffer.count, unsafe stream.pointee.avail_in == 0 { break }
      } while true
      unsafe stream.pointee.next_in = nil
    }
  }

  /// Fills the buffer: inflate(3).
  /// - Returns: the number of bytes in it.
  private mutating func decompress() throws -> Int {
    // A member may be followed by another, or by padding to the end of the body.
    if isAtEnd {
      skipPadding()
      if unsafe stream.pointee.avail_in == 0 { return 0 }
      if isInPadding { throw InflateFault() }
      unsafe inflateReset(stream)
      isAtEnd = false
    }
    let size = buffer.count
    let code = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe stream.pointee.next_out = buffer.baseAddress
      unsafe stream.pointee.avail_out = UInt32(size)
      return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    }
    unsafe stream.pointee.next_out = nil
    isAtEnd = code == Z_STREAM_END
    if code == Z_MEM_ERROR { throw MemoryError() }
    // Z_BUF_ERROR means that there was nothing to do.
    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw InflateFault() }
    return size - Int(unsafe stream.pointee.avail_out)
  }
}

extension Inflater {
  /// Skips NUL and line ends, which some servers append to a body. gzip(1) ignores them too.
  private mutating func skipPadding() {
    while unsafe stream.pointee.avail_in > 0, unsafe [0x00, 0x0A, 0x0D].contains(stream.pointee.next_in.pointee) {
      unsafe stream.pointee.next_in += 1
      unsafe stream.pointee.avail_in -= 1
      isInPadding = true
    }
  }
}

/// The bytes are not gzip.
struct InflateFault: Error {}
