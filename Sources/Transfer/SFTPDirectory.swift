import SFTP
import Stage

/// A drop directory on an SFTP server.
///
/// Servers differ in the operations that they refuse, in the status of a refusal, and in the attributes that they send.
/// So a refusal stops a delivery only if the operation is essential, and an attribute that is missing is unknown.
final class SFTPDirectory: DropDirectory {
  private var connection: SFTPConnection
  /// Without a slash at its end; empty for the root.
  private let path: String
  private let location: DropLocation
  private let diagnostics: Diagnostics
  /// The file that is being written, its name, and its requested mode.
  private var file: SFTPHandle?
  private var fileName = ""
  private var fileMode: UInt16 = 0

  /// Waits for the session. Throws `TransferError.noDirectory` if there is no such directory.
  init(
    _ connection: consuming SFTPConnection, path: String, _ location: DropLocation, _ diagnostics: Diagnostics
  ) throws {
    try connection.open()
    self.connection = connection
    self.path = path == "/" ? "" : path
    self.location = location
    self.diagnostics = diagnostics
    do {
      guard try self.connection.attributes(of: path)?.mayBeDirectory == true else {
        throw TransferError.noDirectory(location.description)
      }
    } catch let error as SFTPError where error.isRefusal {
      diagnostics.note("\(error)")
    }
  }

  func entry(_ name: String) throws -> DropEntry? {
    do { return try connection.attributes(of: place(name)).map { Self.entry(name, $0) } } catch {
      // Some servers reply "permission denied" or "failure" for a name that does not exist.
      guard error.isRefusal else { throw error }
      return try connection.canRead(place(name)) ? DropEntry(name: name) : nil
    }
  }

  func entries(where isWanted: (String) -> Bool) throws -> [DropEntry] {
    var entries: [DropEntry] = []
    for file in try connection.list(path.isEmpty ? "/" : path) where file.attributes.mayBeFile && isWanted(file.name) {
      // A file that has been removed since is left out.
      guard let attributes = try details(of: file), attributes.mayBeFile else { continue }
      entries.append(Self.entry(file.name, attributes))
    }
    return entries
  }

  /// The attributes in the listing, or else those of the single file; nil if it does not exist.
  private func details(of file: SFTPConnection.Listed) throws(SFTPError) -> SFTPAttributes? {
    guard file.attributes.size == nil || file.attributes.modified == nil else { return file.attributes }
    do { return try connection.attributes(of: place(file.name)) } catch {
      guard error.isRefusal else { throw error }
      return file.attributes
    }
  }

  func create(_ name: String, mode: UInt16) throws {
    fileName = name
    fileMode = mode
    let path = place(name)
    do { file = try connection.create(path, permissions: UInt32(mode)) } catch {
      guard error.isRefusal else { throw error }
      // Some servers refuse a request with permissions, and a few of them have created the file by then.
      try? connection.remove(path)
      file = try withSpaceRemark { () throws(SFTPError) in try connection.create(path, permissions: nil) }
      diagnostics.note("the server refuses to create a file with permissions (\(error)); it was created without them")
    }
  }

  func append(_ bytes: Span<UInt8>) throws {
    guard var handle = file else { return }
    // Moved out of the property, so that a write does not copy it.
    file = nil
    defer { file = handle }
    do { try connection.write(bytes, to: &handle) } catch { throw remarked(error) }
  }

  func finishFile() throws {
    guard var handle = file else { return }
    try withSpaceRemark { () throws(SFTPError) in
      try connection.finishWriting(&handle)
      try synchronize(handle)
      file = nil
      try connection.close(handle)
    }
    try setMode()
  }

  private func synchronize(_ handle: SFTPHandle) throws(SFTPError) {
    do { try connection.synchronize(handle) } catch {
      let error = remarked(error)
      guard error.isRefusal, !error.isOutOfSpace else { throw error }
      diagnostics.note("\(error); the server has confirmed all writes")
    }
  }

  /// Sets the mode if the server's umask has changed it.
  private func setMode() throws {
    guard try entry(fileName)?.mode != fileMode else { return }
    do { try connection.setPermissions(of: place(fileName), UInt32(fileMode)) } catch {
      guard error.isRefusal else { throw error }
      diagnostics.note("\(error); the file keeps other permissions")
    }
  }

  func read(_ name: String, atMost maxBytes: Int, _ body: (Span<UInt8>) -> Void) throws -> ReadResult {
    do {
      try connection.read(place(name), atMost: maxBytes, body)
      return .done
    } catch {
      if error.isMissing { return .missing }
      if error.isRefusal { return .refused }
      throw error
    }
  }

  func rename(_ name: String, to newName: String) throws -> Bool {
    // Some servers overwrite, against the protocol. This lookup leaves only a short time in which that can happen.
    if try entry(newName) != nil { return false }
    do { try connection.rename(place(name), to: place(newName)) } catch {
      // The protocol has no status for a name that is taken: the reply is "Failure".
      guard error.isRefusal else { throw error }
      if try entry(newName) != nil { return false }
      // Alma may have taken the file of that name since.
      try connection.rename(place(name), to: place(newName))
    }
    return true
  }

  func replace(_ name: String, with temporary: String) throws {
    try connection.replace(place(name), with: place(temporary))
  }

  func remove(_ name: String) throws {
    if name == fileName, let handle = file {
      // Some systems do not remove an open file.
      file = nil
      try? connection.close(handle)
    }
    try connection.remove(place(name))
  }

  private func place(_ name: String) -> String { "\(path)/\(name)" }

  private static func entry(_ name: String, _ attributes: SFTPAttributes) -> DropEntry {
    DropEntry(
      name: name, bytes: attributes.size,
      // A server that keeps no times may send 0.
      modified: attributes.modified.flatMap { $0 == 0 ? nil : $0 },
      mode: attributes.permissions.map { UInt16($0 & 0o777) })
  }

  /// Adds to a refusal that the server's disk is full, if it is: the protocol has no status for that.
  private func withSpaceRemark<Result>(_ work: () throws(SFTPError) -> Result) throws(SFTPError) -> Result {
    do { return try work() } catch { throw remarked(error) }
  }

  private func remarked(_ error: SFTPError) -> SFTPError {
    guard case .refusal(let place, let action, var status) = error, status.remark.isEmpty,
      let free = try? connection.freeSpace(in: path.isEmpty ? "/" : path), free < 1 << 20
    else { return error }
    status.remark = "no space is left on the server"
    return .refusal(place: place, action: action, status)
  }
}
