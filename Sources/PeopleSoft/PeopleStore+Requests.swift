import JSONText
import RecordStream
import StageSupport

extension PeopleStoreOptions {
  var basicCredentials: String { "\(client):\(secret.value)".base64 }

  func tokenRequest() -> GatewayRequest {
    var form = "grant_type=client_credentials"
    if authentication == .body {
      form += "&client_id=\(client.percentEncoded)&client_secret=\(secret.value.percentEncoded)"
    }
    if let scope { form += "&scope=\(scope.percentEncoded)" }
    // WSO2 wants id and secret in the header as they are, not encoded first as RFC 6749 has it.
    let headers = authentication == .basic ? ["Authorization: Basic \(basicCredentials)"] : []
    return GatewayRequest(address: token, headers: headers, form: form)
  }
}

extension PeopleStore {
  /// Redirects that are followed one after the other.
  private static let mostRedirects = 5

  /// Asks for a token.
  mutating func requestToken() throws -> Secret {
    let address = options.token
    diagnostics.note("POST \(address.shown)")
    var body: [UInt8] = []
    let response = try gateway.send(options.tokenRequest()) { _, piece in Self.keep(piece, in: &body) }
    switch response.status {
    case 200: break
    case 300...399: throw PeopleSoftError.redirect(address, to: shown(response.redirect))
    default: throw refusal(address, response, body)
    }
    if let fault = GatewayFault(body.span), fault.isTemporary {
      throw PeopleSoftError.fault(address, fault, shown: fault.description)
    }
    guard let value = try? JSONValue(parsing: body.span) else {
      throw PeopleSoftError.token(address, "the answer to the token request is no JSON")
    }
    guard let token = value["access_token"]?.string, !token.isEmpty else {
      let words = GatewayFault(body.span).map { ": \($0)" } ?? ""
      throw PeopleSoftError.token(address, "the answer to the token request has no access_token\(words)")
    }
    guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw PeopleSoftError.token(address, "the access_token has characters that no token has")
    }
    return Secret(token)
  }

  /// Asks for the people, and writes them.
  mutating func download(_ token: Secret, to output: inout LineWriter, count: (Int) -> Void) throws {
    var address = options.feed
    for _ in 0...Self.mostRedirects {
      diagnostics.note("GET \(address.shown)")
      var body = try FeedBody(copy: options.copy)
      defer { count(body.people) }
      let request = GatewayRequest(address: address, headers: ["Authorization: Bearer \(token.value)"])
      do {
        let response = try gateway.send(request) { status, piece in
          if status != 200 { return body.keep(piece) }
          try body.take(piece, to: &output)
          count(body.people)
        }
        diagnostics.note("HTTP \(response.status)")
        switch response.status {
        case 200: return try body.finish(to: &output)
        case 301, 302, 303, 307, 308:
          guard let next = target(of: response), next.origin == address.origin else {
            throw PeopleSoftError.redirect(address, to: shown(response.redirect))
          }
          address = next
        case 400...: throw refusal(address, response, body.head)
        case 300...399: throw PeopleSoftError.redirect(address, to: shown(response.redirect))
        default: throw PeopleSoftError.status(address, response.status, nil, retryAfter: nil)
        }
      } catch let fault as EnvelopeFault {
        try? body.saveCopy()
        throw judged(fault, address, body.head)
      } catch {
        try? body.saveCopy()
        throw error
      }
    }
    throw PeopleSoftError.redirect(address, to: "\(address.shown), and so on")
  }

  private func target(of response: GatewayResponse) -> WebAddress? {
    response.redirect.flatMap { try? WebAddress($0, from: "Location") }
  }

  /// The target of a redirect for people.
  private func shown(_ target: String?) -> String? {
    target.map { (try? WebAddress($0, from: "Location").shown) ?? "a place that is not https" }
  }

  private func refusal(_ address: WebAddress, _ response: GatewayResponse, _ body: [UInt8]) -> PeopleSoftError {
    .status(address, response.status, GatewayFault.summary(of: body), retryAfter: response.retryAfter)
  }

  /// A body that is no list of people may be a fault of the gateway, although the status says 200.
  private func judged(_ fault: EnvelopeFault, _ address: WebAddress, _ body: [UInt8]) -> PeopleSoftError {
    if let said = GatewayFault(body.span) {
      return .fault(address, said, shown: GatewayFault.summary(of: body) ?? "")
    }
    return .response(address, fault)
  }

  /// Keeps the beginning of a body that has to be small.
  static func keep(_ piece: Span<UInt8>, in body: inout [UInt8]) {
    for index in 0..<min(piece.count, GatewayFault.mostBytes - body.count) { body.append(piece[index]) }
  }
}
