/// An error that a stage ends with: one line for people, and a status for the shell.
public protocol StageError: Error, CustomStringConvertible {
  var exitStatus: ExitStatus { get }
  /// How long the server asks to wait before a retry; nil if it does not say.
  var retryAfter: Duration? { get }
}

extension StageError {
  public var retryAfter: Duration? { nil }
}

/// A setting, from a flag or from the environment, that cannot be used: 78, or 64 where the command line is wrong.
public struct SettingError: StageError, Equatable {
  public let description: String
  public let exitStatus: ExitStatus

  /// - Parameter exitStatus: `usage` where the command line is wrong, `configuration` where something that it names is.
  public init(_ description: String, exitStatus: ExitStatus = .configuration) {
    self.description = description
    self.exitStatus = exitStatus
  }
}

/// Data in the stream with which the stage must not go on: 65.
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
