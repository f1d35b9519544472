import JSONText
import Stage

/// What came back from the token endpoint, taken apart.
///
/// Its text can hold a token whatever its status, so nothing of it is shown but the code and the message of a known form of fault.
struct TokenAnswer {
  /// The member `access_token`.
  let token: String?
  /// All tokens in it, which must not be shown.
  let secrets: [String]
  let isJSON: Bool
  private let body: [UInt8]

  init(_ body: [UInt8]) {
    self.body = body
    let value = try? JSONValue(parsing: body.withoutByteOrderMark.span)
    isJSON = value != nil
    token = value?["access_token"]?.string
    secrets = ["access_token", "refresh_token", "id_token"].compactMap { value?[$0]?.string }
  }

  var fault: GatewayFault? {
    guard token == nil, let fault = GatewayFault(body.span), fault.isOfKnownForm else { return nil }
    return fault
  }

  /// The fault in it for people, without secrets; nil where it has none.
  func words(hiding mask: SecretMask) -> String? {
    fault == nil ? nil : GatewayFault.summary(of: body, hiding: mask, onlyKnownForms: true)
  }
}
