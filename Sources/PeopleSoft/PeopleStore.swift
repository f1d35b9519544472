import Encodings
import Glibc
package import HTTPS
package import RecordStream
package import Stage
package import StageErrors
import SystemPackage

/// Where the API store is, and how its client logs in.
package struct PeopleStoreOptions: Sendable {
  /// How a client sends its id and secret.
  package enum TokenAuthentication: String, Sendable, CaseIterable {
    /// In the form.
    case body
    /// In a Basic header, not percent-encoded.
    case basic
  }

  /// The address of the people.
  package var feed: WebAddress
  /// The token endpoint.
  package var token: WebAddress
  /// The client's id.
  package var client: String
  /// The client's secret.
  package var secret: Secret
  /// The scope to request; nil for none.
  package var scope: String?
  /// How the client sends its id and secret.
  package var authentication = TokenAuthentication.body
  /// A file for a copy of the decompressed response; nil for none.
  package var copy: String?
  /// How the gateway is connected to.
  package var connection = HTTPSOptions()

  package init(feed: WebAddress, token: WebAddress, client: String, secret: Secret) {
    self.feed = feed
    self.token = token
    self.client = client
    self.secret = secret
  }

  /// The client's id and secret as a Basic header has them.
  var basicCredentials: String { Base64.text(Array("\(client):\(secret.value)".utf8)) }
}

/// The API store behind its gateway. A client requests a token, then the people.
package struct PeopleStore: ~Copyable {
  let options: PeopleStoreOptions
  let diagnostics: Diagnostics
  var client: HTTPSClient
  private var token: Secret?
  /// The client's secret and each token received, in each form in which they are sent.
  private var secrets: [String]

  /// Creates a client of the store, which does not connect yet.
  package init(_ options: PeopleStoreOptions, _ diagnostics: Diagnostics) throws(MemoryError) {
    self.options = options
    self.diagnostics = diagnostics
    secrets = [options.secret.value, options.basicCredentials]
    client = try HTTPSClient(options.connection)
  }

  /// Writes the people, one a line.
  ///
  /// Temporary failures are retried until the first person is written; a retry after that would write people twice. On
  /// 401 a new token is requested, once.
  /// - Parameter count: called with the number of people so far, from time to time and at the end.
  /// - Throws: a `StageError` without secrets in its message.
  package mutating func write(to output: inout LineWriter, retries: inout Retries, count: (Int) -> Void) throws {
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
        } catch HTTPSError.status(_, 401, _, _, _) where !hasRenewed {
          note("the token is not accepted any more; asking for a new one")
          hasRenewed = true
          self.token = nil
        }
      } catch StreamError.output(_, .brokenPipe) {
        // libcurl ignores SIGPIPE during a transfer. As in any filter, it has to end this stage.
        raise(SIGPIPE)
        // The signal may be blocked.
        throw StreamError.output(path: "standard output", .brokenPipe)
      } catch let error as any StageError where error is HTTPSError || error is PeopleSoftError {
        let error = MaskedError(error, mask)
        guard written == 0, error.exitStatus == .temporary else { throw error }
        try retries.pause(after: error)
      }
    }
  }

  /// Requests a token. Temporary failures are retried.
  /// - Throws: a `StageError` without secrets in its message.
  package mutating func check(retries: inout Retries) throws {
    _ = try retries.run {
      do { return try requestToken() } catch let error as any StageError { throw MaskedError(error, mask) }
    }
  }

  /// Hides secrets. All text from the server is masked before it is shown.
  var mask: SecretMask { SecretMask(secrets) }

  /// Adds secrets to the mask.
  mutating func hide(_ more: [String]) {
    secrets += more.filter { !secrets.contains($0) }
  }

  /// Writes a message if `--verbose` was given.
  func note(_ message: @autoclosure () -> String) {
    diagnostics.note(mask.hiding(message()))
  }
}
