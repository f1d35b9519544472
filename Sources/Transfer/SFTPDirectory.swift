import SFTP
import StageSupport

/// A drop directory on an SFTP server.
final class SFTPDirectory: DropDirectory {
  private var connection: SFTPConnection
  /// Without a slash at its end, or empty for the root.
  private let path: String
  private let location: DropLocation
  /// The file that is being written.
  private var file: SFTPHandle?
  private var fileName = ""
  private var fileMode: UInt16 = 0

  /// Waits for the session, and looks whether the directory is there.
  init(_ connection: consuming SFTPConnection, path: String, _ location: DropLocation) throws {
    try connection.greet()
    self.connection = connection
    self.path = path == "/" ? "" : path
    self.location = location
    guard try self.connection.attributes(of: path)?.isDirectory == true else {
      throw TransferError.noDirectory(location.description)
    }
  }

  func entry(_ name: String) throws -> DropEntry? {
    try connection.attributes(of: place(name)).map { Self.entry(name, $0) }
  }

  func entries() throws -> [DropEntry]? {
    guard let files = try readableFiles() else { return nil }
    return files.filter(\.attributes.isRegularFile).map { Self.entry($0.name, $0.attributes) }
  }

  private func readableFiles() throws(SFTPError) -> [(name: String, attributes: SFTPAttributes)]? {
    do { return try connection.list(path.isEmpty ? "/" : path) } catch {
      if error.isDenial { return nil }
      throw error
    }
  }

  func create(_ name: String, mode: UInt16) throws {
    fileName = name
    fileMode = mode
    file = try withSpaceRemark { () throws(SFTPError) in
      try connection.create(place(name), permissions: UInt32(mode))
    }
  }

  func append(_ bytes: Span<UInt8>) throws {
    guard var handle = file else { return }
    // Kept out of the property meanwhile, so that it is not copied with each write.
    file = nil
    do { try connection.write(bytes, to: &handle) } catch { throw remarked(error) }
    file = handle
  }

  func finishFile() throws {
    guard var handle = file else { return }
    file = nil
    try withSpaceRemark { () throws(SFTPError) in
      try connection.synchronize(&handle)
      try connection.close(handle)
    }
    // The server's umask may have taken something away.
    guard let mode = try entry(fileName)?.mode, mode != fileMode else { return }
    do { try connection.setPermissions(of: place(fileName), UInt32(fileMode)) } catch {
      if !error.isDenial { throw error }
    }
  }

  func read(_ name: String, _ body: (Span<UInt8>) -> Void) throws -> Bool {
    do {
      try connection.read(place(name), body)
      return true
    } catch {
      if error.isDenial { return false }
      throw error
    }
  }

  func rename(_ name: String, to newName: String) throws -> Bool {
    do {
      try connection.rename(place(name), to: place(newName))
      return true
    } catch {
      // The protocol has no word for it: "Failure" is what a taken name gets.
      guard case .refusal = error, try entry(newName) != nil else { throw error }
      return false
    }
  }

  func replace(_ name: String, with temporary: String) throws {
    try connection.replace(place(name), with: place(temporary))
  }

  func remove(_ name: String) throws { try connection.remove(place(name)) }

  private func place(_ name: String) -> String { "\(path)/\(name)" }

  private static func entry(_ name: String, _ attributes: SFTPAttributes) -> DropEntry {
    DropEntry(
      name: name, bytes: attributes.size ?? 0, modified: attributes.modified ?? 0,
      mode: UInt16((attributes.permissions ?? 0) & 0o777))
  }

  /// Adds to what the server says that its disk is full, where it is: of that, the protocol can say no more than "Failure".
  private func withSpaceRemark<Result>(_ work: () throws(SFTPError) -> Result) throws(SFTPError) -> Result {
    do { return try work() } catch { throw remarked(error) }
  }

  private func remarked(_ error: SFTPError) -> SFTPError {
    guard case .refusal(let place, let action, var status) = error,
      let free = try? connection.freeSpace(in: path.isEmpty ? "/" : path), free < 1 << 20
    else { return error }
    status.remark = "no space is left there"
    return .refusal(place: place, action: action, status)
  }
}
