/// An error that ends a stage: one line for people, and an exit status.
public protocol StageError: Error, CustomStringConvertible {
  var exitStatus: ExitStatus { get }
  /// The description without what only a person who has looked at the feed may do, for the summary and the mail.
  var reason: String { get }
  /// How long the server asks to wait before a retry; nil if it does not say.
  var retryAfter: Duration? { get }
  /// The flag of the limit that the feed has passed; nil if that is not why the stage failed.
  var limit: String? { get }
}

extension StageError {
  public var reason: String { description }
  public var retryAfter: Duration? { nil }
  public var limit: String? { nil }
}

/// A flag or variable whose value cannot be used. Exit status 78, or 64 if the command line is wrong.
public struct SettingError: StageError, Equatable {
  public let description: String
  public let exitStatus: ExitStatus

  /// - Parameter exitStatus: `usage` if the value itself is wrong, `configuration` if something that it names is wrong.
  public init(_ description: String, exitStatus: ExitStatus = .configuration) {
    self.description = description
    self.exitStatus = exitStatus
  }
}

/// The stream has data that the stage must not process. Exit status 65.
public struct DataError: StageError, Equatable {
  public let description: String
  public var exitStatus: ExitStatus { .badData }
  public let limit: String?

  /// - Parameter limit: the flag of the limit that the feed has passed, without its dashes.
  public init(_ description: String, limit: String? = nil) {
    self.description = description
    self.limit = limit
  }
}

/// A C library could not allocate memory. Exit status 74.
public struct MemoryError: StageError, Equatable {
  public init() {}

  public var description: String { "cannot allocate memory" }
  public var exitStatus: ExitStatus { .inputOutput }
}
