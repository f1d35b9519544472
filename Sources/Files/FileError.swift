public import StageErrors
public import SystemPackage

/// A failed operation on a file or directory.
public struct FileError: StageError, Equatable {
  public enum Action: String, Sendable {
    case open, read, create, write, rename, remove, lock
    case list = "list the directory"
  }

  public let action: Action
  public let path: String
  public let errno: Errno

  public init(_ action: Action, _ path: String, _ errno: Errno) {
    self.action = action
    self.path = path
    self.errno = errno
  }

  /// - Parameter error: an error of swift-system, which is always an `Errno`.
  public init(_ action: Action, _ path: String, _ error: any Error) {
    self.init(action, path, error as? Errno ?? .ioError)
  }

  public var description: String { "cannot \(action.rawValue) \(path): \(errno)" }

  public var exitStatus: ExitStatus {
    switch (action, errno) {
    case (_, .noSpace), (_, .diskQuotaExceeded), (_, .noMemory): .inputOutput
    case (.open, .noSuchFileOrDirectory), (.read, .noSuchFileOrDirectory), (.open, .permissionDenied),
      (.read, .permissionDenied), (.open, .isDirectory), (.read, .isDirectory):
      .missingInput
    case (.lock, .wouldBlock): .temporary
    case (.create, _), (.rename, _), (.list, _): .cannotCreate
    default: .inputOutput
    }
  }
}

extension FileDescriptor {
  /// Opens a file, which is closed when the process executes a program: open(2).
  package static func open(
    _ path: String, _ mode: AccessMode = .readOnly, options: OpenOptions = [], permissions: FilePermissions? = nil,
    for action: FileError.Action
  ) throws(FileError) -> FileDescriptor {
    do {
      return try open(FilePath(path), mode, options: options.union(.closeOnExec), permissions: permissions)
    } catch { throw FileError(action, path, error) }
  }
}
