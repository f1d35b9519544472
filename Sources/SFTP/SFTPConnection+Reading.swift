extension SFTPConnection {
  /// Lends the bytes of a file, piece by piece, in their order. `SSH_FXP_READ`
  public mutating func read(_ path: String, _ body: (Span<UInt8>) -> Void) throws(SFTPError) {
    let id = try request(.open) {
      $0.add(path)
      $0.add(0x01 as UInt32)
      $0.add(0 as UInt32)
    }
    let handle = try handle(id, path, "read \(path)")
    var pieces: [Piece] = []
    var offset: UInt64 = 0
    var isAtEnd = false
    while true {
      while !isAtEnd, pieces.count < Self.window {
        pieces.append(try ask(handle, offset, Self.blockSize))
        offset += UInt64(Self.blockSize)
      }
      guard !pieces.isEmpty else { break }
      let piece = pieces.removeFirst()
      let count = try lend(piece, path, body)
      if count == 0 { isAtEnd = true }
      // What a server has left out of a piece is asked for again, before what comes behind it.
      if count > 0, count < piece.count, !isAtEnd {
        pieces.insert(try ask(handle, piece.offset + UInt64(count), piece.count - count), at: 0)
      }
    }
    try close(handle)
  }

  /// A part of a file that has been asked for.
  private struct Piece {
    let id: UInt32
    let offset: UInt64
    let count: Int
  }

  private mutating func ask(_ handle: SFTPHandle, _ offset: UInt64, _ count: Int) throws(SFTPError) -> Piece {
    let id = try request(.read) {
      $0.add(handle.bytes)
      $0.add(offset)
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
      return try take(answer) { (answer) throws(SFTPAnswer.Malformed) in try answer.withData(body) }
    }
    let status = try status(in: answer)
    if status.code == SFTPStatus.endOfFile { return 0 }
    throw refusal("read \(path)", status)
  }

  /// The names in a directory and what the server tells of them, without `.` and `..`. `SSH_FXP_READDIR`
  public mutating func list(_ path: String) throws(SFTPError) -> [(name: String, attributes: SFTPAttributes)] {
    let handle = try handle(request(.openDirectory) { $0.add(path) }, path, "list \(path)")
    var entries: [(name: String, attributes: SFTPAttributes)] = []
    while true {
      let answer = try answer(to: request(.readDirectory) { $0.add(handle.bytes) })
      guard answer.type == .name else {
        let status = try status(in: answer)
        try close(handle)
        if status.code == SFTPStatus.endOfFile { return entries.filter { $0.name != "." && $0.name != ".." } }
        throw refusal("list \(path)", status)
      }
      entries += try take(answer) { (answer) throws(SFTPAnswer.Malformed) in
        var some: [(name: String, attributes: SFTPAttributes)] = []
        for _ in 0..<(try answer.integer()) {
          let name = try answer.string()
          // The line that `ls -l` would show.
          _ = try answer.data()
          some.append((name, try answer.attributes()))
        }
        return some
      }
    }
  }
}
