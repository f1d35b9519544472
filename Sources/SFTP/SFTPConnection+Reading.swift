extension SFTPConnection {
  /// Lends the bytes of a file, piece by piece, in their order. `SSH_FXP_READ`
  /// - Parameter most: no more bytes are asked for.
  public mutating func read(
    _ path: String, atMost most: Int, _ body: (Span<UInt8>) -> Void
  ) throws(SFTPError) {
    let handle = try openToRead(path)
    var pieces: [Piece] = []
    let result: Result<Void, SFTPError>
    do {
      try read(handle, atMost: most, &pieces, body)
      result = .success(())
    } catch {
      guard error.isRefusal else { throw error }
      result = .failure(error)
    }
    // What is still to come is not kept for ever.
    for piece in pieces { _ = try answer(to: piece.id) }
    try closeQuietly(handle)
    try result.get()
  }

  /// Finds out whether a file can be read, where its attributes are refused.
  public mutating func canRead(_ path: String) throws(SFTPError) -> Bool {
    do {
      try closeQuietly(openToRead(path))
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
    _ handle: SFTPHandle, atMost most: Int, _ pieces: inout [Piece], _ body: (Span<UInt8>) -> Void
  ) throws(SFTPError) {
    var offset = 0
    var isAtEnd = false
    var received = 0
    while true {
      while !isAtEnd, pieces.count < Self.window, offset < most {
        let count = min(Self.blockSize, most - offset)
        pieces.append(try ask(handle, offset, count))
        offset += count
      }
      guard !pieces.isEmpty else { return }
      let piece = pieces.removeFirst()
      let count = try lend(piece, handle.path, body)
      received += count
      try keepPace(since: handle.opened, bytes: received)
      if count == 0 { isAtEnd = true }
      // What a server has left out of a piece is asked for again, before what comes behind it.
      if count > 0, count < piece.count, !isAtEnd {
        pieces.insert(try ask(handle, piece.offset + count, piece.count - count), at: 0)
      }
    }
  }

  /// A part of a file that has been asked for.
  private struct Piece {
    let id: UInt32
    let offset: Int
    let count: Int
  }

  private mutating func ask(_ handle: SFTPHandle, _ offset: Int, _ count: Int) throws(SFTPError) -> Piece {
    let id = try request(.read) {
      $0.add(handle.bytes)
      $0.add(UInt64(offset))
      $0.add(UInt32(count))
    }
    return Piece(id: id, offset: offset, count: count)
  }

  /// - Returns: how many bytes there were; 0 at the end of the file.
  private mutating func lend(
    _ piece: Piece, _ path: String, _ body: (Span<UInt8>) -> Void
  ) throws(SFTPError) -> Int {
    let answer = try answer(to: piece.id)
    if answer.type == .data {
      let count = try take(answer) { (answer) throws(SFTPAnswer.Malformed) in try answer.withData(body) }
      guard count <= piece.count else { throw nonsense("it sends more of \(path) than was asked for") }
      return count
    }
    let status = try status(in: answer)
    if status.code == SFTPStatus.endOfFile { return 0 }
    throw refusal("read \(path)", status)
  }

  /// Closes what was only looked at: whether the server likes that does not matter.
  private mutating func closeQuietly(_ handle: SFTPHandle) throws(SFTPError) {
    do { try close(handle) } catch { if !error.isRefusal { throw error } }
  }

  /// A listing with more names, or more bytes in them, is taken for one that never ends.
  private static var longestListing: (names: Int, bytes: Int) { (250_000, 64 << 20) }

  /// A name in a directory, and what the server tells of it.
  public typealias Listed = (name: String, attributes: SFTPAttributes)

  /// The names in a directory and what the server tells of them, without `.` and `..`. `SSH_FXP_READDIR`
  public mutating func list(_ path: String) throws(SFTPError) -> [Listed] {
    let handle = try handle(request(.openDirectory) { $0.add(path) }, path, "list \(path)")
    var entries: [Listed] = []
    var bytes = 0
    while true {
      let answer = try answer(to: request(.readDirectory) { $0.add(handle.bytes) })
      guard answer.type == .name else {
        let status = try status(in: answer)
        try closeQuietly(handle)
        guard status.code == SFTPStatus.endOfFile else { throw refusal("list \(path)", status) }
        break
      }
      bytes += answer.count
      let some = try take(answer, Self.names)
      // Some servers end a listing so, and would do it again for ever.
      if some.isEmpty {
        try closeQuietly(handle)
        break
      }
      entries += some
      guard entries.count <= Self.longestListing.names, bytes <= Self.longestListing.bytes else {
        try closeQuietly(handle)
        throw nonsense("its listing of \(path) does not end; \(entries.count) names have come")
      }
      try keepPace(since: handle.opened, bytes: bytes)
    }
    return entries.filter { $0.name != "." && $0.name != ".." }
  }

  private static func names(_ answer: inout SFTPAnswer) throws(SFTPAnswer.Malformed) -> [Listed] {
    var names: [Listed] = []
    for _ in 0..<(try answer.integer()) {
      let name = try answer.string()
      // The line that `ls -l` would show.
      _ = try answer.data()
      names.append((name, try answer.attributes()))
    }
    return names
  }
}
