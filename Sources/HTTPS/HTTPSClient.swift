import CCurl
import Curl
import Stage
package import StageErrors

/// How to connect to a server.
package struct HTTPSOptions: Sendable {
  /// A file of certificates to trust instead of the system's, in PEM.
  package var caFile: String?
  /// Gives up if not connected within this many seconds.
  package var connectTimeout = 30
  /// Gives up after this many seconds with less than 100 bytes a second from the server.
  package var stallTimeout = 120
  /// The maximum number of seconds for a whole GET; nil for no maximum. A POST has `connectTimeout` and `stallTimeout`
  /// together.
  package var maxTime: Int?
  /// The value of `User-Agent`.
  package var userAgent = "alma-people/\(Version.current)"

  package init() {}
}

/// A request, with its secrets.
package struct HTTPSRequest {
  /// The URL.
  package var address: WebAddress
  /// Header lines, beside those that `HTTPSClient` adds.
  package var headers: [String]
  /// The body of a POST; nil for a GET.
  package var body: String?

  /// A GET, or a POST if a body is given.
  package init(_ address: WebAddress, headers: [String] = [], body: String? = nil) {
    self.address = address
    self.headers = headers
    self.body = body
  }
}

/// The response to a request, without its body.
package struct HTTPSResponse {
  /// The HTTP status.
  package let status: Int
  /// `Retry-After`, from seconds or from a date; nil if there is none.
  package let retryAfter: Duration?
  /// The URL of a redirect, which has not been followed; nil if there is none.
  package let redirect: String?
}

/// Thrown by the receiver of a body to end the transfer without an error, because the rest is not needed.
package struct EnoughRead: Error {
  /// Creates the error.
  package init() {}
}

/// Makes requests over HTTPS, one at a time, and reuses connections. It uses the proxies in the environment, as curl
/// does.
package struct HTTPSClient: ~Copyable {
  private let options: HTTPSOptions
  private var curl: CurlHandle

  /// Creates a client, which does not connect yet.
  package init(_ options: HTTPSOptions) throws(MemoryError) {
    self.options = options
    curl = try CurlHandle()
  }

  /// Makes a request, once. Redirects are not followed. The response is returned whatever its status is.
  /// - Parameter take: called with the status and each piece of the body, decompressed. It may throw `EnoughRead`.
  ///   Nothing more is read until it returns, so that a slow reader slows the sender.
  /// - Throws: `HTTPSError`, `MemoryError`, or what `take` throws.
  package mutating func send(
    _ request: HTTPSRequest, _ take: (Int, Span<UInt8>) throws -> Void
  ) throws -> HTTPSResponse {
    // With CURLOPT_ACCEPT_ENCODING libcurl would decompress the body, and report no error if it is cut.
    let headers = try CurlList(request.headers + ["Accept: application/json", "Accept-Encoding: gzip"])
    configure(request, headers)
    var inflater: Inflater?
    do {
      try curl.perform { piece in
        let status = curl.number(CURLINFO_RESPONSE_CODE)
        do {
          guard try isCompressed(request) else { return try take(status, piece) }
          if inflater == nil { inflater = try Inflater() }
          try inflater!.inflate(piece) { try take(status, $0) }
        } catch  where (error is InflateFault || error is HTTPSError) && !Self.isSuccess(status) {
          // The status is the error to report, not that the body cannot be decompressed.
          throw EnoughRead()
        }
      }
      if let isAtEnd = inflater?.isAtEnd, !isAtEnd, Self.isSuccess(curl.number(CURLINFO_RESPONSE_CODE)) {
        throw HTTPSError.cutGzip(request.address)
      }
    } catch is EnoughRead {
    } catch let error as CurlError {
      throw HTTPSError.transfer(request.address, error, proxyStatus: curl.number(CURLINFO_HTTP_CONNECTCODE))
    } catch is InflateFault {
      throw HTTPSError.badGzip(request.address)
    }
    let wait = curl.offset(CURLINFO_RETRY_AFTER)
    return HTTPSResponse(
      status: curl.number(CURLINFO_RESPONSE_CODE), retryAfter: wait > 0 ? .seconds(wait) : nil,
      redirect: curl.text(CURLINFO_REDIRECT_URL))
  }

  /// Makes a request whose response is small.
  /// - Returns: the response, and at most `BodyStart.maxBytes` of its body.
  /// - Throws: `HTTPSError` or `MemoryError`.
  package mutating func send(_ request: HTTPSRequest) throws -> (response: HTTPSResponse, body: [UInt8]) {
    var body = BodyStart()
    let response = try send(request) { _, piece in try body.append(piece) }
    return (response, body.bytes)
  }

  /// The values of a header of the last response.
  package func headers(_ name: String) -> [String] { curl.headers(name) }

  private static func isSuccess(_ status: Int) -> Bool { (200..<300).contains(status) }

  private mutating func configure(_ request: HTTPSRequest, _ headers: borrowing CurlList) {
    curl.reset()
    curl.set(CURLOPT_URL, request.address.text)
    curl.set(CURLOPT_PROTOCOLS_STR, "http,https")
    curl.set(CURLOPT_HTTPHEADER, headers)
    curl.set(CURLOPT_USERAGENT, options.userAgent)
    curl.set(CURLOPT_FOLLOWLOCATION, false)
    curl.set(CURLOPT_HTTP_CONTENT_DECODING, false)
    curl.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    curl.set(CURLOPT_BUFFERSIZE, 256 << 10)
    curl.set(CURLOPT_CONNECTTIMEOUT, options.connectTimeout)
    curl.set(CURLOPT_LOW_SPEED_LIMIT, 100)
    curl.set(CURLOPT_LOW_SPEED_TIME, options.stallTimeout)
    if let file = options.caFile { curl.set(CURLOPT_CAINFO, file) }
    if let limit = options.maxTime { curl.set(CURLOPT_TIMEOUT, limit) }
    if let body = request.body {
      curl.set(CURLOPT_COPYPOSTFIELDS, body)
      // The response to a POST is small. That to a GET may be of any length.
      curl.set(CURLOPT_TIMEOUT, options.connectTimeout + options.stallTimeout)
    }
  }

  /// Whether the body of the response that is arriving is compressed with gzip.
  private func isCompressed(_ request: HTTPSRequest) throws(HTTPSError) -> Bool {
    guard let name = curl.headers("Content-Encoding").first else { return false }
    switch name.lowercased() {
    case "", "identity": return false
    case "gzip", "x-gzip": return true
    default: throw .encoding(request.address, name)
    }
  }
}

/// The first bytes of a body.
package struct BodyStart: Sendable {
  /// The maximum number of bytes that are kept.
  package static let maxBytes = 64 << 10

  /// The bytes kept so far.
  package private(set) var bytes: [UInt8] = []
  /// Whether the maximum is reached.
  package var isFull: Bool { bytes.count >= Self.maxBytes }

  package init() {}

  /// Adds bytes up to the maximum.
  /// - Throws: `EnoughRead` when it is full, so that an endless body is not read on.
  package mutating func append(_ piece: Span<UInt8>) throws(EnoughRead) {
    for index in 0..<min(piece.count, Self.maxBytes - bytes.count) { bytes.append(piece[index]) }
    if isFull { throw EnoughRead() }
  }

  /// Removes all bytes.
  package mutating func removeAll() { bytes.removeAll() }
}
