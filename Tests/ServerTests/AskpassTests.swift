import Foundation
import TestSupport
import Testing

/// feed-push as the program that ssh runs to ask for a password or passphrase.
@Suite struct AskpassTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func ask(_ question: String, _ environment: [String: String] = [:]) throws -> Executable.Outcome {
    let files = [
      "SFTP_ASKPASS_PASSWORD": try directory.write("password", "word"),
      "SFTP_ASKPASS_PASSPHRASE": try directory.write("passphrase", "phrase"),
    ]
    return try Executable("feed-push").run([question], environment: files.merging(environment) { $1 })
  }

  @Test(arguments: [
    ("alma@library's password: ", "word\n"), ("Password: ", "word\n"),
    ("Enter passphrase for key '/home/alma/.ssh/id_ed25519': ", "phrase\n"),
  ])
  func `a question is answered by the secret that it asks for`(question: String, answer: String) throws {
    let outcome = try ask(question)
    #expect(outcome.status == 0 && outcome.text == answer && outcome.errors == "")
  }

  @Test(arguments: [
    ("Enter PIN for 'token': ", [:]), ("Allow use of key?", ["SSH_ASKPASS_PROMPT": "confirm"]),
    ("Password: ", ["SFTP_ASKPASS_PASSWORD": ""]), ("Password: ", ["SFTP_ASKPASS_PASSWORD": "/none/such"]),
  ])
  func `any other question has no answer`(question: String, environment: [String: String]) throws {
    let outcome = try ask(question, environment)
    #expect(outcome.status == 1 && outcome.text == "" && outcome.errors == "")
  }
}
