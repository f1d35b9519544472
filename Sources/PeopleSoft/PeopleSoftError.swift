public import StageSupport

/// Why the people could not be had from the API store, or from what was saved of it.
public enum PeopleSoftError: StageError {
  /// A file with a saved response has something else in it.
  case savedResponse(path: String, EnvelopeFault)
  /// A line of a file of people is none.
  case savedPerson(place: String, problem: String)
  /// The ledger's last window ended too long ago to be caught up without somebody looking at it.
  case longGap(FeedWindow, days: Int, most: Int)
}

extension PeopleSoftError {
  public var description: String {
    switch self {
    case .savedResponse(let path, .endsEarly(let offset)):
      "\(path): the response ends early, at byte \(offset), in the middle of its JSON; fetch it again"
    case .savedResponse(let path, let fault): "\(path): \(fault); a response of the API store is needed"
    case .savedPerson(let place, let problem): "\(place): \(problem)"
    case .longGap(let window, let days, let most):
      "the last delivered window ended \(days) days ago, and no more than \(most) are caught up unasked; "
        + "run once with --since \(window.since) --until \(window.until), or raise --max-catch-up"
    }
  }

  public var exitStatus: ExitStatus {
    switch self {
    case .savedResponse(_, .endsEarly), .longGap: .badData
    case .savedResponse, .savedPerson: .protocolViolation
    }
  }
}
