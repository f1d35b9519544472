import Glibc
public import RecordStream
public import Stage
import StageErrors
import SystemPackage

/// The API store behind its gateway: a token, then the people.
public struct PeopleStore: ~Copyable {
  let options: PeopleStoreOptions
  let diagnostics: Diagnostics
  var gateway: Gateway
  var token: Secret?
  /// The client's secret and each token that came, in each form in which it is sent.
  private var secrets: [String]

  public init(_ options: PeopleStoreOptions, _ diagnostics: Diagnostics) throws {
    self.options = options
    self.diagnostics = diagnostics
    secrets = [options.secret.value, options.basicCredentials]
    gateway = try Gateway(options.gateway)
  }

  /// Writes the people, one a line.
  ///
  /// Until the first person is written, what fails for the moment is tried again; later that would write people twice.
  /// - Parameter count: told how many there have been, now and then and at the end.
  public mutating func write(to output: inout LineWriter, retries: inout Retries, count: (Int) -> Void) throws {
    var hasRenewed = false
    while true {
      var written = 0
      do {
        let token = try self.token ?? requestToken()
        self.token = token
        do {
          return try download(token, to: &output) {
            written = $0
            count($0)
          }
        } catch PeopleSoftError.status(_, 401, _, _) where !hasRenewed {
          note("the token is not accepted any more; asking for a new one")
          hasRenewed = true
          self.token = nil
        }
      } catch let error as PeopleSoftError {
        try pause(after: error, mayRetry: written == 0, &retries)
      } catch StreamError.output(_, .brokenPipe) {
        // libcurl holds SIGPIPE off during a transfer. It ends this stage as any other.
        raise(SIGPIPE)
        // Where whoever started us has blocked the signal, the download must not begin again.
        throw StreamError.output(path: "standard output", .brokenPipe)
      }
    }
  }

  /// Asks for a token, and does nothing with it.
  public mutating func check(retries: inout Retries) throws {
    while token == nil {
      do { token = try requestToken() } catch let error as PeopleSoftError {
        try pause(after: error, mayRetry: true, &retries)
      }
    }
  }

  private func pause(after error: PeopleSoftError, mayRetry: Bool, _ retries: inout Retries) throws {
    let error = WithoutSecrets(error, mask)
    guard mayRetry, error.exitStatus == .temporary else { throw error }
    try retries.pause(after: error, askedToWait: error.retryAfter)
  }

  /// Hides the secrets in what the other side says. All that is shown of it passes through here.
  var mask: SecretMask { SecretMask(secrets) }

  /// Never shows these from now on.
  mutating func hide(_ more: [String]) {
    secrets += more.filter { !secrets.contains($0) }
  }

  /// Says what is going on, where that was asked for.
  func note(_ message: @autoclosure () -> String) {
    diagnostics.note(mask.hiding(message()))
  }
}

/// An error in whose words no secret stands, whatever the other side has said.
struct WithoutSecrets: StageError {
  let description: String
  let exitStatus: ExitStatus
  let retryAfter: Duration?

  init(_ error: PeopleSoftError, _ mask: SecretMask) {
    description = mask.hiding(error.description)
    exitStatus = error.exitStatus
    retryAfter = error.retryAfter
  }
}
