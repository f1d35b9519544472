import Curl
import StageSupport

/// What client and server have said in one connection, as far as it matters who gets the message.
struct SMTPDialogue {
  enum Command: Equatable {
    case greeting, hello, startTLS, login, sender
    case recipient(Int)
    case data, message, farewell, other
  }

  struct Reply: Equatable {
    let command: Command
    let code: Int
    /// The server's own, in one line.
    let words: String
  }

  /// In the order in which libcurl names them to the server.
  let recipients: [String]
  private(set) var last: Reply?
  private(set) var replies: [Int: Reply] = [:]
  /// What the other side said that no mail server says.
  private(set) var nonsense: String?
  /// The server has taken the message over.
  private(set) var isQueued = false
  private var command = Command.greeting
  private var recipient = -1
  private var lines: [String] = []
  /// Hides the password, which a server may repeat.
  let mask: SecretMask

  init(_ recipients: [String], hiding mask: SecretMask = SecretMask([])) {
    self.recipients = recipients
    self.mask = mask
  }

  mutating func hear(_ speaker: CurlHandle.Speaker, _ text: String) {
    switch speaker {
    case .client: hearCommand(text)
    case .server: hearReply(text)
    }
  }

  private mutating func hearCommand(_ text: String) {
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
    case "QUIT": command = .farewell
    case "NOOP": command = .other
    // A line of the login that the server has asked for.
    default: command = command == .login ? .login : .other
    }
  }

  /// A reply is lines of `250-…`, the last of them `250 …`.
  private mutating func hearReply(_ text: String) {
    let line = text.filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
    guard let code = Int(line.prefix(3)), (200..<600).contains(code) else {
      nonsense = nonsense ?? Phrase.data(mask.hiding(line), limit: 100)
      return
    }
    // Libcurl takes its leave after a failure too, and that is not what failed.
    if command == .farewell { return }
    if lines.count < 10 { lines.append(String(line.dropFirst(4))) }
    guard line.dropFirst(3).first != "-" else { return }
    let words = Phrase.data("\(code) " + mask.hiding(lines.joined(separator: " ")), limit: 300)
    let reply = Reply(command: command, code: code, words: words)
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
