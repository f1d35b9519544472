import CCurl
import Curl
import Stage

/// How the gateway is connected to.
public struct GatewayOptions: Sendable {
  /// A file of certificates to trust in place of the system's.
  public var authorities: String?
  /// Seconds until a connection has to stand.
  public var connectTimeout = 30
  /// Seconds that may pass with next to nothing arriving.
  public var stallTimeout = 120
  public var userAgent = "alma-people/\(Version.current)"

  public init() {}
}

/// A request to the gateway.
struct GatewayRequest {
  let address: WebAddress
  /// Header lines, which may be secret.
  var headers: [String] = []
  /// The body of a POST; nil for a GET.
  var form: String?
}

/// What the gateway answered, but for the body.
struct GatewayResponse {
  let status: Int
  /// How long it asks to be left alone, from seconds or from a date.
  let retryAfter: Duration?
  /// Where it sends the client instead.
  let redirect: String?
  /// The header that says where the next page is, such as `Link`, for people; nil where this is all.
  let nextPage: String?
}

/// Ends a transfer of which enough has been read: thrown where pieces are taken, and no error.
struct EnoughRead: Error {}

/// The gateway before the API store, over HTTPS.
struct Gateway: ~Copyable {
  private let options: GatewayOptions
  private var curl: CurlHandle

  init(_ options: GatewayOptions) throws(CurlError) {
    self.options = options
    curl = try CurlHandle()
  }

  /// Makes a request.
  /// - Parameter take: called with the response's status and each piece of its body, unpacked. While it does not return, nothing
  ///   more is asked for, so that a slow reader slows the sender.
  /// - Throws: a `PeopleSoftError`, or what `take` throws.
  mutating func send(
    _ request: GatewayRequest, _ take: (Int, Span<UInt8>) throws -> Void
  ) throws -> GatewayResponse {
    // Without Accept-Encoding of our own libcurl might unpack the body, and would not see that it was cut.
    let headers = CurlList(request.headers + ["Accept: application/json", "Accept-Encoding: gzip"])
    configure(request, headers)
    var inflater: Inflater?
    do {
      try curl.perform { piece in
        let status = curl.number(CURLINFO_RESPONSE_CODE)
        do {
          guard try isPacked(request) else { return try take(status, piece) }
          if inflater == nil { inflater = Inflater() }
          try inflater!.inflate(piece) { try take(status, $0) }
        } catch  where (error is InflateFault || error is PeopleSoftError) && !Self.isGood(status) {
          // The status says enough: a body that cannot be unpacked must not hide it.
          throw EnoughRead()
        }
      }
      if let isAtEnd = inflater?.isAtEnd, !isAtEnd, Self.isGood(curl.number(CURLINFO_RESPONSE_CODE)) {
        throw PeopleSoftError.cutGzip(request.address)
      }
    } catch is EnoughRead {
      // What the caller has is what it wants.
    } catch let error as CurlError {
      throw PeopleSoftError.transfer(request.address, error, proxyStatus: curl.number(CURLINFO_HTTP_CONNECTCODE))
    } catch is InflateFault {
      throw PeopleSoftError.badGzip(request.address)
    }
    let wait = curl.offset(CURLINFO_RETRY_AFTER)
    return GatewayResponse(
      status: curl.number(CURLINFO_RESPONSE_CODE), retryAfter: wait > 0 ? .seconds(wait) : nil,
      redirect: curl.text(CURLINFO_REDIRECT_URL), nextPage: PageSign.header { curl.headers($0) })
  }

  private static func isGood(_ status: Int) -> Bool { (200..<300).contains(status) }

  private mutating func configure(_ request: GatewayRequest, _ headers: borrowing CurlList) {
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
    if let authorities = options.authorities { curl.set(CURLOPT_CAINFO, authorities) }
    if let form = request.form {
      curl.set(CURLOPT_COPYPOSTFIELDS, form)
      // A token is small. The people have no limit on the whole.
      curl.set(CURLOPT_TIMEOUT, options.connectTimeout + options.stallTimeout)
    }
  }

  /// The body of the response that is arriving is packed.
  private func isPacked(_ request: GatewayRequest) throws(PeopleSoftError) -> Bool {
    guard let name = curl.header("Content-Encoding") else { return false }
    switch name.lowercased() {
    case "", "identity": return false
    case "gzip", "x-gzip": return true
    default: throw .encoding(request.address, name)
    }
  }
}
