import HTTPS
import Stage
import StageErrors
import TestSupport
import Testing

@Suite struct HTTPSClientTests {
  private static func client(of server: GatewayServer) throws -> HTTPSClient {
    var options = HTTPSOptions()
    options.caFile = server.directory.path("ca.crt")
    options.userAgent = "alma-people/test"
    return try HTTPSClient(options)
  }

  private static func request(_ name: String, to server: GatewayServer) throws -> HTTPSRequest {
    try HTTPSRequest(WebAddress(server.url(name), from: "--url"), headers: ["Authorization: Bearer t0ken-1"])
  }

  @Test(arguments: ["ok", "gzip", "gzip-twice", "gzip-padded"])
  func `a body arrives uncompressed`(name: String) throws {
    let server = try GatewayServer()
    var client = try Self.client(of: server)
    let (response, body) = try client.send(Self.request(name, to: server))
    #expect(response.status == 200 && response.retryAfter == nil && response.redirect == nil)
    #expect(String(decoding: body, as: UTF8.self).hasPrefix(#"{"records": {"record": [{"EMPLID": "1""#))
    let sent = try #require(server.requests.first)
    #expect(sent.headers["user-agent"] == "alma-people/test" && sent.headers["accept-encoding"] == "gzip")
  }

  @Test func `a form is posted`() throws {
    let server = try GatewayServer()
    var client = try Self.client(of: server)
    let address = try WebAddress(server.url("ok/token"), from: "--url")
    let form = "grant_type=client_credentials&client_id=lib&client_secret=s3cret%26more"
    let (response, body) = try client.send(HTTPSRequest(address, body: form))
    #expect(response.status == 200 && String(decoding: body, as: UTF8.self).contains("t0ken-1"))
    #expect(server.requests.map(\.method) == ["POST"] && server.requests.map(\.body) == [form])
  }

  @Test func `a status is no error, and has its headers, and the wait that the server asks for`() throws {
    let server = try GatewayServer()
    var client = try Self.client(of: server)
    let throttled = try client.send(Self.request("patience", to: server))
    #expect(throttled.response.status == 429 && throttled.response.retryAfter == .seconds(86400))
    let later = try client.send(Self.request("once-503-date", to: server)).response
    #expect(later.status == 503 && later.retryAfter.map { $0 >= .seconds(1) && $0 <= .seconds(2) } == true)
    let linked = try client.send(Self.request("link-first", to: server))
    #expect(linked.response.status == 200 && client.headers("link") == [#"</next>; rel="first""#])
  }

  @Test func `a redirect is not followed`() throws {
    let server = try GatewayServer()
    var client = try Self.client(of: server)
    let response = try client.send(Self.request("redirect/people/", to: server)).response
    #expect(response.status == 302 && response.redirect == server.url("redirect/moved/"))
    #expect(server.requests.count == 1)
  }

  @Test func `a body without end is read up to the maximum`() throws {
    let server = try GatewayServer()
    var client = try Self.client(of: server)
    #expect(try client.send(Self.request("endless-404", to: server)).body.count == BodyStart.maxBytes)
    #expect(try client.send(Self.request("ok", to: server)).response.status == 200, "the client is good for more")
  }

  /// What the server does, the exit status, and a word of the message.
  @Test(
    arguments: [
      ("cut-length", 75, "ends early"), ("cut-gzip", 75, "gzip"),
      ("cut-gzip-end", 75, "gzip"),
      ("gzip-false", 76, "not"), ("gzip-more", 76, "not"),
      ("brotli", 76, "\"br\""), ("once-reset", 75, ""), ("nonsense", 76, ""),
    ] as [(String, Int32, String)])
  func `a body that cannot be had is an error`(name: String, status: Int32, words: String) throws {
    let server = try GatewayServer()
    var client = try Self.client(of: server)
    do {
      _ = try client.send(Self.request(name, to: server))
      Issue.record("no error")
    } catch let error as HTTPSError {
      #expect(error.exitStatus.rawValue == status && error.description.hasPrefix(server.url(name) + ": "))
      #expect(words.isEmpty || error.description.contains(words), "\(error)")
    }
  }

  /// Statuses, and how a stage ends that is given one.
  @Test(
    arguments: [
      (401, 77), (403, 77), (407, 77), (404, 69), (400, 69),
      (408, 75), (429, 75), (500, 75), (503, 75), (599, 75),
      (204, 76), (304, 76),
    ] as [(Int, Int32)])
  func `each status has its exit status`(status: Int, exitStatus: Int32) throws {
    let address = try WebAddress("https://h/a?secret", from: "--url")
    let bare = HTTPSError.status(address, status, detail: nil, advice: nil, retryAfter: nil)
    #expect(bare.exitStatus.rawValue == exitStatus && bare.description == "https://h/a: HTTP \(status)")
    let full = HTTPSError.status(address, status, detail: "no", advice: "is it?", retryAfter: .seconds(7))
    #expect(full.description == "https://h/a: HTTP \(status): no; is it?" && full.retryAfter == .seconds(7))
  }

  @Test func `an error whose secrets are hidden keeps its status and its wait`() throws {
    let address = try WebAddress("https://h/", from: "--url")
    let error = HTTPSError.status(address, 429, detail: "key k3y-17", advice: nil, retryAfter: .seconds(7))
    let masked = MaskedError(error, SecretMask(["k3y-17"]))
    #expect(masked.description == "https://h/: HTTP 429: key (secret)")
    #expect(masked.exitStatus == .temporary && masked.retryAfter == .seconds(7))
  }
}
