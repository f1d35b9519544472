import CCurl
import Curl
public import StageSupport

/// A mail server that takes messages for others, spoken to by libcurl.
public struct SMTPServer: MessageSink {
  /// Where the server is, and how it is spoken to.
  public struct Options: Sendable {
    /// `smtp://host[:port]`, with STARTTLS, or `smtps://host[:port]`.
    public var url: String
    public var user: String?
    public var password: Secret?
    /// Certificates to trust, in place of the system's.
    public var caFile: String?
    /// Do without encryption, STARTTLS included.
    public var isPlaintext: Bool
    /// How long, in seconds, the server may be silent.
    public var timeout: Int

    public init(
      url: String, user: String?, password: Secret?, caFile: String?, isPlaintext: Bool, timeout: Int
    ) {
      self.url = url
      self.user = user
      self.password = password
      self.caFile = caFile
      self.isPlaintext = isPlaintext
      self.timeout = timeout
    }
  }

  private let options: Options
  private let address: SMTPAddress
  private let mask: SecretMask
  private let retries: RetryOptions
  private let diagnostics: Diagnostics

  public init(_ options: Options, retries: RetryOptions, diagnostics: Diagnostics) throws {
    self.options = options
    self.retries = retries
    self.diagnostics = diagnostics
    address = try SMTPAddress(options.url)
    mask = SecretMask(Self.secrets(options))
    guard (options.user == nil) == (options.password == nil) else {
      throw SettingError(
        options.user == nil
          ? "a password for the mail server is given, but no user; set SMTP_USER"
          : "a user for the mail server is given, but no password; set SMTP_PASSWORD_FILE or SMTP_PASSWORD")
    }
  }

  /// The password, and what AUTH PLAIN and AUTH LOGIN send of it.
  private static func secrets(_ options: Options) -> [String] {
    guard let password = options.password?.value else { return [] }
    return [
      password, Base64.text(Array("\0\(options.user ?? "")\0\(password)".utf8)), Base64.text(Array(password.utf8)),
    ]
  }

  /// Sends the message, and tries again those recipients that the server puts off.
  public func send(_ message: Message, to recipients: [String]) throws -> Dispatch {
    var retries = Retries(retries, diagnostics)
    var round = SMTPRound(open: recipients)
    let text = message.bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    while true {
      var dialogue = SMTPDialogue(round.open, hiding: mask)
      do {
        var handle = try self.handle()
        let list = CurlList(round.open.map { "<\($0)>" })
        handle.set(CURLOPT_MAIL_FROM, "<\(message.sender)>")
        handle.set(CURLOPT_MAIL_RCPT, list)
        handle.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, true)
        handle.set(CURLOPT_UPLOAD, true)
        handle.set(CURLOPT_INFILESIZE_LARGE, offset: text.count)
        try handle.perform(sending: text) { dialogue.hear($0, $1) }
        round.take(dialogue, nil)
      } catch let error as CurlError {
        round.take(dialogue, SMTPFailure(error, dialogue, at: address.place).error)
      }
      guard let reason = round.reasonToTryAgain else { return try round.dispatch(at: address.place) }
      do { try retries.pause(after: reason) } catch {
        round.giveUp(error.description)
        return try round.dispatch(at: address.place)
      }
    }
  }

  /// Connects, greets, logs in, and quits.
  public func check() throws {
    var retries = Retries(retries, diagnostics)
    try retries.run {
      var dialogue = SMTPDialogue([], hiding: mask)
      do {
        var handle = try self.handle()
        handle.set(CURLOPT_CUSTOMREQUEST, "NOOP")
        try handle.perform(sending: []) { dialogue.hear($0, $1) }
      } catch let error as CurlError {
        throw SMTPFailure(error, dialogue, at: address.place).error
      }
    }
  }

  private func handle() throws(CurlError) -> CurlHandle {
    var handle = try CurlHandle()
    handle.set(CURLOPT_URL, address.url)
    handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // Proxies of the environment are for the web.
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
