import SFTP
import Stage

/// A drop directory on an SFTP server.
///
/// Servers differ in what they refuse and with which status, and in what they tell of a file. So a refusal stops a delivery only
/// where it cannot do without; what is not told counts as not known, and the next operation finds it out.
final class SFTPDirectory: DropDirectory {
  private var connection: SFTPConnection
  /// Without a slash at its end, or empty for the root.
  private let path: String
  private let location: DropLocation
  private let diagnostics: Diagnostics
  /// The file that is being written.
  private var file: SFTPHandle?
  private var fileName = ""
  private var fileMode: UInt16 = 0

  /// Waits for the session, and looks whether the directory is there.
  init(
    _ connection: consuming SFTPConnection, path: String, _ location: DropLocation, _ diagnostics: Diagnostics
  ) throws {
    try connection.greet()
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
      // For a name that is missing, too, a server may say that it is forbidden, or that it has failed.
      guard error.isRefusal else { throw error }
      return try connection.canRead(place(name)) ? DropEntry(name: name) : nil
    }
  }

  func entries(where isWanted: (String) -> Bool) throws -> [DropEntry] {
    var entries: [DropEntry] = []
    for file in try connection.list(path.isEmpty ? "/" : path) where file.attributes.mayBeFile && isWanted(file.name) {
      // What is gone by now is left out.
      guard let attributes = try details(of: file), attributes.mayBeFile else { continue }
      entries.append(Self.entry(file.name, attributes))
    }
    return entries
  }

  /// What is told of a single file, where the listing tells too little; nil where it is gone.
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
      // Some servers refuse a file that is to have permissions, and a few of them have created it by then.
      try? connection.remove(path)
      file = try withSpaceRemark { () throws(SFTPError) in try connection.create(path, permissions: nil) }
      diagnostics.note("the server refuses a file with permissions (\(error)); it was created without them")
    }
  }

  func append(_ bytes: Span<UInt8>) throws {
    guard var handle = file else { return }
    // Kept out of the property meanwhile, so that it is not copied with each write.
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
      diagnostics.note("\(error); the server has all bytes")
    }
  }

  /// The server's umask may have taken something away.
  private func setMode() throws {
    guard try entry(fileName)?.mode != fileMode else { return }
    do { try connection.setPermissions(of: place(fileName), UInt32(fileMode)) } catch {
      guard error.isRefusal else { throw error }
      diagnostics.note("\(error); the file keeps the permissions that the server gives")
    }
  }

  func read(_ name: String, atMost most: Int, _ body: (Span<UInt8>) -> Void) throws -> DropReading {
    do {
      try connection.read(place(name), atMost: most, body)
      return .done
    } catch {
      if error.isMissing { return .gone }
      if error.isRefusal { return .refused }
      throw error
    }
  }

  func rename(_ name: String, to newName: String) throws -> Bool {
    // Some servers overwrite, against the protocol. Looking directly before leaves only a moment in which that can happen.
    if try entry(newName) != nil { return false }
    do { try connection.rename(place(name), to: place(newName)) } catch {
      // The protocol has no word for it: "Failure" is what a taken name gets.
      guard error.isRefusal else { throw error }
      if try entry(newName) != nil { return false }
      // The file that had the name may have been taken since, so one more attempt.
      try connection.rename(place(name), to: place(newName))
    }
    return true
  }

  func replace(_ name: String, with temporary: String) throws {
    try connection.replace(place(name), with: place(temporary))
  }

  func remove(_ name: String) throws {
    if name == fileName, let handle = file {
      // Some systems do not remove what is open.
      file = nil
      try? connection.close(handle)
    }
    try connection.remove(place(name))
  }

  private func place(_ name: String) -> String { "\(path)/\(name)" }

  private static func entry(_ name: String, _ attributes: SFTPAttributes) -> DropEntry {
    DropEntry(
      name: name, bytes: attributes.size,
      // Who has no times may say 0.
      modified: attributes.modified.flatMap { $0 == 0 ? nil : $0 },
      mode: attributes.permissions.map { UInt16($0 & 0o777) })
  }

  /// Adds to what the server says that its disk is full, where it is: of that, the protocol can say no more than "Failure".
  private func withSpaceRemark<Result>(_ work: () throws(SFTPError) -> Result) throws(SFTPError) -> Result {
    do { return try work() } catch { throw remarked(error) }
  }

  private func remarked(_ error: SFTPError) -> SFTPError {
    guard case .refusal(let place, let action, var status) = error, status.remark.isEmpty,
      let free = try? connection.freeSpace(in: path.isEmpty ? "/" : path), free < 1 << 20
    else { return error }
    status.remark = "no space is left there"
    return .refusal(place: place, action: action, status)
  }
}
