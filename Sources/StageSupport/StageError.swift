public import RecordStream
import SystemPackage

/// An error that a stage ends with: one line for people, and a status for the shell.
public protocol StageError: Error, CustomStringConvertible {
  var exitStatus: ExitStatus { get }
  /// How long the server asks to wait before a retry; nil if it does not say.
  var retryAfter: Duration? { get }
}

extension StageError {
  public var retryAfter: Duration? { nil }
}

extension StreamError: StageError {
  public var exitStatus: ExitStatus {
    switch self {
    case .input(_, let errno):
      [.noSuchFileOrDirectory, .permissionDenied, .isDirectory].contains(errno) ? .missingInput : .inputOutput
    case .output: .inputOutput
    case .secondFeed, .badRecord, .badLedger: .badData
    }
  }
}

/// A setting, from a flag or from the environment, that cannot be used.
public struct SettingError: StageError, Equatable {
  public let description: String
  public let exitStatus: ExitStatus

  /// - Parameter exitStatus: `usage` where the command line is wrong, `configuration` where something that it names is.
  public init(_ description: String, exitStatus: ExitStatus = .configuration) {
    self.description = description
    self.exitStatus = exitStatus
  }
}

/// The data of the stream are such that the stage must not go on.
public struct DataError: StageError, Equatable {
  public let description: String
  public var exitStatus: ExitStatus { .badData }

  public init(_ description: String) { self.description = description }
}

/// A C library could not allocate memory. Exit status 74.
public struct MemoryError: StageError, Equatable {
  /// Creates the error.
  public init() {}

  public var description: String { "cannot allocate memory" }
  public var exitStatus: ExitStatus { .inputOutput }
}
