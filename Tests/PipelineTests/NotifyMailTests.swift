import Foundation
import TestSupport
import Testing

@Suite struct NotifyMailTests {
  let notify = Executable("notify-mail")
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  static let feed =
    #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22","started":"2026-11-22T00:45:00Z"}"#
  static let reject =
    #"{"kind":"reject","verdict":"rejected","line":2,"emplid":"9001","campus_id":"jdoe","reasons":"#
    + #"[{"code":"no_expiration_date","field":"PATRON_EXPIRATION_DATE","message":"for Jane Doe"}],"#
    + #""record":{"EMPLID":"9001","PRF_OR_PRI_LAST_NAME":"Doe","HOME_EMAIL":"jane@home.example"}}"#
  private static let warned = reject.replacingOccurrences(of: "rejected", with: "warned")
  private static let person = #"{ "EMPLID" : "1", "X": 1.50 }"#
  static let end = #"{"kind":"summary","stage":"feed-push","complete":true}"#
  private static let cutEnd = #"{"kind":"summary","stage":"feed-push","complete":false}"#
  private static let failed = #"{"kind":"delivery","outcome":"failed","error":"connection refused"}"#

  func input(_ lines: String...) -> Data { Data(lines.map { $0 + "\n" }.joined().utf8) }

  /// The messages in the test's maildir.
  private func messages() throws -> [ReceivedMail] {
    let new = directory.url.appendingPathComponent("box/new")
    return try ((try? FileManager.default.contentsOfDirectory(at: new, includingPropertiesForKeys: nil)) ?? [])
      .map { try ReceivedMail(Data(contentsOf: $0)) }
  }

  private func run(_ arguments: [String] = [], _ input: Data, _ environment: [String: String] = [:]) throws
    -> Executable.Outcome
  {
    try notify.run(
      ["--maildir", "box", "--to", "a@x.example", "--from", "f@x.example"] + arguments, input: input,
      environment: environment, in: directory.url)
  }

  @Test func `a message in a maildir is complete, and another parser finds no defects`() throws {
    let outcome = try run(
      ["--cc", "Bö <b@x.example>", "--reply-to", "help@x.example"], input(Self.feed, Self.reject, Self.end))
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let mail = try #require(try messages().first)
    #expect(mail.defects == [])
    #expect(mail["from"] == "f@x.example")
    #expect(mail["to"] == "a@x.example")
    #expect(mail["cc"] == "Bö <b@x.example>")
    #expect(mail["reply-to"] == "help@x.example")
    #expect(mail["subject"] == "Alma people feed 2026-11-21: 1 not loaded")
    #expect(mail["date"] == "Sun, 22 Nov 2026 00:45:00 +0000")
    #expect(mail["auto-submitted"] == "auto-generated")
    #expect(mail["message-id"]?.hasSuffix("@x.example>") == true)
    #expect(mail.types == ["multipart/alternative", "text/plain", "text/html"])
    #expect(mail.text.contains("jdoe (9001)"))
    #expect(mail.html.contains("jdoe (9001)"))
    #expect(mail.longestLine <= 998)
    #expect(mail.isASCII)
    for part in [mail.text, mail.html] {
      for secret in ["Doe", "Jane", "home.example"] { #expect(!part.contains(secret)) }
    }
    let box = directory.url.appendingPathComponent("box")
    #expect(try FileManager.default.contentsOfDirectory(atPath: box.path).sorted() == ["cur", "new", "tmp"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: box.path + "/tmp").isEmpty)
    let file = try #require(FileManager.default.enumerator(atPath: box.path + "/new")?.nextObject() as? String)
    let mode = try FileManager.default.attributesOfItem(atPath: box.path + "/new/" + file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `no message is sent about a stream that cannot be marked as reported afterwards`() throws {
    let name = String(repeating: "n", count: 245) + ".ndjson"
    try input(Self.feed, Self.reject, Self.end).write(to: directory.url.appendingPathComponent(name))
    let outcome = try run(["--mark-told", name], Data())
    #expect(outcome.status == 73 && outcome.errors.contains("File name too long"), "\(outcome.errors)")
    #expect(try messages().isEmpty)
  }

  @Test func `every line is copied byte for byte, and the mail record and the summary come last`() throws {
    let stream = input(
      Self.feed, Self.person, "no JSON", #"{"kind":"new","x":1}"#, "", Self.reject, Self.warned, Self.failed, Self.end)
    let outcome = try run([], stream)
    let lines = outcome.lines
    #expect(lines.dropLast(2) == stream.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }[...])
    #expect(
      lines.dropLast().last?.hasPrefix(#"{"kind":"mail","outcome":"sent","recipients":["a@x.example"],"message_id":"<"#)
        == true)
    #expect(lines.dropLast().last?.hasSuffix(#"@x.example>","at":"2026-11-22T00:45:00Z"}"#) == true)
    #expect(
      lines.last
        == #"{"kind":"summary","stage":"notify-mail","complete":true,"rejected":1,"excluded":0,"warned":1,"failed":1,"seconds":0}"#
    )
  }

  @Test(arguments: [
    ([feed, reject, end], [], true), ([feed, failed, end], [], true), ([feed, person, cutEnd], [], true),
    ([feed, end, person], [], true), ([feed], [], true), ([], [], true), ([feed, end, feed], [], true),
    ([feed, cutEnd, feed, end], [], true),
    ([feed, warned, end], [], false), ([feed, warned, end], ["--always"], true), ([feed, end, feed, end], [], false),
  ])
  func `a message is sent only if a feed needs attention`(
    lines: [String], arguments: [String], isSent: Bool
  ) throws {
    let outcome = try run(arguments, Data(lines.map { $0 + "\n" }.joined().utf8))
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(try messages().count == (isSent ? 1 : 0))
    let record = outcome.lines.dropLast().last ?? ""
    #expect(
      isSent
        ? record.hasPrefix(#"{"kind":"mail","outcome":"sent""#)
        : record == #"{"kind":"mail","outcome":"nothing-to-report","recipients":[],"at":"2026-11-22T00:45:00Z"}"#)
  }

  @Test func `concatenated streams make one message with a section each`() throws {
    let other = Self.feed.replacingOccurrences(of: #""E""#, with: #""I""#)
    _ = try run([], input(Self.feed, Self.reject, Self.end, other, Self.failed, Self.cutEnd))
    let all = try messages()
    #expect(all.count == 1)
    #expect(all[0]["subject"] == "Alma people feed 2026-11-21: people no longer eligible not delivered, 1 not loaded")
    #expect(all[0].text.contains("ELIGIBLE PEOPLE, CHANGES OF 2026-11-21\n"))
    #expect(all[0].text.contains("PEOPLE NO LONGER ELIGIBLE, CHANGES OF 2026-11-21\n"))
  }

  @Test(arguments: [["--print"], ["--dry-run"], ["--dry-run", "--maildir", "box"]])
  func `with --print the message replaces the stream, and nothing is sent`(arguments: [String]) throws {
    let stream = input(Self.feed, Self.reject, Self.end)
    let outcome = try notify.run(arguments, input: stream, in: directory.url)
    #expect(outcome.status == 0)
    let mail = try ReceivedMail(outcome.output)
    #expect(mail.defects == [])
    #expect(mail["subject"] == "Alma people feed 2026-11-21: 1 not loaded")
    #expect(directory.names == [])
    #expect(try notify.run(arguments, input: stream, in: directory.url).output == outcome.output)
    #expect(try notify.run(arguments, input: input(Self.feed, Self.end), in: directory.url).output.isEmpty)
  }

  @Test(arguments: [
    [], ["--print", "--maildir", "box"], ["--maildir"], ["--print", "--list-limit", "-1"],
    ["--print", "--to", "nobody"],
    ["--print", "--to", "a@x.example\nBcc: b@y.example"], ["--print", "--subject", "x\r\nBcc: b@y.example"],
    ["--print", "--from", "X\n<a@x.example>"], ["--print", "--reply-to", "a@x.example\u{0D}"],
  ])
  func `a command line that cannot be right is 64, with one line`(arguments: [String]) throws {
    let outcome = try notify.run(arguments, input: input(Self.feed, Self.reject, Self.end), in: directory.url)
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.output.isEmpty)
    #expect(directory.names == [])
  }

  @Test func `variables are settings, and a flag overrides its variable`() throws {
    let environment = [
      "NOTIFY_MAIL_MAILDIR": "box", "NOTIFY_MAIL_TO": "a@x.example, b@x.example", "NOTIFY_MAIL_ALWAYS": "1",
    ]
    _ = try notify.run(input: input(Self.feed, Self.end), environment: environment, in: directory.url)
    #expect(try messages().first?["to"] == "a@x.example, b@x.example")
    let outcome = try notify.run(
      ["--print"], input: input(Self.feed, Self.end), environment: environment, in: directory.url)
    #expect(outcome.status == 0)
    #expect(try ReceivedMail(outcome.output)["to"] == "a@x.example, b@x.example")
  }

  @Test func `a maildir that cannot be made is 73, and the stream says that the mail failed`() throws {
    let outcome = try notify.run(
      ["--maildir", "missing/box"], input: input(Self.feed, Self.reject, Self.end), in: directory.url)
    #expect(outcome.status == 73)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("missing/box"))
    #expect(
      outcome.lines.dropLast().last?.hasPrefix(#"{"kind":"mail","outcome":"failed","recipients":[],"message_id":"#)
        == true)
    #expect(
      outcome.lines.last?.hasPrefix(#"{"kind":"summary","stage":"notify-mail","complete":false,"rejected":1"#) == true)
  }

  @Test func `the reject records are attached only with --attach-rejects`() throws {
    _ = try run(["--attach-rejects"], input(Self.feed, Self.reject, Self.end))
    let mail = try #require(try messages().first)
    #expect(mail.defects == [])
    #expect(mail.attachments == ["rejects.ndjson": Self.reject + "\n"])
    #expect(mail.text.contains("confidential"))
  }

  @Test func `a subject given is taken, whatever is in it`() throws {
    let outcome = try notify.run(
      ["--print", "--subject", "Bücher: ärgerlich " + String(repeating: "ü", count: 300)],
      input: input(Self.feed, Self.reject, Self.end))
    let mail = try ReceivedMail(outcome.output)
    #expect(mail["subject"] == "Bücher: ärgerlich " + String(repeating: "ü", count: 300))
    #expect(mail.isASCII)
  }

  @Test func `output that cannot be written is 74`() throws {
    let outcome = try Executable(program: "/bin/sh").run(
      ["-c", "exec \"$0\" --print > /dev/full", notify.path], input: input(Self.feed, Self.reject, Self.end))
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("No space left on device"))
  }

  @Test func `a file that is not there is 66, and the stream says that the mail failed`() throws {
    let outcome = try run(["none.ndjson"], Data())
    #expect(outcome.status == 66)
    #expect(outcome.lines.first?.hasPrefix(#"{"kind":"mail","outcome":"failed""#) == true)
    #expect(try messages().isEmpty)
  }

  @Test func `a message is sent once, and a different one is sent`() throws {
    let once = ["--once", "sent"]
    let stream = input(Self.feed, Self.reject, Self.end)
    let first = try run(once, stream)
    let second = try run(once, stream, ["SOURCE_DATE_EPOCH": "1795394700"])
    #expect(second.status == 0)
    #expect(try messages().count == 1)
    #expect(second.output == first.output, "the record tells of the message that was sent")
    // Beyond the list's end, and so not to be seen in the message.
    let hidden = once + ["--list-limit", "0"]
    _ = try run(hidden, stream)
    _ = try run(hidden, input(Self.feed, Self.reject.replacingOccurrences(of: "9001", with: "9002"), Self.end))
    #expect(try messages().count == 3)
    _ = try run(once + ["--cc", "new@x.example"], stream)
    #expect(try messages().count == 4)
    #expect(try run(once + ["--dry-run"], stream).output.isEmpty == false)
    let mode = try FileManager.default.attributesOfItem(atPath: directory.path("sent"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `a log whose last line is cut is continued, and one that cannot be written sends nothing`() throws {
    let stream = input(Self.feed, Self.reject, Self.end)
    try directory.write("sent", #"{"kind":"mail","digest":"abc","recip"#)
    #expect(try run(["--once", "sent"], stream).status == 0)
    #expect(try run(["--once", "sent"], stream).status == 0)
    #expect(try messages().count == 1)
    #expect(String(decoding: try directory.read("sent"), as: UTF8.self).split(separator: "\n").count == 2)
    let missing = try run(["--once", "none/sent", "--subject", "other"], stream)
    #expect(missing.status == 73)
    #expect(try messages().count == 1)
    // Nothing but zeros, without an end.
    #expect(try run(["--once", "/dev/full", "--subject", "other"], stream).status == 74)
    #expect(try messages().count == 1)
  }

  @Test func `a failure that recurs within the same day, after a log with a number that cannot be, is sent again`()
    throws
  {
    let failure = input(
      #"{"kind":"summary","stage":"ps-fetch","complete":false,"seconds":0,"error":"no token","exit_status":78}"#)
    #expect(try run(["--once", "sent"], failure).status == 0)
    let log = String(decoding: try directory.read("sent"), as: UTF8.self)
    try directory.write("sent", log.replacing(#""digest""#, with: #""times":0,"digest""#))
    #expect(try run(["--once", "sent"], failure, ["SOURCE_DATE_EPOCH": "1795311000"]).status == 0)
    #expect(try messages().count == 1)
    // 23 hours after the first message.
    #expect(try run(["--once", "sent"], failure, ["SOURCE_DATE_EPOCH": "1795391100"]).status == 0)
    #expect(try messages().count == 2)
    #expect(try messages().contains { $0.text.contains("First reported on 2026-11-22.") })
  }

  @Test func `twenty thousand rejects are counted, and the first are listed`() throws {
    let program = """
      import sys
      print('{"kind":"feed","status":"E"}')
      for i in range(20000):
        print('{"kind":"reject","verdict":"rejected","line":%d,"emplid":"%d","campus_id":"n%d","reasons":[{"code":"too_long","field":"X","message":"m"}],"record":{"A":"%s"}}' % (i, i, i, 'x' * 500))
      print('{"kind":"summary","stage":"feed-push","complete":true}')
      """
    // The limit on memory holds whatever the number of rejects.
    let outcome = try Executable(program: "/bin/sh").run(
      ["-c", "python3 -c \"$0\" | { ulimit -v 200000; \"$1\" --print; }", program, notify.path])
    #expect(outcome.status == 0)
    let mail = try ReceivedMail(outcome.output)
    #expect(mail["subject"] == "Alma people feed: 20000 not loaded")
    #expect(mail.text.contains("and 19,950 more"))
    #expect(mail.html.utf8.count < 20_000)
  }
}
