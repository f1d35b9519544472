package import StageErrors

/// Why no zip is written.
package struct ZipError: StageError, Equatable {
  package let reason: String
  /// What a person may do who has looked at the feed; nil for nothing.
  private let advice: String?
  package let exitStatus: ExitStatus
  package let limit: String?

  init(_ reason: String, _ exitStatus: ExitStatus, limit: String? = nil, advice: String? = nil) {
    self.reason = reason
    self.advice = advice
    self.exitStatus = exitStatus
    self.limit = limit
  }

  package var description: String { advice.map { "\(reason); \($0)" } ?? reason }
}
