package import Curl
package import StageErrors

/// A request that failed, or whose response is not a success.
package enum HTTPSError: StageError {
  /// No connection could be made, or it was lost.
  /// - Parameter proxyStatus: the status of a proxy's response to CONNECT, or 0.
  case transfer(WebAddress, CurlError, proxyStatus: Int)
  /// A compressed body ends early.
  case cutGzip(WebAddress)
  /// A body that is not gzip, although its header says so.
  case badGzip(WebAddress)
  /// A `Content-Encoding` that was not requested.
  case encoding(WebAddress, String)
  /// A status that is not a success.
  /// - Parameters:
  ///   - detail: the message in the body, without secrets; nil if there is none.
  ///   - advice: what to check, as a question; nil if there is none.
  case status(WebAddress, Int, detail: String?, advice: String?, retryAfter: Duration?)
  /// A redirect that is not followed.
  /// - Parameter to: its target, without secrets; nil if there is none.
  case redirect(WebAddress, to: String?)

  package var description: String {
    switch self {
    case .transfer(let address, let error, _):
      "\(address.shown): \(error)\(Self.advice(error.cause).map { "; \($0)" } ?? "")"
    case .cutGzip(let address):
      "\(address.shown): the response ends early, in the middle of its gzip data; fetch it again"
    case .badGzip(let address): "\(address.shown): the response says that it is gzip, but is not"
    case .encoding(let address, let name):
      "\(address.shown): the response says that it is encoded as \(name.quotedName), and only gzip was requested"
    case .status(let address, let status, let detail, let advice, _):
      "\(address.shown): HTTP \(status)\(detail.map { ": \($0)" } ?? "")\(advice.map { "; \($0)" } ?? "")"
    case .redirect(let address, let target):
      "\(address.shown): redirected \(target.map { "to \($0)" } ?? "nowhere"), which is not followed; is the URL right?"
    }
  }

  private static func advice(_ cause: CurlError.Cause) -> String? {
    switch cause {
    case .untrusted: "is it the right host, and does --ca-file name its authority?"
    case .badCAFile: "see --ca-file"
    case .endsEarly: "the response ends early; fetch it again"
    case .timedOut: "see --connect-timeout and --stall-timeout"
    default: nil
    }
  }

  package var retryAfter: Duration? {
    if case .status(_, _, _, _, let wait) = self { wait } else { nil }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .transfer(_, _, let proxyStatus) where proxyStatus >= 400: Self.exitStatus(ofHTTP: proxyStatus)
    case .transfer(_, let error, _): error.exitStatus
    case .status(_, let status, _, _, _): Self.exitStatus(ofHTTP: status)
    case .cutGzip: .temporary
    case .badGzip, .encoding, .redirect: .protocolViolation
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
}

extension String {
  /// A name that a server has sent, in quotation marks. A long one is not shown: if it were cut, a part of a secret
  /// could remain.
  package var quotedName: String { count > 64 ? "(a name of \(count) characters)" : "\"\(self)\"" }
}
