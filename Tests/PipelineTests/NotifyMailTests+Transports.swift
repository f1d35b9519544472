import Foundation
import TestSupport
import Testing

/// The ways to send a message.
extension NotifyMailTests {
  /// A program in the place of sendmail, which keeps its arguments and input.
  private func makeSendmail(_ ending: String) throws -> String {
    let path = try directory.write(
      "sendmail", "#!/bin/sh\nprintf '%s ' \"$@\" > \"$0.arguments\"\ncat > \"$0.input\"\n\(ending)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func runSendmail(_ path: String) throws -> Executable.Outcome {
    try notify.run(
      ["--sendmail", path, "--to", "a@x.example", "--cc", "c@x.example", "--from", "f@x.example"],
      input: input(Self.feed, Self.reject, Self.end), in: directory.url)
  }

  @Test func `sendmail is handed the message, and finds the recipients in it`() throws {
    let outcome = try runSendmail(try makeSendmail("exit 0"))
    #expect(outcome.status == 0)
    #expect(String(decoding: try directory.read("sendmail.arguments"), as: UTF8.self) == "-t -i ")
    let mail = try ReceivedMail(try directory.read("sendmail.input"))
    #expect(mail.defects == [])
    #expect(mail["to"] == "a@x.example")
    #expect(mail["cc"] == "c@x.example")
    #expect(
      outcome.lines.dropLast().last?.contains(#""outcome":"sent","recipients":["a@x.example","c@x.example"]"#) == true)
  }

  @Test(arguments: [
    ("echo 'queue is full\n' >&2; exit 75", Int32(75), "queue is full"), ("exit 77", 77, "status 77"),
    ("exit 78", 78, "status 78"),
    ("exit 67", 69, "status 67"), ("exit 1", 69, "status 1"), ("kill -9 $$", 75, "signal 9"),
  ])
  func `the status of sendmail decides the status of notify-mail`(ending: String, status: Int32, words: String) throws {
    let outcome = try runSendmail(try makeSendmail(ending))
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(words))
    #expect(outcome.lines.dropLast().last?.hasPrefix(#"{"kind":"mail","outcome":"failed","recipients":[]"#) == true)
  }

  @Test func `a sendmail that does not exist is 78`() throws {
    #expect(try runSendmail(directory.path("none")).status == 78)
    #expect(try notify.run(["--sendmail", directory.path("none"), "--check"]).status == 78)
    #expect(try notify.run(["--sendmail", "/bin/true", "--check"]).status == 0)
    #expect(try notify.run(["--maildir", directory.path("box"), "--check"]).status == 0)
    #expect(try notify.run(["--maildir", directory.path("none/box"), "--check"]).status == 73)
  }

  @Test(arguments: [
    ["--smtp", "smtp://x.example"], ["--smtp", "smtp://x.example", "--to", "a@x.example"],
    ["--sendmail", "/bin/true", "--to", "a@x"],
    ["--smtp", "http://x.example", "--to", "a@x", "--from", "f@x"],
    ["--smtp", "smtp://u:p@x.example", "--to", "a@x", "--from", "f@x"],
    ["--smtp", "smtp://x.example/path", "--to", "a@x", "--from", "f@x"],
    ["--smtp", "x.example", "--to", "a@x", "--from", "f@x"],
    ["--smtp", "smtp://x.example", "--sendmail", "/bin/true", "--to", "a@x", "--from", "f@x"],
    ["--smtp", "smtp://x.example", "--timeout", "0", "--to", "a@x", "--from", "f@x"],
  ])
  func `a message for others needs a transport, a sender and recipients`(arguments: [String]) throws {
    let outcome = try notify.run(arguments, input: input(Self.feed, Self.reject, Self.end))
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.output.isEmpty)
  }

  @Test(arguments: [["SMTP_USER": "x"], ["SMTP_PASSWORD": "x"], ["SMTP_USER": "x", "SMTP_PASSWORD_FILE": "/none"]])
  func `half a login is no login`(environment: [String: String]) throws {
    let outcome = try notify.run(
      ["--smtp", "smtp://127.0.0.1:1", "--to", "a@x", "--from", "f@x"], input: input(Self.feed, Self.end),
      environment: environment)
    #expect(outcome.status == (environment["SMTP_PASSWORD_FILE"] == nil ? 78 : 66))
    #expect(outcome.errorLines.count == 1)
  }
}
