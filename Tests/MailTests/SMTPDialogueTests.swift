import Curl
import StageErrors
import Testing

@testable import Mail

@Suite struct SMTPDialogueTests {
  private let people = ["a@x.example", "b@x.example", "c@x.example"]

  /// Lines of the client begin with `>`.
  private func dialogue(_ lines: String...) -> SMTPDialogue {
    var dialogue = SMTPDialogue(people)
    for line in lines {
      if line.hasPrefix(">") {
        dialogue.add(.client, line.dropFirst() + "\r\n")
      } else {
        dialogue.add(.server, line + "\r\n")
      }
    }
    return dialogue
  }

  @Test func `each recipient has the reply to their own command`() {
    let dialogue = dialogue(
      "220-welcome", "220 here", ">EHLO me", "250-a", "250 b", ">MAIL FROM:<f@x>", "250 ok", ">RCPT TO:<a@x.example>",
      "250 ok",
      ">RCPT TO:<b@x.example>", "451-not", "451 now", ">RCPT TO:<c@x.example>", "550 never", ">DATA", "354 go",
      "250 queued",
      ">QUIT", "421 too late")
    #expect(dialogue.replies.mapValues(\.code) == [0: 250, 1: 451, 2: 550])
    #expect(dialogue.replies[1]?.text == "451 not now")
    #expect(dialogue.isQueued)
    #expect(dialogue.last?.text == "250 queued")
    var attempts = SMTPAttempts(people)
    attempts.add(dialogue, failure: nil)
    #expect(attempts.pending == ["b@x.example"])
    #expect(attempts.retryReason?.exitStatus == .temporary)
  }

  @Test func `if the message is not accepted, all recipients that were not refused are pending`() throws {
    let dialogue = dialogue(
      "220 here", ">EHLO me", "250 b", ">MAIL FROM:<f@x>", "250 ok", ">RCPT TO:<a@x.example>", "250 ok",
      ">RCPT TO:<b@x.example>", "550 no", ">RCPT TO:<c@x.example>", "250 ok", ">DATA", "354 go")
    var attempts = SMTPAttempts(people)
    attempts.add(dialogue, failure: MailError("broke off", .temporary))
    #expect(attempts.pending == ["a@x.example", "c@x.example"])
    #expect(attempts.retryReason?.description == "broke off")
    attempts.giveUp("enough")
    let error = #expect(throws: MailError.self) { try attempts.result(at: "here") }
    #expect(error?.exitStatus == .temporary)
    #expect(error?.description.contains("<b@x.example>: 550 no") == true)
  }

  @Test func `a reply to a login is not taken for a reply to a recipient`() {
    let dialogue = dialogue("220 here", ">EHLO me", "250 b", ">AUTH LOGIN", "334 x", ">RCPTcGFzcw==", "535 no")
    #expect(dialogue.last?.command == .login)
    #expect(dialogue.replies.isEmpty)
  }

  @Test func `the first line that is no reply is kept`() {
    #expect(dialogue("SSH-2.0-x\u{1B}[2J").malformedReply == "SSH-2.0-x\\u{1B}[2J")
    #expect(dialogue("220 fine").malformedReply == nil)
  }

  @Test(arguments: [
    ("smtp://mail.example.edu", "smtp://mail.example.edu:587", "mail.example.edu port 587"),
    ("smtps://mail.example.edu/", "smtps://mail.example.edu:465", "mail.example.edu port 465"),
    ("smtp://mail.example.edu:25", "smtp://mail.example.edu:25", "mail.example.edu port 25"),
    ("SMTP://10.0.0.1", "smtp://10.0.0.1:587", "10.0.0.1 port 587"),
    ("smtp://[::1]", "smtp://[::1]:587", "[::1] port 587"),
    ("smtp://[::1]:2525/", "smtp://[::1]:2525", "[::1] port 2525"),
  ])
  func `the default port is the one for submission`(text: String, url: String, place: String) throws {
    let address = try SMTPAddress(text)
    #expect(address.url == url)
    #expect(address.place == place)
  }

  @Test(arguments: [
    "", "mail.example.edu", "http://x", "smtp://", "smtp://u@x", "smtp://u:p@x", "smtp://x/path", "smtp://x?a",
    "smtp://x:y",
    "smtp://x:99999",
  ])
  func `a malformed address of a mail server is refused as bad usage`(text: String) {
    #expect(throws: SettingError.self) { try SMTPAddress(text) }
  }
}
