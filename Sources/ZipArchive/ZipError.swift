package import StageErrors

/// An error in writing or reading a zip.
package struct ZipError: StageError, Equatable {
  package let reason: String
  /// What to do after looking at the feed; nil if there is no advice.
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
