import Encodings
import HTTPS
import JSONText
import RecordStream
import Stage
import StageErrors

extension PeopleStoreOptions {
  fileprivate var tokenRequest: HTTPSRequest {
    var form = "grant_type=client_credentials"
    if authentication == .body {
      form += "&client_id=\(PercentEncoding.encoded(client))&client_secret=\(PercentEncoding.encoded(secret.value))"
    }
    if let scope { form += "&scope=\(PercentEncoding.encoded(scope))" }
    // WSO2 expects id and secret in the header without the percent-encoding that RFC 6749 prescribes.
    let headers = authentication == .basic ? ["Authorization: Basic \(basicCredentials)"] : []
    return HTTPSRequest(token, headers: headers, body: form)
  }
}

extension PeopleStore {
  /// The maximum number of redirects that are followed one after the other.
  private static let maxRedirects = 5

  /// Requests a token.
  mutating func requestToken() throws -> Secret {
    let address = options.token
    note("POST \(address.shown)")
    let (response, body) = try client.send(options.tokenRequest)
    let answer = TokenResponse(body)
    hide(answer.secrets)
    switch response.status {
    case 200...299: break
    // The path of the target could contain a token.
    case 300...399: throw HTTPSError.redirect(address, to: target(of: response)?.shownOrigin)
    default: throw refusal(address, response, answer.words(hiding: mask))
    }
    let words = answer.words(hiding: mask)
    if let fault = answer.fault, fault.isTemporary { throw PeopleSoftError(address, fault, shown: words) }
    guard answer.isJSON else {
      throw PeopleSoftError("\(address.shown): the response to the token request is not JSON")
    }
    guard let token = answer.token, !token.isEmpty else {
      let detail = words.map { ": \($0)" } ?? ""
      throw PeopleSoftError("\(address.shown): the response to the token request has no access_token\(detail)")
    }
    guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw PeopleSoftError("\(address.shown): the access_token has characters that a token cannot have")
    }
    return Secret(token)
  }

  /// Requests the people, and writes them.
  mutating func download(_ token: Secret, to output: inout LineWriter, count: (Int) -> Void) throws {
    var address = options.feed
    for _ in 0...Self.maxRedirects {
      note("GET \(address.shown)")
      var body = try FeedBody(copy: options.copy)
      defer { count(body.people) }
      let request = HTTPSRequest(address, headers: ["Authorization: Bearer \(token.value)"])
      do {
        let response = try client.send(request) { status, piece in
          if status != 200 { return try body.keep(piece) }
          try body.take(piece, to: &output)
          count(body.people)
        }
        note("HTTP \(response.status)")
        switch response.status {
        case 200:
          try body.finish()
          // The people are valid, but not all.
          if let header = PageSign.header({ client.headers($0) }) { throw EnvelopeFault.nextPage(header: header) }
          return try body.saveCopy()
        case 301, 302, 303, 307, 308:
          guard let next = target(of: response), next.origin == address.origin else {
            throw HTTPSError.redirect(address, to: shown(response.redirect))
          }
          address = next
        case 400...: throw refusal(address, response, GatewayFault.summary(of: body.head.bytes, hiding: mask))
        case 300...399: throw HTTPSError.redirect(address, to: shown(response.redirect))
        default:
          throw HTTPSError.status(address, response.status, detail: nil, advice: nil, retryAfter: nil)
        }
      } catch {
        try? body.saveCopy()
        guard let fault = error as? EnvelopeFault else { throw error }
        throw self.error(fault, address, body.head.bytes)
      }
    }
    throw HTTPSError.redirect(address, to: "\(address.shown), and so on")
  }

  private func target(of response: HTTPSResponse) -> WebAddress? {
    response.redirect.flatMap { try? WebAddress($0, from: "Location") }
  }

  /// The target of a redirect for people.
  private func shown(_ target: String?) -> String? {
    target.map { (try? WebAddress($0, from: "Location").shown) ?? "a place that is not https" }
  }

  private func refusal(_ address: WebAddress, _ response: HTTPSResponse, _ detail: String?) -> HTTPSError {
    let advice: String? =
      switch response.status {
      case 401: "are the client id and secret right?"
      case 403: "is the client subscribed to this API?"
      case 404: "are the base URL and the feed path right?"
      default: nil
      }
    return .status(address, response.status, detail: detail, advice: advice, retryAfter: response.retryAfter)
  }

  /// The error for a body that is not a list of people. It may be a fault of the gateway, even with status 200.
  private func error(_ fault: EnvelopeFault, _ address: WebAddress, _ body: [UInt8]) -> PeopleSoftError {
    if !fault.isOfPages, let gatewayFault = GatewayFault(body.span) {
      return PeopleSoftError(address, gatewayFault, shown: GatewayFault.summary(of: body, hiding: mask))
    }
    return PeopleSoftError("\(address.shown): \(fault)", fault.isCut ? .temporary : .protocolViolation)
  }
}

/// The response of the token endpoint.
///
/// It can contain a token with any status, so only the code and message of a known form of fault are shown.
private struct TokenResponse {
  /// The member `access_token`.
  let token: String?
  /// All tokens, which must not be shown.
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

  /// The fault in it for people, without secrets; nil if it has none.
  func words(hiding mask: SecretMask) -> String? {
    fault == nil ? nil : GatewayFault.summary(of: body, hiding: mask, onlyKnownForms: true)
  }
}
