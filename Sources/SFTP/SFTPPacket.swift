/// The types of packets of SFTP version 3 that are used (draft-ietf-secsh-filexfer-02).
enum SFTPPacketType: UInt8 {
  case initialize = 1
  case version = 2
  case open = 3
  case close = 4
  case read = 5
  case write = 6
  case setAttributes = 9
  case openDirectory = 11
  case readDirectory = 12
  case remove = 13
  case attributesOf = 17
  case rename = 18
  case status = 101
  case handle = 102
  case data = 103
  case name = 104
  case attributes = 105
  case extended = 200
  case extendedReply = 201
}

/// A request that is being composed: length, type, number, and fields.
struct SFTPRequest {
  private var bytes: [UInt8]

  /// - Parameters:
  ///   - id: the request's number, which its reply repeats.
  ///   - capacity: the expected bytes of the fields.
  init(_ type: SFTPPacketType, id: UInt32, capacity: Int = 256) {
    bytes = [0, 0, 0, 0, type.rawValue]
    bytes.reserveCapacity(bytes.count + capacity + 4)
    add(id)
  }

  mutating func add(_ number: UInt32) {
    for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func add(_ number: UInt64) {
    add(UInt32(truncatingIfNeeded: number >> 32))
    add(UInt32(truncatingIfNeeded: number))
  }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  mutating func add(_ data: [UInt8]) {
    add(UInt32(data.count))
    bytes += data
  }

  mutating func add(_ data: Span<UInt8>) {
    add(UInt32(data.count))
    unsafe data.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  /// The packet, with its length at the beginning.
  consuming func finish() -> [UInt8] {
    let length = UInt32(bytes.count - 4)
    for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
    return bytes
  }
}

/// A packet from the server, whose fields are read one after the other.
struct SFTPReply {
  let type: SFTPPacketType
  let id: UInt32
  private let bytes: [UInt8]
  private var offset: Int

  /// A field is missing, or is longer than the packet.
  struct Malformed: Error {}

  /// - Parameter body: the packet without its length.
  init(_ body: ArraySlice<UInt8>) throws(Malformed) {
    guard let first = body.first, let type = SFTPPacketType(rawValue: first) else { throw Malformed() }
    guard body.count >= 5 else { throw Malformed() }
    self.type = type
    bytes = Array(body.dropFirst())
    // In the first packet this is the version of the protocol.
    id = bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    offset = 4
  }

  var isAtEnd: Bool { offset == bytes.count }

  /// The length of number and fields, in bytes.
  var count: Int { bytes.count }

  mutating func integer() throws(Malformed) -> UInt32 {
    guard bytes.count - offset >= 4 else { throw Malformed() }
    defer { offset += 4 }
    return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func longInteger() throws(Malformed) -> UInt64 {
    let high = UInt64(try integer())
    return high << 32 | UInt64(try integer())
  }

  mutating func string() throws(Malformed) -> String { String(decoding: try data(), as: UTF8.self) }

  mutating func data() throws(Malformed) -> ArraySlice<UInt8> {
    let count = Int(try integer())
    guard count <= bytes.count - offset else { throw Malformed() }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  /// Passes the next field to the body.
  /// - Returns: the number of its bytes.
  mutating func withData(_ body: (Span<UInt8>) -> Void) throws(Malformed) -> Int {
    let range = try data().indices
    body(bytes.span.extracting(range))
    return range.count
  }

  mutating func attributes() throws(Malformed) -> SFTPAttributes {
    let flags = try integer()
    var attributes = SFTPAttributes()
    if flags & 1 != 0 { attributes.size = Int(clamping: try longInteger()) }
    if flags & 2 != 0 { _ = try longInteger() }
    if flags & 4 != 0 { attributes.permissions = try integer() }
    if flags & 8 != 0 {
      _ = try integer()
      attributes.modified = Int(try integer())
    }
    if flags & 0x8000_0000 != 0 {
      for _ in 0..<(try integer()) {
        _ = try data()
        _ = try data()
      }
    }
    return attributes
  }
}

/// The attributes of a file. Each is nil if the server does not send it.
package struct SFTPAttributes: Equatable, Sendable {
  /// In bytes.
  package var size: Int?
  /// Type and mode, as in `st_mode`.
  package var permissions: UInt32?
  /// When it was modified, in seconds since 1970.
  package var modified: Int?

  /// The bits of the type in `st_mode`; nil if the server does not send them, as many that are not on Unix.
  private var type: UInt32? {
    let bits = (permissions ?? 0) & 0o170000
    return bits == 0 ? nil : bits
  }

  /// False only if the server says that it is not a regular file.
  package var mayBeFile: Bool { type ?? 0o100000 == 0o100000 }
  /// False only if the server says that it is not a directory.
  package var mayBeDirectory: Bool { type ?? 0o040000 == 0o040000 }
}
