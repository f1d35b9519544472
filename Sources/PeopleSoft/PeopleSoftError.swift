package import Calendar
package import HTTPS
package import StageErrors

/// The people cannot be had from the API store, or from a saved response. Requests that fail are an `HTTPSError`.
package enum PeopleSoftError: StageError {
  /// A fault in the body of a 200.
  case fault(WebAddress, GatewayFault, shown: String)
  /// A token response without a usable token.
  case token(WebAddress, String)
  /// A body that is not a list of people.
  case response(WebAddress, EnvelopeFault)
  /// A file that should have a saved response has something else in it.
  case savedResponse(path: String, EnvelopeFault)
  /// A line of a file of people is not a person.
  case savedPerson(place: String, problem: String)
  /// Days are owed that are too long ago to be fetched without `--since`.
  case unreachableDays(status: String, [Range<Day>], maxCatchUp: Int)

  package var description: String {
    switch self {
    case .fault(let address, _, let shown): "\(address.shown): the response is a fault: \(shown)"
    case .token(let address, let problem): "\(address.shown): \(problem)"
    case .response(let address, let fault): "\(address.shown): \(fault)"
    case .savedResponse(let path, let fault): "\(path): \(fault)"
    case .savedPerson(let place, let problem): "\(place): \(problem)"
    case .unreachableDays(let status, let ranges, let days):
      "\(status): still owed, but more than \(days) days ago (--max-catch-up): the days "
        + ranges.map { "from \($0.lowerBound) to \($0.upperBound)" }.joined(separator: ", ")
        + "; fetch them with --since and --until, or have them waived (alma-people-feed waive)"
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .response(_, .endsEarly): .temporary
    case .fault(_, let fault, _): fault.isTemporary ? .temporary : .protocolViolation
    case .savedResponse(_, .endsEarly), .unreachableDays: .badData
    case .token, .response, .savedResponse, .savedPerson: .protocolViolation
    }
  }
}
