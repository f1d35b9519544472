/// An open file or directory on the server.
package struct SFTPHandle: Sendable {
  let bytes: [UInt8]
  /// The path, for messages.
  let path: String
  let opened = ContinuousClock.now
  /// The offset of the next write.
  var offset: UInt64 = 0
  /// The writes whose replies have not been read.
  var writes: [UInt32] = []
}

extension SFTPConnection {
  /// The attributes of a file; nil if it does not exist. `SSH_FXP_STAT`
  package mutating func attributes(of path: String) throws(SFTPError) -> SFTPAttributes? {
    let reply = try reply(to: request(.attributesOf, path))
    guard reply.type != .status else {
      let status = try status(in: reply)
      if status.isMissing { return nil }
      throw refusal("look up \(path)", status)
    }
    return try parse(reply) { (reply) throws(SFTPReply.Malformed) in try reply.attributes() }
  }

  /// Creates a file, which must not exist, and opens it for writing. `SSH_FXP_OPEN`
  /// - Parameter permissions: nil for the server's default.
  package mutating func create(_ path: String, permissions: UInt32?) throws(SFTPError) -> SFTPHandle {
    let id = try request(.open) {
      $0.add(path)
      // SSH_FXF_WRITE, SSH_FXF_CREAT, SSH_FXF_EXCL
      $0.add(0x02 | 0x08 | 0x20 as UInt32)
      $0.add((permissions == nil ? 0 : 0x04) as UInt32)
      if let permissions { $0.add(permissions) }
    }
    return try handle(id, path, "create \(path)")
  }

  /// Appends bytes. An error may be thrown only by a later `write`, or by `finishWriting`. `SSH_FXP_WRITE`
  package mutating func write(_ bytes: Span<UInt8>, to handle: inout SFTPHandle) throws(SFTPError) {
    var sent = 0
    while sent < bytes.count {
      let count = min(Self.blockSize, bytes.count - sent)
      let block = bytes.extracting(sent..<sent + count)
      if handle.writes.count == Self.window { try expectWrite(&handle) }
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
    try requirePace(since: handle.opened, bytes: Int(clamping: handle.offset))
  }

  /// Waits until the server has confirmed all writes.
  package mutating func finishWriting(_ handle: inout SFTPHandle) throws(SFTPError) {
    while !handle.writes.isEmpty { try expectWrite(&handle) }
  }

  /// Syncs the file to the disk if the server can. `fsync@openssh.com`
  package mutating func synchronize(_ handle: SFTPHandle) throws(SFTPError) {
    guard extensions.contains("fsync@openssh.com") else { return }
    let bytes = handle.bytes
    let id = try request(.extended) {
      $0.add("fsync@openssh.com")
      $0.add(bytes)
    }
    try expectSuccess(of: id, "sync \(handle.path) to the disk")
  }

  /// Closes a file or directory. `SSH_FXP_CLOSE`
  package mutating func close(_ handle: SFTPHandle) throws(SFTPError) {
    try expectSuccess(of: request(.close) { $0.add(handle.bytes) }, "close \(handle.path)")
  }

  /// Renames a file. Most servers refuse to overwrite another file, with the status "Failure". `SSH_FXP_RENAME`
  package mutating func rename(_ path: String, to newPath: String) throws(SFTPError) {
    try expectSuccess(of: request(.rename, path, newPath), "rename \(path) to \(newPath)")
  }

  /// Renames a file, and overwrites the file of the new name if there is one. `posix-rename@openssh.com`
  ///
  /// On a server without that extension, no file has that name for a short time.
  package mutating func replace(_ path: String, with newFile: String) throws(SFTPError) {
    guard extensions.contains("posix-rename@openssh.com") else {
      // There may be no file to remove, which some servers report as another error. The rename fails if the name is not
      // free.
      var refusal: SFTPError?
      do { try remove(path) } catch {
        guard error.isRefusal else { throw error }
        if !error.isMissing { refusal = error }
      }
      do { return try rename(newFile, to: path) } catch { throw refusal ?? error }
    }
    let id = try request(.extended, "posix-rename@openssh.com", newFile, path)
    try expectSuccess(of: id, "rename \(newFile) to \(path)")
  }

  /// Removes a file. `SSH_FXP_REMOVE`
  package mutating func remove(_ path: String) throws(SFTPError) {
    try expectSuccess(of: request(.remove, path), "remove \(path)")
  }

  /// Sets the lowest 12 bits of the mode of a file. `SSH_FXP_SETSTAT`
  package mutating func setPermissions(of path: String, _ permissions: UInt32) throws(SFTPError) {
    let id = try request(.setAttributes) {
      $0.add(path)
      $0.add(0x04 as UInt32)
      $0.add(permissions)
    }
    try expectSuccess(of: id, "set the permissions of \(path)")
  }

  /// The free bytes for this user in the file system of a path; nil if the server does not report it.
  /// `statvfs@openssh.com`
  package mutating func freeSpace(in path: String) throws(SFTPError) -> Int? {
    guard extensions.contains("statvfs@openssh.com") else { return nil }
    let reply = try reply(to: request(.extended, "statvfs@openssh.com", path))
    guard reply.type == .extendedReply else { return nil }
    return try parse(reply) { (reply) throws(SFTPReply.Malformed) in
      // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail
      _ = try reply.longInteger()
      let unit = try reply.longInteger()
      for _ in 0..<2 { _ = try reply.longInteger() }
      return Int(clamping: unit.multipliedReportingOverflow(by: try reply.longInteger()).partialValue)
    }
  }

  /// Waits for the handle in the reply to a request. `SSH_FXP_HANDLE`
  /// - Parameter action: for the message of a refusal.
  mutating func handle(_ id: UInt32, _ path: String, _ action: String) throws(SFTPError) -> SFTPHandle {
    let reply = try reply(to: id)
    guard reply.type == .handle else { throw refusal(action, try status(in: reply)) }
    let bytes = try parse(reply) { (reply) throws(SFTPReply.Malformed) in Array(try reply.data()) }
    return SFTPHandle(bytes: bytes, path: path)
  }
}
