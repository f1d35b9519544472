import HTTPS
package import StageErrors

/// Why Alma could not be asked, or what is wrong with its answer. The message has no secrets.
package struct LoadError: StageError, Equatable {
  package let description: String
  package let exitStatus: ExitStatus
  package let retryAfter: Duration?
  /// Alma's error code; nil if the error is not from Alma.
  let code: String?

  /// Creates an error that is not one of Alma's.
  package init(_ description: String, _ exitStatus: ExitStatus) {
    self.init(description, exitStatus, retryAfter: nil, code: nil)
  }

  private init(_ description: String, _ exitStatus: ExitStatus, retryAfter: Duration?, code: String?) {
    (self.description, self.exitStatus, self.retryAfter, self.code) = (description, exitStatus, retryAfter, code)
  }

  /// A response whose status is not a success.
  /// - Parameter fault: what its body says, without secrets; nil if it says nothing.
  init(_ address: WebAddress, _ response: HTTPSResponse, _ fault: AlmaFault?) {
    let isDenied = [401, 403].contains(response.status) || (response.status == 400 && fault?.code == "UNAUTHORIZED")
    let advice: String? =
      switch response.status {
      case _ where isDenied:
        "is the API key right, is it for this environment, and may it read the area Configuration?"
      case 404: "is the URL of the API right?"
      case _ where fault?.code == Self.dailyThreshold: "the institution has used up its calls of the day"
      default: nil
      }
    let error = HTTPSError.status(
      address, response.status, detail: fault?.shown, advice: advice, retryAfter: response.retryAfter)
    self.init(
      error.description, isDenied ? .accessDenied : error.exitStatus, retryAfter: error.retryAfter, code: fault?.code)
  }

  /// A response that is not what was asked for.
  init(_ address: WebAddress, _ problem: String) { self.init("\(address.shown): \(problem)", .protocolViolation) }

  /// Whether a retry within minutes can help.
  var isWorthRetry: Bool { exitStatus == .temporary && code != Self.dailyThreshold }

  /// Alma knows no such job.
  var isUnknownJob: Bool { ["402215", "402216"].contains(code) }

  /// Alma refuses a parameter of the list of jobs.
  var isInvalidFilter: Bool { ["40166410", "402219"].contains(code) }

  private static let dailyThreshold = "DAILY_THRESHOLD"
}
