package import Calendar
import HTTPS
package import StageErrors

/// Why people cannot be fetched from the API store, or read from a file or program. A failed request is an
/// `HTTPSError`.
package struct PeopleSoftError: StageError {
  package let description: String
  package let exitStatus: ExitStatus

  package init(_ description: String, _ exitStatus: ExitStatus = .protocolViolation) {
    self.description = description
    self.exitStatus = exitStatus
  }

  /// A response with a fault of the gateway in its body.
  /// - Parameter shown: the fault, without secrets.
  init(_ address: WebAddress, _ fault: GatewayFault, shown: String?) {
    self.init(
      "\(address.shown): the response is a fault: \(shown ?? "")", fault.isTemporary ? .temporary : .protocolViolation)
  }

  /// Days are owed that are too long ago to be fetched without `--since`.
  package static func unreachableDays(
    status: String, _ ranges: [Range<Day>], maxCatchUp days: Int
  ) -> PeopleSoftError {
    let list = ranges.map { "from \($0.lowerBound) to \($0.upperBound)" }.joined(separator: ", ")
    return PeopleSoftError(
      "\(status): still owed, but more than \(days) days ago (--max-catch-up): the days \(list)"
        + "; fetch them with --since and --until, or have them waived (alma-people-feed waive)", .badData)
  }
}
