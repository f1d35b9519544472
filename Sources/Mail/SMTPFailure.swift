import CCurl
import Curl
import StageSupport

/// Why a connection to a mail server came to nothing, and whether it is worth another try.
struct SMTPFailure {
  let error: MailError

  init(_ error: CurlError, _ dialogue: SMTPDialogue, at place: String) {
    let (words, status) = Self.judge(error, dialogue)
    self.error = MailError("\(place): \(words)", status)
  }

  private static func judge(_ error: CurlError, _ dialogue: SMTPDialogue) -> (String, ExitStatus) {
    let words = Phrase.data(dialogue.mask.hiding(error.description), limit: 300)
    if dialogue.last == nil, let nonsense = dialogue.nonsense {
      return ("this is no mail server; it says '\(nonsense)'", .protocolViolation)
    }
    switch error.code {
    case CURLE_PEER_FAILED_VERIFICATION:
      return ("the server's certificate is not trusted (\(words)); give its CA with --ca-file", .accessDenied)
    case CURLE_SSL_CACERT_BADFILE: return ("the CA file cannot be used: \(words)", .configuration)
    case CURLE_SSL_CONNECT_ERROR:
      // What OpenSSL has read and not understood stays so; a connection that broke off may hold the next time.
      return ("no encrypted connection: \(words)", words.contains("SSL routines") ? .protocolViolation : .temporary)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT:
      return (words, .temporary)
    default: break
    }
    if let reply = dialogue.last, reply.code >= 400 { return refusal(reply) }
    switch error.code {
    case CURLE_USE_SSL_FAILED:
      return (
        "the server offers no STARTTLS, without which nothing is sent; use smtps://, "
          + "or --insecure-plaintext to send in the clear", .refused
      )
    case CURLE_LOGIN_DENIED:
      return ("the server takes neither PLAIN nor LOGIN, with which notify-mail logs in", .accessDenied)
    default: return ("the connection broke off: \(words)", .temporary)
    }
  }

  private static func refusal(_ reply: SMTPDialogue.Reply) -> (String, ExitStatus) {
    if reply.code < 500 { return ("put off by the server: \(reply.words)", .temporary) }
    let isLogin = reply.command == .login || [530, 534, 535, 538].contains(reply.code)
    return isLogin
      ? ("login refused: \(reply.words)", .accessDenied) : ("refused by the server: \(reply.words)", .refused)
  }
}
