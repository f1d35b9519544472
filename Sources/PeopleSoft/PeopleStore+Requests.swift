import JSONText
import RecordStream
import Stage

extension PeopleStoreOptions {
  var basicCredentials: String { Base64.text(Array("\(client):\(secret.value)".utf8)) }

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
  private static let maxRedirects = 5

  /// Asks for a token.
  mutating func requestToken() throws -> Secret {
    let address = options.token
    note("POST \(address.shown)")
    var body: [UInt8] = []
    let response = try gateway.send(options.tokenRequest()) { _, piece in try Self.keep(piece, in: &body) }
    let answer = TokenAnswer(body)
    hide(answer.secrets)
    switch response.status {
    case 200...299: break
    // Where it leads could have a token in it.
    case 300...399: throw PeopleSoftError.redirect(address, to: target(of: response)?.shownOrigin)
    default:
      let words = answer.words(hiding: mask)
      throw PeopleSoftError.status(address, response.status, words, retryAfter: response.retryAfter)
    }
    let words = answer.words(hiding: mask)
    if let fault = answer.fault, fault.isTemporary { throw PeopleSoftError.fault(address, fault, shown: words ?? "") }
    guard answer.isJSON else {
      throw PeopleSoftError.token(address, "the answer to the token request is no JSON")
    }
    guard let token = answer.token, !token.isEmpty else {
      throw PeopleSoftError.token(
        address, "the answer to the token request has no access_token\(words.map { ": \($0)" } ?? "")")
    }
    guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw PeopleSoftError.token(address, "the access_token has characters that no token has")
    }
    return Secret(token)
  }

  /// Asks for the people, and writes them.
  mutating func download(_ token: Secret, to output: inout LineWriter, count: (Int) -> Void) throws {
    var address = options.feed
    for _ in 0...Self.maxRedirects {
      note("GET \(address.shown)")
      var body = try FeedBody(copy: options.copy)
      defer { count(body.people) }
      let request = GatewayRequest(address: address, headers: ["Authorization: Bearer \(token.value)"])
      do {
        let response = try gateway.send(request) { status, piece in
          if status != 200 { return try body.keep(piece) }
          try body.take(piece, to: &output)
          count(body.people)
        }
        note("HTTP \(response.status)")
        switch response.status {
        case 200:
          try body.finish(to: &output)
          // Told after the people: what came is good, but not all.
          if let header = response.nextPage { throw EnvelopeFault.nextPage(header: header) }
          return try body.saveCopy()
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
    let words = GatewayFault.summary(of: body, hiding: mask)
    return .status(address, response.status, words, retryAfter: response.retryAfter)
  }

  /// A body that is no list of people may be a fault of the gateway, although the status says 200.
  private func judged(_ fault: EnvelopeFault, _ address: WebAddress, _ body: [UInt8]) -> PeopleSoftError {
    if !fault.isOfPages, let said = GatewayFault(body.span) {
      return .fault(address, said, shown: GatewayFault.summary(of: body, hiding: mask) ?? "")
    }
    return .response(address, fault)
  }

  /// Keeps the beginning of a body that has to be small.
  /// - Throws: `EnoughRead` where there is no room for more, so that a body without an end is not read for ever.
  static func keep(_ piece: Span<UInt8>, in body: inout [UInt8]) throws(EnoughRead) {
    for index in 0..<min(piece.count, GatewayFault.maxBytes - body.count) { body.append(piece[index]) }
    if body.count >= GatewayFault.maxBytes { throw EnoughRead() }
  }
}
