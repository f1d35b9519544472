import CCurl
public import Calendar
public import Curl
public import StageErrors

/// Why the people could not be had from the API store, or from what was saved of it.
public enum PeopleSoftError: StageError {
  /// No connection, or one that broke.
  case transfer(WebAddress, CurlError, proxyStatus: Int)
  /// A packed body stops before its end.
  case cutGzip(WebAddress)
  case badGzip(WebAddress)
  /// A `Content-Encoding` that was not asked for.
  case encoding(WebAddress, String)
  /// An answer other than 200, with what its body says.
  case status(WebAddress, Int, String?, retryAfter: Duration?)
  case redirect(WebAddress, to: String?)
  /// A fault in the body of a 200.
  case fault(WebAddress, GatewayFault, shown: String)
  /// A token response without a usable token.
  case token(WebAddress, String)
  /// A body that is no list of people.
  case response(WebAddress, EnvelopeFault)
  /// A file with a saved response has something else in it.
  case savedResponse(path: String, EnvelopeFault)
  /// A line of a file of people is none.
  case savedPerson(place: String, problem: String)
  /// Days are owed that are too long ago to be fetched without somebody asking for them.
  case unreachableDays(status: String, [Range<Day>], maxCatchUp: Int)

  /// How long the other side asks to be left alone.
  var retryAfter: Duration? {
    guard case .status(_, _, _, let wait) = self else { return nil }
    return wait
  }
}

extension PeopleSoftError {
  public var description: String {
    switch self {
    case .transfer(let address, let error, _):
      "\(address.shown): \(error)\(Self.advice[error.code].map { "; \($0)" } ?? "")"
    case .cutGzip(let address):
      "\(address.shown): the response ends early, in the middle of its gzip data; fetch it again"
    case .badGzip(let address): "\(address.shown): the response says that it is gzip, but is not"
    case .encoding(let address, let name):
      "\(address.shown): the response says that it is packed by \(name.asName), and only gzip was asked for"
    case .status(let address, let status, let words, _):
      "\(address.shown): HTTP \(status)\(words.map { ": \($0)" } ?? "")\(Self.advice(status))"
    case .redirect(let address, let target):
      "\(address.shown): redirected \(target.map { "to \($0)" } ?? "nowhere"), which is not followed; is the URL right?"
    case .fault(let address, _, let shown): "\(address.shown): the answer is a fault: \(shown)"
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

  private static let advice: [CURLcode: String] = [
    CURLE_PEER_FAILED_VERIFICATION: "is it the right host, and does --ca-file name its authority?",
    CURLE_SSL_CACERT_BADFILE: "see --ca-file",
    CURLE_PARTIAL_FILE: "the response ends early; fetch it again",
    CURLE_OPERATION_TIMEDOUT: "see --connect-timeout and --stall-timeout",
  ]

  private static func advice(_ status: Int) -> String {
    switch status {
    case 401: "; are the client id and secret right?"
    case 403: "; is the client subscribed to this API?"
    case 404: "; are the base URL and the feed path right?"
    default: ""
    }
  }

  public var exitStatus: ExitStatus {
    switch self {
    case .transfer(_, _, let proxyStatus) where proxyStatus >= 400: Self.exitStatus(ofHTTP: proxyStatus)
    case .transfer(_, let error, _): Self.exitStatus(of: error)
    case .status(_, let status, _, _): Self.exitStatus(ofHTTP: status)
    case .cutGzip, .response(_, .endsEarly): .temporary
    case .fault(_, let fault, _): fault.isTemporary ? .temporary : .protocolViolation
    case .savedResponse(_, .endsEarly), .unreachableDays: .badData
    case .badGzip, .encoding, .redirect, .token, .response, .savedResponse, .savedPerson: .protocolViolation
    }
  }

  private static func exitStatus(ofHTTP status: Int) -> ExitStatus {
    switch status {
    case 401, 403, 407: .accessDenied
    case 408, 429, 500...599: .temporary
    case 400...499: .refused
    default: .protocolViolation
    }
  }

  private static func exitStatus(of error: CurlError) -> ExitStatus {
    switch error.code {
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT,
      CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM,
      CURLE_PROXY:
      return .temporary
    case CURLE_SSL_CONNECT_ERROR:
      // A handshake that the network broke, or one in which both sides found no common ground.
      return ["SYSCALL", "reset"].contains(where: error.description.contains) ? .temporary : .protocolViolation
    case CURLE_PEER_FAILED_VERIFICATION: return .accessDenied
    case CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT: return .configuration
    case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: return .internalFault
    default: return .protocolViolation
    }
  }
}
