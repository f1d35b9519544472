import CCurl
import Curl
import Foundation
import StageErrors
import TestSupport
import Testing

/// libcurl's handles against real servers.
@Suite struct CurlHandleTests {
  private struct Enough: Error {}

  /// A handle for a GET.
  private static func handle(_ url: String, caFile: String? = nil, seconds: Int = 20) throws -> CurlHandle {
    var handle = try CurlHandle()
    handle.set(CURLOPT_URL, url)
    handle.set(CURLOPT_PROXY, "")
    handle.set(CURLOPT_NOSIGNAL, true)
    handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    handle.set(CURLOPT_CONNECTTIMEOUT, seconds)
    handle.set(CURLOPT_LOW_SPEED_LIMIT, 100)
    handle.set(CURLOPT_LOW_SPEED_TIME, seconds)
    if let caFile { handle.set(CURLOPT_CAINFO, caFile) }
    return handle
  }

  /// Asks a gateway as a client that has its token.
  private static func get(
    _ name: String, from server: GatewayServer, seconds: Int = 20, _ take: (Span<UInt8>) throws -> Void = { _ in }
  ) throws -> CurlHandle {
    var handle = try handle(server.url(name), caFile: server.directory.path("ca.crt"), seconds: seconds)
    let list = try CurlList(["Authorization: Bearer t0ken-1"])
    handle.set(CURLOPT_HTTPHEADER, list)
    try handle.perform(take)
    return handle
  }

  private static func cause(_ body: () throws -> Void) -> CurlError.Cause? {
    do { try body() } catch { return (error as? CurlError)?.cause }
    return nil
  }

  @Test func `the body comes in pieces, and the status and the headers in their order`() throws {
    let server = try GatewayServer()
    var count = 0
    let handle = try Self.get("gzip-large", from: server) { count += $0.count }
    #expect(count > 1000 && handle.number(CURLINFO_RESPONSE_CODE) == 200)
    #expect(handle.headers("content-encoding") == ["gzip"] && handle.headers("Link").isEmpty)
    let other = try Self.get("headers", from: server)
    #expect(other.headers("Link") == ["a", "b"] && other.headers("link").first == "a")
    #expect(other.text(CURLINFO_REDIRECT_URL) == nil)
  }

  @Test func `what is thrown for a piece ends the transfer, and is thrown again`() throws {
    let server = try GatewayServer()
    var pieces = 0
    #expect(throws: Enough.self) {
      _ = try Self.get("endless-200", from: server) { _ in
        pieces += 1
        throw Enough()
      }
    }
    #expect(pieces == 1)
  }

  @Test func `an option that libcurl rejects fails the next transfer, until the handle is reset`() throws {
    let server = try GatewayServer()
    var handle = try Self.handle(server.url("ok"))
    handle.set(CURLoption(1), 1)
    #expect(Self.cause { try handle.perform { _ in } } == .unsupported)
    #expect(server.requests.isEmpty)
    handle.reset()
    handle.set(CURLOPT_URL, server.url("ok"))
    handle.set(CURLOPT_CAINFO, server.directory.path("ca.crt"))
    try handle.perform { _ in }
    #expect(handle.number(CURLINFO_RESPONSE_CODE) == 401)
  }

  @Test func `no host and no server are unreachable`() throws {
    let port = try #require(try? GatewayServer().port)
    for url in ["https://gateway.invalid/", "https://localhost:\(port)/"] {
      #expect(Self.cause { try Self.handle(url).perform { _ in } } == .unreachable)
    }
  }

  @Test func `a server that does not answer, or stops, times out`() throws {
    let silent = try GatewayServer(["--silent"])
    #expect(Self.cause { _ = try Self.get("ok", from: silent, seconds: 1) } == .timedOut)
    let stalling = try GatewayServer()
    #expect(Self.cause { _ = try Self.get("stall", from: stalling, seconds: 1) } == .timedOut)
  }

  @Test(arguments: [
    ("cut-length", CurlError.Cause.endsEarly), ("cut-chunks", .endsEarly), ("once-reset", .interrupted),
  ])
  func `a connection that ends before the response is told`(name: String, cause: CurlError.Cause) throws {
    let server = try GatewayServer()
    #expect(Self.cause { _ = try Self.get(name, from: server) } == cause)
  }

  @Test func `a connection that ends in the TLS handshake is interrupted, a handshake that fails is not`() throws {
    let closing = try GatewayServer(["--closing"])
    #expect(Self.cause { _ = try Self.get("ok", from: closing) } == .interrupted)
    let old = try GatewayServer(["--tls1.1"])
    #expect(Self.cause { _ = try Self.get("ok", from: old) } == .handshakeFailed)
  }

  @Test func `a certificate of an unknown authority, or for another host, is untrusted`() throws {
    let server = try GatewayServer()
    #expect(Self.cause { try Self.handle(server.url("ok")).perform { _ in } } == .untrusted)
    let other = try GatewayServer(host: "gateway.example.edu")
    #expect(Self.cause { _ = try Self.get("ok", from: other) } == .untrusted)
  }

  @Test func `a file of certificates that cannot be used is told`() throws {
    let server = try GatewayServer()
    for path in ["/nowhere", server.directory.path("server.key")] {
      #expect(Self.cause { try Self.handle(server.url("ok"), caFile: path).perform { _ in } } == .badCAFile)
    }
  }

  @Test func `a reply that is not HTTP is a protocol error`() throws {
    let server = try GatewayServer(["--plain"])
    #expect(Self.cause { _ = try Self.get("nonsense", from: server) } == .protocolError)
  }

  /// Codes of libcurl, what they mean, and the exit status.
  @Test(
    arguments: [
      (CURLE_PARTIAL_FILE, "", .endsEarly, 75), (CURLE_COULDNT_RESOLVE_PROXY, "", .unreachable, 75),
      (CURLE_OPERATION_TIMEDOUT, "", .timedOut, 75),
      (
        CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to h:1", .interrupted, 75
      ),
      (CURLE_SSL_CONNECT_ERROR, "error:0A000126:SSL routines::unexpected eof while reading", .interrupted, 75),
      (
        CURLE_SSL_CONNECT_ERROR, "error:0A000102:SSL routines::unsupported protocol", .handshakeFailed,
        76
      ),
      (CURLE_PEER_FAILED_VERIFICATION, "", .untrusted, 77),
      (CURLE_LOGIN_DENIED, "", .loginDenied, 77),
      (CURLE_SSL_CACERT_BADFILE, "", .badCAFile, 78), (CURLE_URL_MALFORMAT, "", .badURL, 78),
      (CURLE_USE_SSL_FAILED, "", .noEncryption, 69), (CURLE_UNKNOWN_OPTION, "", .unsupported, 70),
      (CURLE_WEIRD_SERVER_REPLY, "", .protocolError, 76),
    ] as [(CURLcode, String, CurlError.Cause, Int32)])
  func `each code means one thing`(code: CURLcode, message: String, cause: CurlError.Cause, status: Int32) {
    let error = CurlError(code, message)
    #expect(error.cause == cause && error.exitStatus.rawValue == status)
    #expect(message.isEmpty ? !error.description.isEmpty : error.description == message)
  }
}
