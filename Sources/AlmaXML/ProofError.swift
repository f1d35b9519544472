public import StageSupport

/// Why a document is not one that Alma may be given, and where.
public struct ProofError: StageError, Equatable {
  public let path: String
  /// Counted from 1.
  public let line: Int
  /// What is wrong, without anything that the document says of people.
  public let problem: String

  public var description: String { "\(path) line \(line): \(problem); make it again with patron-to-xml" }
  public var exitStatus: ExitStatus { .badData }
}
