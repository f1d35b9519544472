import Curl
import Report
import Stage
import StageErrors

/// The commands and replies of one SMTP connection: which recipients were accepted, and what failed.
struct SMTPDialogue {
  /// The command that a reply belongs to. `greeting` and `message` are replies to no command line.
  enum Command: Equatable {
    case greeting, hello, startTLS, login, sender
    case recipient(Int)
    case data, message, quit, other
  }

  struct Reply: Equatable {
    let command: Command
    let code: Int
    /// Code and text, in one line of at most 300 characters before escapes.
    let text: String
  }

  /// The recipients in the order of libcurl's RCPT commands.
  let recipients: [String]
  /// The last reply before QUIT.
  private(set) var last: Reply?
  /// The replies to RCPT, by the position of the recipient.
  private(set) var replies: [Int: Reply] = [:]
  /// The first line that is not an SMTP reply.
  private(set) var malformedReply: String?
  /// The server has accepted the message.
  private(set) var isQueued = false
  private var command = Command.greeting
  private var recipient = -1
  private var lines: [String] = []
  /// Hides the password, which a server may echo.
  private let mask: SecretMask

  init(_ recipients: [String], hiding mask: SecretMask = SecretMask([])) {
    self.recipients = recipients
    self.mask = mask
  }

  /// Adds a line of the connection, as libcurl's `CURLOPT_DEBUGFUNCTION` reports it.
  mutating func add(_ speaker: CurlHandle.Speaker, _ text: String) {
    switch speaker {
    case .client: addCommand(text)
    case .server: addReply(text)
    }
  }

  private mutating func addCommand(_ text: String) {
    lines = []
    let word = text.prefix { $0.isASCII && $0.isLetter }
    switch word.uppercased() {
    case "EHLO", "HELO": command = .hello
    case "STARTTLS": command = .startTLS
    case "AUTH": command = .login
    case "MAIL": command = .sender
    case "RCPT":
      recipient += 1
      command = .recipient(recipient)
    case "DATA": command = .data
    case "QUIT": command = .quit
    case "NOOP": command = .other
    // During a login the client sends lines of Base64, which may begin with any letters.
    default: command = command == .login ? .login : .other
    }
  }

  /// A reply is zero or more lines `250-…` and a last line `250 …`.
  private mutating func addReply(_ text: String) {
    let line = text.filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
    guard let code = Int(line.prefix(3)), (200..<600).contains(code) else {
      malformedReply = malformedReply ?? Phrase.excerpt(mask.hiding(line), limit: 100)
      return
    }
    // libcurl sends QUIT after a failure too; the reply to it says nothing of the failure.
    if command == .quit { return }
    if lines.count < 10 { lines.append(String(line.dropFirst(4))) }
    guard line.dropFirst(3).first != "-" else { return }
    let text = Phrase.excerpt("\(code) " + mask.hiding(lines.joined(separator: " ")), limit: 300)
    let reply = Reply(command: command, code: code, text: text)
    lines = []
    last = reply
    switch command {
    case .recipient(let index): replies[index] = reply
    case .data where code == 354: command = .message
    case .message: isQueued = code / 100 == 2
    default: break
    }
  }
}

extension SMTPDialogue {
  /// Why the connection failed, with status 75 if a retry may succeed.
  /// - Parameter place: the server, named at the beginning of the message.
  func failure(_ error: CurlError, at place: String) -> MailError {
    let (description, status) = cause(of: error)
    return MailError("\(place): \(description)", status)
  }

  private func cause(of error: CurlError) -> (String, ExitStatus) {
    let detail = Phrase.excerpt(mask.hiding(error.description), limit: 300)
    if last == nil, let malformedReply {
      return ("this is not a mail server; it sends '\(malformedReply)'", .protocolViolation)
    }
    switch error.cause {
    case .untrusted:
      return ("the server's certificate is not trusted (\(detail)); give its CA with --ca-file", error.exitStatus)
    case .badCAFile: return ("the CA file cannot be used: \(detail)", error.exitStatus)
    case .handshakeFailed: return ("no encrypted connection: \(detail)", error.exitStatus)
    case .unreachable, .timedOut: return (detail, error.exitStatus)
    default: break
    }
    if let last, last.code >= 400 { return Self.refusal(last) }
    switch error.cause {
    case .noEncryption:
      return (
        "the server does not offer STARTTLS, so nothing is sent; use smtps:// or another server", error.exitStatus
      )
    case .loginDenied:
      return ("the server offers no login by PLAIN or LOGIN; notify-mail has no other", error.exitStatus)
    default: return ("the connection was lost: \(detail)", .temporary)
    }
  }

  private static func refusal(_ reply: Reply) -> (String, ExitStatus) {
    if reply.code < 500 { return ("deferred by the server: \(reply.text)", .temporary) }
    let isLogin = reply.command == .login || [530, 534, 535, 538].contains(reply.code)
    return isLogin
      ? ("login refused: \(reply.text)", .accessDenied) : ("refused by the server: \(reply.text)", .refused)
  }
}
