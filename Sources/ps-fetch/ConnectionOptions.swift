import ArgumentParser
import Calendar
import Command
import HTTPS
package import PeopleSoft
import StageErrors

/// The API store, and how to log in.
struct ConnectionOptions: ParsableArguments {
  @Option(help: .init("The gateway's URL; https, or http to a loopback address.", valueName: "url"))
  var baseURL: String?

  @Option(help: .init("The path of the people, under the base URL.", valueName: "path"))
  var feedPath = ""

  @Option(help: .init("The URL of the token endpoint; by default /token under the base URL.", valueName: "url"))
  var tokenURL: String?

  @Option(help: .init("The client ID.", valueName: "id"))
  var clientID: String?

  @Option(file: "The file with the client secret; without it, PS_CLIENT_SECRET is used.")
  var clientSecretFile: String?

  @OptionGroup var secretFile: SecretFileOptions

  @Option(help: .init("The OAuth2 scope to request.", valueName: "scope"))
  var scope: String?

  @Option(help: "How to send the client ID and secret: body (in the form) or basic (in a header).")
  var tokenAuth = PeopleStoreOptions.TokenAuthentication.body

  @OptionGroup var certificates: CertificateOptions
  @OptionGroup var timeout: ConnectTimeoutOptions

  @Option("Give up after this many seconds with less than 100 bytes a second.", "seconds", in: 1...86_400)
  var stallTimeout = 120

  @Option(file: "Save the received JSON in this file.")
  var saveResponse: String?

  @OptionGroup var retries: RetryOptions

  static let settings: [Setting] =
    [
      .option("base-url", variable: "PS_BASE_URL"), .option("feed-path", variable: "PS_FEED_PATH"),
      .option("token-url", variable: "PS_TOKEN_URL"), .option("client-id", variable: "PS_CLIENT_ID"),
      .option("client-secret-file", variable: "PS_CLIENT_SECRET_FILE"), .option("scope", variable: "PS_SCOPE"),
      .option("token-auth"), .option("stall-timeout"), .option("save-response"),
    ] + SecretFileOptions.settings + CertificateOptions.settings + ConnectTimeoutOptions.settings
    + RetryOptions.settings

  /// The address of the people with a status, changed in a window. Both are left out if nil.
  func feed(_ status: String?, _ window: FeedWindow?) throws -> WebAddress {
    let days = window.map { [$0.since.description, $0.until.description] } ?? []
    return try base().appending(feedPath).appending(([status].compactMap(\.self) + days).joined(separator: "/"))
  }

  /// The address of the token endpoint.
  func token() throws -> WebAddress {
    if let tokenURL { return try WebAddress(tokenURL, from: "--token-url (PS_TOKEN_URL)") }
    return try base().appending("token")
  }

  private func base() throws -> WebAddress {
    guard let baseURL else {
      throw SettingError("no URL to fetch from; give --base-url (PS_BASE_URL), or --input with a saved response")
    }
    return try WebAddress(baseURL, from: "--base-url (PS_BASE_URL)")
  }

  /// The options of a fetch, with the secret.
  func store(_ feed: WebAddress) throws -> PeopleStoreOptions {
    guard let clientID else { throw SettingError("no client id; give --client-id (PS_CLIENT_ID)") }
    guard let secret = try secretFile.secret(in: clientSecretFile, orIn: "PS_CLIENT_SECRET") else {
      throw SettingError("no client secret; give --client-secret-file (PS_CLIENT_SECRET_FILE) or PS_CLIENT_SECRET")
    }
    var store = PeopleStoreOptions(feed: feed, token: try token(), client: clientID, secret: secret)
    store.scope = scope
    store.authentication = tokenAuth
    store.copy = saveResponse
    store.connection.caFile = certificates.caFile
    store.connection.connectTimeout = timeout.connectTimeout
    store.connection.stallTimeout = stallTimeout
    return store
  }
}

extension PeopleStoreOptions.TokenAuthentication: ExpressibleByArgument {}
