public import Stage

/// Where the API store is, and how a client gets in.
public struct PeopleStoreOptions: Sendable {
  /// How a client says who it is.
  public enum TokenAuthentication: String, Sendable, CaseIterable {
    /// In the form.
    case body
    /// In a Basic header, as they are.
    case basic
  }

  public var feed: WebAddress
  public var token: WebAddress
  public var client: String
  public var secret: Secret
  public var scope: String?
  public var authentication = TokenAuthentication.body
  /// Where to keep the JSON received.
  public var copy: String?
  public var gateway = GatewayOptions()

  public init(feed: WebAddress, token: WebAddress, client: String, secret: Secret) {
    self.feed = feed
    self.token = token
    self.client = client
    self.secret = secret
  }
}
