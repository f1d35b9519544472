import CCurl
import Curl
import Encodings
package import Stage
import StageErrors

/// A mail server that accepts messages for delivery. libcurl speaks SMTP with it.
package struct SMTPServer: MessageSink {
  /// Where the server is, and how to connect.
  package struct Options: Sendable {
    /// `smtp://host[:port]`, with STARTTLS, or `smtps://host[:port]`.
    let url: String
    /// The user to log in as; nil for no login.
    package var user: String?
    package var password: Secret?
    /// A file of certificates to trust instead of the system's.
    package var caFile: String?
    /// Without encryption: no STARTTLS.
    package var isPlaintext = false
    /// Gives up after this many seconds without a byte from the server.
    package var timeout = 60

    package init(url: String) { self.url = url }
  }

  private let options: Options
  private let address: SMTPAddress
  private let mask: SecretMask
  private let retries: RetryLimits
  private let diagnostics: Diagnostics

  /// Throws a `SettingError` if the URL is invalid, or only one of user and password is given. Does not connect.
  package init(_ options: Options, retries: RetryLimits, diagnostics: Diagnostics) throws {
    self.options = options
    self.retries = retries
    self.diagnostics = diagnostics
    address = try SMTPAddress(options.url)
    switch (options.user, options.password?.value) {
    case (nil, nil): mask = SecretMask([])
    case (nil, _): throw SettingError("a password for the mail server is given, but no user; set SMTP_USER")
    case (_, nil):
      throw SettingError(
        "a user for the mail server is given, but no password; set SMTP_PASSWORD_FILE or SMTP_PASSWORD")
    case (let user?, let password?):
      // As it is, and as AUTH PLAIN and AUTH LOGIN encode it.
      mask = SecretMask([
        password, Base64.text(Array("\0\(user)\0\(password)".utf8)), Base64.text(Array(password.utf8)),
      ])
    }
  }

  /// Sends the message, and retries for the recipients that the server defers.
  package func send(_ message: Message, to recipients: [String]) throws -> SendResult {
    var retries = Retries(retries, diagnostics)
    var attempts = SMTPAttempts(recipients)
    let text = message.bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    while true {
      var dialogue = SMTPDialogue(attempts.pending, hiding: mask)
      do {
        var handle = try self.handle()
        let list = try CurlList(attempts.pending.map { "<\($0)>" })
        handle.set(CURLOPT_MAIL_FROM, "<\(message.sender)>")
        handle.set(CURLOPT_MAIL_RCPT, list)
        handle.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, true)
        handle.set(CURLOPT_UPLOAD, true)
        handle.set(CURLOPT_INFILESIZE_LARGE, offset: text.count)
        try handle.perform(sending: text) { dialogue.add($0, $1) }
        attempts.add(dialogue, failure: nil)
      } catch let error as CurlError {
        attempts.add(dialogue, failure: dialogue.failure(error, at: address.place))
      }
      guard let reason = attempts.retryReason else { return try attempts.result(at: address.place) }
      do { try retries.pause(after: reason) } catch {
        attempts.giveUp(error.description)
        return try attempts.result(at: address.place)
      }
    }
  }

  /// Connects, logs in, and quits.
  package func check() throws {
    var retries = Retries(retries, diagnostics)
    try retries.run {
      var dialogue = SMTPDialogue([], hiding: mask)
      do {
        var handle = try self.handle()
        handle.set(CURLOPT_CUSTOMREQUEST, "NOOP")
        try handle.perform(sending: []) { dialogue.add($0, $1) }
      } catch let error as CurlError {
        throw dialogue.failure(error, at: address.place)
      }
    }
  }

  private func handle() throws(MemoryError) -> CurlHandle {
    var handle = try CurlHandle()
    handle.set(CURLOPT_URL, address.url)
    handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // The proxies in the environment are for HTTP.
    handle.set(CURLOPT_PROXY, "")
    handle.set(CURLOPT_NOSIGNAL, true)
    let usesTLS = options.isPlaintext ? CURLUSESSL_NONE : CURLUSESSL_ALL
    handle.set(CURLOPT_USE_SSL, Int(usesTLS.rawValue))
    handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    if let file = options.caFile { handle.set(CURLOPT_CAINFO, file) }
    if let user = options.user, let password = options.password {
      handle.set(CURLOPT_USERNAME, user)
      handle.set(CURLOPT_PASSWORD, password.value)
      handle.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
    }
    handle.set(CURLOPT_CONNECTTIMEOUT, options.timeout)
    handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, options.timeout)
    handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
    handle.set(CURLOPT_LOW_SPEED_TIME, options.timeout)
    return handle
  }
}

/// The URL of a mail server.
struct SMTPAddress {
  /// With the port, for libcurl.
  let url: String
  /// For messages: `mail.example.edu port 587`.
  let place: String

  init(_ text: String) throws(SettingError) {
    guard let url = URLParts(text), ["smtp", "smtps"].contains(url.scheme), !url.hasInvalidPort, url.hasNetworkHost
    else { throw Self.wrong(text, "write smtp://host[:port] or smtps://host[:port]") }
    guard url.user == nil else {
      throw SettingError("--smtp: the user goes into SMTP_USER, not into the URL", exitStatus: .usage)
    }
    guard ["", "/"].contains(url.path), url.query == nil, url.fragment == nil else {
      throw Self.wrong(text, "nothing may follow host and port")
    }
    // The default port of libcurl is 25, which is for mail between servers. 587 is for submission (RFC 6409).
    let port = url.port ?? (url.scheme == "smtps" ? 465 : 587)
    let host = url.host
    self.url = "\(url.scheme)://\(host):\(port)"
    place = "\(host) port \(port)"
  }

  private static func wrong(_ text: String, _ why: String) -> SettingError {
    SettingError("--smtp: '\(text)' is not the URL of a mail server; \(why)", exitStatus: .usage)
  }
}
