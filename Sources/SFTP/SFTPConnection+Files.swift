/// A file or directory that is open on the server.
public struct SFTPHandle: Sendable {
  let bytes: [UInt8]
  /// The path, for messages.
  let path: String
  let opened = ContinuousClock.now
  /// Where the next bytes go.
  var offset: UInt64 = 0
  /// The writes whose answers have not been looked at.
  var writes: [UInt32] = []
}

extension SFTPConnection {
  /// The attributes of a file; nil where there is none. `SSH_FXP_STAT`
  public mutating func attributes(of path: String) throws(SFTPError) -> SFTPAttributes? {
    let answer = try answer(to: request(.attributesOf) { $0.add(path) })
    guard answer.type != .status else {
      let status = try status(in: answer)
      if status.isMissing { return nil }
      throw refusal("look at \(path)", status)
    }
    return try take(answer) { (answer) throws(SFTPAnswer.Malformed) in try answer.attributes() }
  }

  /// Creates a file, which must not exist. `SSH_FXP_OPEN`
  /// - Parameter permissions: nil for those that the server gives by itself.
  public mutating func create(_ path: String, permissions: UInt32?) throws(SFTPError) -> SFTPHandle {
    let id = try request(.open) {
      $0.add(path)
      $0.add(0x02 | 0x08 | 0x20 as UInt32)  // to write, create, exclusively
      $0.add((permissions == nil ? 0 : 0x04) as UInt32)
      if let permissions { $0.add(permissions) }
    }
    return try handle(id, path, "create \(path)")
  }

  /// Sends bytes to be written behind those before; an error may show only with a later request. `SSH_FXP_WRITE`
  public mutating func write(_ bytes: Span<UInt8>, to handle: inout SFTPHandle) throws(SFTPError) {
    var sent = 0
    while sent < bytes.count {
      let count = min(Self.blockSize, bytes.count - sent)
      let block = bytes.extracting(sent..<sent + count)
      if handle.writes.count == Self.window { try expectWrite(&handle) }
      // Spans cannot be captured, so the request is put together here.
      let id = try requestWrite(block, handle)
      handle.writes.append(id)
      handle.offset += UInt64(count)
      sent += count
    }
  }

  private mutating func requestWrite(_ block: Span<UInt8>, _ handle: SFTPHandle) throws(SFTPError) -> UInt32 {
    try request(.write, capacity: block.count + 300) {
      $0.add(handle.bytes)
      $0.add(handle.offset)
      $0.add(block)
    }
  }

  private mutating func expectWrite(_ handle: inout SFTPHandle) throws(SFTPError) {
    try expectSuccess(of: handle.writes.removeFirst(), "write \(handle.path)")
    try keepPace(since: handle.opened, bytes: Int(clamping: handle.offset))
  }

  /// Waits until all is written.
  public mutating func finishWriting(_ handle: inout SFTPHandle) throws(SFTPError) {
    while !handle.writes.isEmpty { try expectWrite(&handle) }
  }

  /// Puts what is written on the disk, where the server offers that. `fsync@openssh.com`
  public mutating func synchronize(_ handle: SFTPHandle) throws(SFTPError) {
    guard extensions.contains("fsync@openssh.com") else { return }
    let bytes = handle.bytes
    let id = try request(.extended) {
      $0.add("fsync@openssh.com")
      $0.add(bytes)
    }
    try expectSuccess(of: id, "write \(handle.path) to the disk")
  }

  /// `SSH_FXP_CLOSE`
  public mutating func close(_ handle: SFTPHandle) throws(SFTPError) {
    try expectSuccess(of: request(.close) { $0.add(handle.bytes) }, "close \(handle.path)")
  }

  /// Gives a file a name that is free. Most servers refuse to overwrite, with no more than "Failure". `SSH_FXP_RENAME`
  public mutating func rename(_ path: String, to newPath: String) throws(SFTPError) {
    let id = try request(.rename) {
      $0.add(path)
      $0.add(newPath)
    }
    try expectSuccess(of: id, "rename \(path) to \(newPath)")
  }

  /// Gives a file a name in the place of what has it now. `posix-rename@openssh.com`
  public mutating func replace(_ path: String, with newFile: String) throws(SFTPError) {
    guard extensions.contains("posix-rename@openssh.com") else {
      // There is no other way; between the two there is no file of that name. There may be none to remove, which not every server
      // tells from a failure: whether the name is free, the rename finds out.
      var refusal: SFTPError?
      do { try remove(path) } catch {
        guard error.isRefusal else { throw error }
        if !error.isMissing { refusal = error }
      }
      do { return try rename(newFile, to: path) } catch { throw refusal ?? error }
    }
    let id = try request(.extended) {
      $0.add("posix-rename@openssh.com")
      $0.add(newFile)
      $0.add(path)
    }
    try expectSuccess(of: id, "rename \(newFile) to \(path)")
  }

  /// `SSH_FXP_REMOVE`
  public mutating func remove(_ path: String) throws(SFTPError) {
    try expectSuccess(of: request(.remove) { $0.add(path) }, "remove \(path)")
  }

  /// `SSH_FXP_SETSTAT`
  public mutating func setPermissions(of path: String, _ permissions: UInt32) throws(SFTPError) {
    let id = try request(.setAttributes) {
      $0.add(path)
      $0.add(0x04 as UInt32)
      $0.add(permissions)
    }
    try expectSuccess(of: id, "set the permissions of \(path)")
  }

  /// Bytes that this user can still write in a directory; nil where the server does not tell. `statvfs@openssh.com`
  public mutating func freeSpace(in path: String) throws(SFTPError) -> Int? {
    guard extensions.contains("statvfs@openssh.com") else { return nil }
    let id = try request(.extended) {
      $0.add("statvfs@openssh.com")
      $0.add(path)
    }
    let answer = try answer(to: id)
    guard answer.type == .extendedReply else { return nil }
    return try take(answer) { (answer) throws(SFTPAnswer.Malformed) in
      // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail
      _ = try answer.longInteger()
      let unit = try answer.longInteger()
      for _ in 0..<2 { _ = try answer.longInteger() }
      return Int(clamping: unit.multipliedReportingOverflow(by: try answer.longInteger()).partialValue)
    }
  }

  func handle(from answer: SFTPAnswer, _ path: String, _ action: String) throws(SFTPError) -> SFTPHandle {
    guard answer.type == .handle else { throw refusal(action, try status(in: answer)) }
    let bytes = try take(answer) { (answer) throws(SFTPAnswer.Malformed) in Array(try answer.data()) }
    return SFTPHandle(bytes: bytes, path: path)
  }

  mutating func handle(_ id: UInt32, _ path: String, _ action: String) throws(SFTPError) -> SFTPHandle {
    try handle(from: try answer(to: id), path, action)
  }
}
