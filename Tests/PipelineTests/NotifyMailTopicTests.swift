import Foundation
import TestSupport
import Testing

/// Two messages for a run: one about failures, one about people; and what is remembered of both.
@Suite struct NotifyMailTopicTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static func feed(_ status: String = "E", day: Int = 22) -> String {
    #"{"kind":"feed","status":"\#(status)","since":"2026-11-\#(day - 1)","until":"2026-11-\#(day)","started":"2026-11-\#(day)T00:45:00Z"}"#
  }
  private static func reject(_ id: Int) -> String {
    #"{"kind":"reject","verdict":"rejected","line":2,"emplid":"\#(id)","campus_id":"net\#(id)","reasons":"#
      + #"[{"code":"no_expiration_date","field":"PATRON_EXPIRATION_DATE","message":""}],"record":{"EMPLID":"\#(id)"}}"#
  }
  private static let failed = #"{"kind":"delivery","outcome":"failed","error":"no such directory"}"#
  private static let end = #"{"kind":"summary","stage":"feed-push","complete":true}"#
  private static let cut =
    #"{"kind":"summary","stage":"feed-push","complete":false,"error":"no such directory","exit_status":73}"#
  private static let both = [feed(), reject(1), failed, cut]

  /// Delivers by a program that refuses what the shell pattern matches.
  private func run(
    _ lines: [String], _ arguments: [String] = [], refusing pattern: String = "nobody", day: Int = 22
  ) throws -> Executable.Outcome {
    try run(
      ["E.ndjson"] + arguments, refusing: pattern, day: day,
      files: ["E.ndjson": lines.map { $0 + "\n" }.joined()])
  }

  private func run(_ arguments: [String], refusing pattern: String, day: Int, files: [String: String]) throws
    -> Executable.Outcome
  {
    for (name, text) in files { try directory.write(name, text) }
    let program = try directory.write(
      "sendmail",
      """
      #!/bin/bash
      text=$(cat; echo .)
      case $text in *'\(pattern)'*) echo deferred >&2; exit 75 ;; esac
      file=$(mktemp '\(directory.path("box"))/XXXXXX')
      printf %s "${text%.}" >"$file"
      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    try FileManager.default.createDirectory(atPath: directory.path("box"), withIntermediateDirectories: true)
    return try Executable("notify-mail").run(
      [
        "--sendmail", program, "--from", "f@x.example", "--to", "people@x.example", "--failed-to", "ops@x.example",
        "--cc", "copy@x.example", "--once", "sent", "--mark-told",
      ] + arguments, environment: ["SOURCE_DATE_EPOCH": "\(1_795_308_300 + (day - 22) * 86_400)"], in: directory.url)
  }

  /// The messages by their recipients.
  private func mails(to address: String) throws -> [ReceivedMail] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path("box")).map {
      try ReceivedMail(directory.read("box/\($0)"))
    }.filter { $0["to"] == address }
  }

  private var marks: [String] { directory.names.filter { $0.contains(".told") && !$0.hasPrefix(".") } }

  @Test func `failures and people are two messages, each to its own recipients, and each has its record`() throws {
    let outcome = try run(Self.both, ["--attach-rejects"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let failure = try #require(try mails(to: "ops@x.example").first)
    #expect(failure["subject"] == "Alma people feed 2026-11-21: not delivered" && failure["cc"] == nil)
    #expect(failure.text.contains("no such directory") && !failure.text.contains("net1") && failure.attachments.isEmpty)
    let people = try #require(try mails(to: "people@x.example").first)
    #expect(people["subject"] == "Alma people feed 2026-11-21: 1 not loaded" && people["cc"] == "copy@x.example")
    #expect(people.text.contains("net1 (1)") && !people.text.contains("no such directory"))
    #expect(people.attachments.count == 1)
    let records = outcome.lines.filter { $0.hasPrefix(#"{"kind":"mail""#) }
    #expect(records.count == 2 && records.allSatisfy { $0.contains(#""outcome":"sent""#) })
    #expect(records[0].contains("ops@x.example") && records[1].contains("people@x.example"))
    #expect(marks == ["E.told"])
    #expect(try run(Self.both, ["--attach-rejects"]).status == 0)
    #expect(try mails(to: "ops@x.example").count == 1 && mails(to: "people@x.example").count == 1)
  }

  @Test(arguments: [
    ([feed(), failed, cut], 1, 0), ([feed(), reject(1), #"{"kind":"delivery","outcome":"delivered"}"#, end], 0, 1),
    ([feed(), #"{"kind":"delivery","outcome":"delivered"}"#, end], 0, 0),
  ])
  func `only the message that is needed is sent`(lines: [String], failures: Int, people: Int) throws {
    #expect(try run(lines).status == 0)
    #expect(try mails(to: "ops@x.example").count == failures && mails(to: "people@x.example").count == people)
    #expect(marks == ["E.told"])
  }

  @Test(arguments: ["ops@x.example", "people@x.example"])
  func `a message that cannot be sent holds up neither the other nor its own repetition, also beside other runs`(
    refused: String
  ) throws {
    let other = refused == "ops@x.example" ? "people@x.example" : "ops@x.example"
    let first = try run(Self.both, refusing: "To: \(refused)")
    #expect(first.status == 75)
    #expect(try mails(to: other).count == 1 && mails(to: refused).isEmpty)
    #expect(marks == [other == "ops@x.example" ? "E.told-failures" : "E.told-people"])
    // With a second run in the same message its digest is another one.
    let later = [Self.feed(day: 23), Self.reject(7), Self.failed, Self.cut].map { $0 + "\n" }.joined()
    #expect(try run(["E.ndjson", "E2.ndjson"], refusing: "nobody", day: 23, files: ["E2.ndjson": later]).status == 0)
    let again = try #require(try mails(to: other).first { $0["subject"]?.contains("2026-11-22") == true })
    #expect(!again.html.contains("2026-11-21 to 2026-11-22"), "the first run is not reported again")
    #expect(try mails(to: other).count == 2 && mails(to: refused).count == 1)
    #expect(try mails(to: refused)[0]["subject"]?.contains("2026-11-21 to 2026-11-23") == true)
    #expect(marks == ["E.told", "E2.told"])
  }

  @Test func `the second message is not lost with a run that is killed after the first`() throws {
    // The people's message kills notify-mail, which has recorded the other one.
    try directory.write("E.ndjson", Self.both.map { $0 + "\n" }.joined())
    try directory.write(
      "killer", "#!/bin/bash\ncase $(cat) in *'To: people'*) kill -9 $PPID; exit 75 ;; esac\nexit 0\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path("killer"))
    let killed = try Executable("notify-mail").run(
      [
        "--sendmail", directory.path("killer"), "--from", "f@x.example", "--to", "people@x.example", "--failed-to",
        "ops@x.example", "--cc", "copy@x.example", "--once", "sent", "--mark-told", "E.ndjson",
      ], in: directory.url)
    #expect(killed.status == 128 + 9 && marks == ["E.told-failures"])
    #expect(try run(Self.both).status == 0)
    #expect(try mails(to: "ops@x.example").isEmpty && mails(to: "people@x.example").count == 1)
    #expect(marks == ["E.told"])
  }

  @Test func `--print shows both messages, and a malformed address is named with its flag`() throws {
    let input = Data(Self.both.map { $0 + "\n" }.joined().utf8)
    let shown = try Executable("notify-mail").run(
      ["--preview", "--to", "people@x.example", "--failed-to", "ops@x.example"], input: input)
    #expect(shown.lines.filter { $0.hasPrefix("To: ") } == ["To: ops@x.example", "To: people@x.example"])
    let wrong = try Executable("notify-mail").run(["--print", "--failed-to", "ops"], input: input)
    #expect(wrong.status == 64 && wrong.errors.contains("--failed-to"))
  }

  @Test func `people are new once, also if a message is sent again, and the file names nobody`() throws {
    let good = { (ids: [Int], day: Int) in
      [Self.feed(day: day)] + ids.map(Self.reject) + [#"{"kind":"delivery","outcome":"delivered"}"#, Self.end]
    }
    let subjects = { try self.mails(to: "people@x.example").compactMap { $0["subject"] }.sorted() }
    #expect(try run(good([111_222], 21), day: 21).status == 0)
    #expect(try subjects() == ["Alma people feed 2026-11-20: 1 not loaded"])
    #expect(try run(good([111_222, 111_333], 22), day: 22).status == 0)
    #expect(try subjects().last == "Alma people feed 2026-11-21: 2 not loaded, 1 new")
    let mail = try #require(try mails(to: "people@x.example").first { $0["subject"]?.contains("new") == true })
    #expect(mail.text.hasPrefix("2 people were not loaded (1 new).") && mail.text.contains("net111333 (111333), new"))
    // As after a run that was killed before it made its mark: now nobody is new, and it is the same message.
    try FileManager.default.removeItem(atPath: directory.path("E.told"))
    #expect(try run(good([111_222, 111_333], 22), day: 23).status == 0)
    #expect(try subjects().count == 2)
    let file = String(decoding: try directory.read("sent.people"), as: UTF8.self)
    #expect(file.split(separator: "\n").count == 2 && !file.contains("111222") && !file.contains("no_expiration"))
    let mode = try FileManager.default.attributesOfItem(atPath: directory.path("sent.people"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test func `a killed run calls people new twice at most`() throws {
    let lines = [Self.feed(), Self.reject(5), #"{"kind":"delivery","outcome":"delivered"}"#, Self.end]
    try directory.write("sent.people", "0000000000000000 2026-11-21\n")
    // Nothing stays of a process that was killed while it wrote the file.
    try directory.write(".sent.people.part-99999999", "x")
    #expect(try run(lines).status == 0)
    #expect(!directory.names.contains { $0.contains(".part-") })
    // Sent and logged, but killed before it was remembered.
    try directory.write("sent.people", "0000000000000000 2026-11-21\n")
    try FileManager.default.removeItem(atPath: directory.path("E.told"))
    #expect(try run(lines).status == 0)
    #expect(try mails(to: "people@x.example").count == 1)
    #expect(try run([Self.feed(day: 23)] + lines.dropFirst(), day: 23).status == 0)
    let subjects = try mails(to: "people@x.example").compactMap { $0["subject"] }.sorted()
    #expect(
      subjects == [
        "Alma people feed 2026-11-21: 1 not loaded, 1 new", "Alma people feed 2026-11-22: 1 not loaded, 0 new",
      ])
  }

  @Test func `what Alma refused is attached too`() throws {
    let refused = #"{"kind":"load-reject","instance":"57","emplid":"5","event":{"text":"User is not external"}}"#
    let load =
      #"{"kind":"load","outcome":"loaded","users":1,"deliveries":[],"instance":"57","rejected":1,"counters":[]}"#
    let lines = [load, refused, #"{"kind":"summary","stage":"load-report","complete":true,"loaded":1}"#]
    #expect(try run(lines, ["--attach-rejects"]).status == 0)
    let mail = try #require(try mails(to: "people@x.example").first)
    #expect(mail.attachments == ["rejects.ndjson": refused + "\n"])
    #expect(try mails(to: "ops@x.example").isEmpty)
  }
}
