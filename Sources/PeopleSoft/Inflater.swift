import CZlib

/// Unpacks a gzip body piece by piece, and knows whether it was whole: libcurl takes one that is cut for good.
@safe struct Inflater: ~Copyable {
  /// The body ends where a gzip member ends, or in padding behind it.
  private(set) var isAtEnd = false
  private var isInPadding = false
  private let stream: UnsafeMutablePointer<z_stream>
  private var room: [UInt8] = Array(repeating: 0, count: 64 << 10)

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for gzip's own head and checksum. It fails only without memory, and so does inflate then.
    unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Unpacks a piece, and lends what comes out in pieces.
  /// - Throws: an `InflateFault`, or what `take` throws.
  mutating func inflate(_ piece: Span<UInt8>, _ take: (Span<UInt8>) throws -> Void) throws {
    try unsafe piece.withUnsafeBufferPointer { bytes in
      // zlib only reads from next_in.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(bytes.count)
      repeat {
        let count = try unpack()
        if count > 0 { try take(room.span.extracting(0..<count)) }
        // A full room may have left something behind.
        if count < room.count, unsafe stream.pointee.avail_in == 0 { break }
      } while true
      unsafe stream.pointee.next_in = nil
    }
  }

  /// - Returns: how many bytes have come out.
  private mutating func unpack() throws(InflateFault) -> Int {
    // After a member's end another may follow, or padding to the end of the body.
    if isAtEnd {
      skipPadding()
      if unsafe stream.pointee.avail_in == 0 { return 0 }
      if isInPadding { throw InflateFault() }
      unsafe inflateReset(stream)
      isAtEnd = false
    }
    let size = room.count
    let code = unsafe room.withUnsafeMutableBufferPointer { room in
      unsafe stream.pointee.next_out = room.baseAddress
      unsafe stream.pointee.avail_out = UInt32(size)
      return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    }
    unsafe stream.pointee.next_out = nil
    isAtEnd = code == Z_STREAM_END
    // Z_BUF_ERROR: nothing to do, which is no fault.
    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw InflateFault() }
    return size - Int(unsafe stream.pointee.avail_out)
  }
}

extension Inflater {
  /// NUL, as tapes and some servers fill up blocks, and line ends, as some servers end every body. gzip(1) ignores them too.
  private mutating func skipPadding() {
    while unsafe stream.pointee.avail_in > 0, unsafe [0x00, 0x0A, 0x0D].contains(stream.pointee.next_in.pointee) {
      unsafe stream.pointee.next_in += 1
      unsafe stream.pointee.avail_in -= 1
      isInPadding = true
    }
  }
}

/// The bytes are no gzip.
struct InflateFault: Error {}
