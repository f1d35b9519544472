extension SFTPConnection {
  /// Reads a file, and passes its bytes to the body in order, a block at a time. `SSH_FXP_READ`
  /// - Parameter maxBytes: the bytes after these are not read.
  package mutating func read(
    _ path: String, atMost maxBytes: Int, _ body: (Span<UInt8>) -> Void
  ) throws(SFTPError) {
    let handle = try openToRead(path)
    var blocks: [Block] = []
    let result: Result<Void, SFTPError>
    do {
      try read(handle, atMost: maxBytes, &blocks, body)
      result = .success(())
    } catch {
      guard error.isRefusal else { throw error }
      result = .failure(error)
    }
    // The replies that are still pending would otherwise stay in memory.
    for block in blocks { _ = try reply(to: block.id) }
    try closeIgnoringRefusal(handle)
    try result.get()
  }

  /// Whether a file can be opened for reading, for servers that refuse to send its attributes.
  package mutating func canRead(_ path: String) throws(SFTPError) -> Bool {
    do {
      try closeIgnoringRefusal(openToRead(path))
      return true
    } catch {
      guard error.isRefusal else { throw error }
      return false
    }
  }

  private mutating func openToRead(_ path: String) throws(SFTPError) -> SFTPHandle {
    let id = try request(.open) {
      $0.add(path)
      $0.add(0x01 as UInt32)
      $0.add(0 as UInt32)
    }
    return try handle(id, path, "read \(path)")
  }

  private mutating func read(
    _ handle: SFTPHandle, atMost maxBytes: Int, _ blocks: inout [Block], _ body: (Span<UInt8>) -> Void
  ) throws(SFTPError) {
    var offset = 0
    var isAtEnd = false
    var received = 0
    while true {
      while !isAtEnd, blocks.count < Self.window, offset < maxBytes {
        let count = min(Self.blockSize, maxBytes - offset)
        blocks.append(try requestBlock(handle, offset, count))
        offset += count
      }
      guard !blocks.isEmpty else { return }
      let block = blocks.removeFirst()
      let count = try receive(block, handle.path, body)
      received += count
      try requirePace(since: handle.opened, bytes: received)
      if count == 0 { isAtEnd = true }
      // A server may send less than was requested. The rest is requested again, before the blocks after it.
      if count > 0, count < block.count, !isAtEnd {
        blocks.insert(try requestBlock(handle, block.offset + count, block.count - count), at: 0)
      }
    }
  }

  /// A part of a file that has been requested.
  private struct Block {
    let id: UInt32
    let offset: Int
    let count: Int
  }

  private mutating func requestBlock(_ handle: SFTPHandle, _ offset: Int, _ count: Int) throws(SFTPError) -> Block {
    let id = try request(.read) {
      $0.add(handle.bytes)
      $0.add(UInt64(offset))
      $0.add(UInt32(count))
    }
    return Block(id: id, offset: offset, count: count)
  }

  /// Waits for a block, and passes its bytes to the body.
  /// - Returns: the number of bytes; 0 at the end of the file.
  private mutating func receive(
    _ block: Block, _ path: String, _ body: (Span<UInt8>) -> Void
  ) throws(SFTPError) -> Int {
    let reply = try reply(to: block.id)
    if reply.type == .data {
      let count = try parse(reply) { (reply) throws(SFTPReply.Malformed) in try reply.withData(body) }
      guard count <= block.count else { throw violation("more bytes of \(path) than were requested") }
      return count
    }
    let status = try status(in: reply)
    if status.code == SFTPStatus.endOfFile { return 0 }
    throw refusal("read \(path)", status)
  }

  /// Closes a file or directory that was only read. A refusal is ignored.
  private mutating func closeIgnoringRefusal(_ handle: SFTPHandle) throws(SFTPError) {
    do { try close(handle) } catch { if !error.isRefusal { throw error } }
  }

  /// The maximum size of a listing: a server could send an endless one.
  private static var maxListing: (names: Int, bytes: Int) { (250_000, 64 << 20) }

  /// A name in a directory, and its attributes.
  package typealias Listed = (name: String, attributes: SFTPAttributes)

  /// The names in a directory with their attributes, in the server's order, without `.` and `..`. `SSH_FXP_READDIR`
  package mutating func list(_ path: String) throws(SFTPError) -> [Listed] {
    let handle = try handle(request(.openDirectory, path), path, "list \(path)")
    var entries: [Listed] = []
    var bytes = 0
    while true {
      let reply = try reply(to: request(.readDirectory) { $0.add(handle.bytes) })
      guard reply.type == .name else {
        let status = try status(in: reply)
        try closeIgnoringRefusal(handle)
        guard status.code == SFTPStatus.endOfFile else { throw refusal("list \(path)", status) }
        break
      }
      bytes += reply.count
      let some = try parse(reply, Self.names)
      // Some servers end a listing with an empty packet, which they would send again and again.
      if some.isEmpty {
        try closeIgnoringRefusal(handle)
        break
      }
      entries += some
      guard entries.count <= Self.maxListing.names, bytes <= Self.maxListing.bytes else {
        try closeIgnoringRefusal(handle)
        throw violation("the listing of \(path) does not end after \(entries.count) names")
      }
      try requirePace(since: handle.opened, bytes: bytes)
    }
    return entries.filter { $0.name != "." && $0.name != ".." }
  }

  private static func names(_ reply: inout SFTPReply) throws(SFTPReply.Malformed) -> [Listed] {
    var names: [Listed] = []
    for _ in 0..<(try reply.integer()) {
      let name = try reply.string()
      // The line of `ls -l`.
      _ = try reply.data()
      names.append((name, try reply.attributes()))
    }
    return names
  }
}
