import Foundation
import TestSupport
import Testing

@Suite struct NotifyMailServerTests {
  private let notify = Executable("notify-mail")

  private static let stream = Data(
    """
    {"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22"}
    {"kind":"reject","verdict":"rejected","line":1,"emplid":"9001","campus_id":"jdoe","reasons":[{"code":"too_long","field":"X","message":""}]}
    {"kind":"summary","stage":"feed-push","complete":true}

    """.utf8)

  private func send(
    _ server: MailServer, _ arguments: [String] = [], scheme: String = "smtp",
    environment: [String: String] = MailServer.login
  ) throws -> Executable.Outcome {
    try notify.run(
      server.flags(scheme) + ["--from", "Feed <f@x.example>", "--to", "a@x.example, b@x.example"] + arguments,
      input: Self.stream, environment: environment)
  }

  private func mailRecord(_ outcome: Executable.Outcome) -> String { outcome.lines.dropLast().last ?? "" }

  @Test(arguments: ["smtp", "smtps"])
  func `the message arrives encrypted and after login, and is the one that was printed`(scheme: String) throws {
    let server = try MailServer(scheme == "smtps" ? ["smtps"] : [])
    let outcome = try send(server, scheme: scheme)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(
      server.envelopes == [
        .init(sender: "f@x.example", recipients: ["a@x.example", "b@x.example"], tls: true, login: true)
      ])
    #expect(server.log.last == "QUIT")
    let message = try #require(server.messages.first)
    let printed = try send(server, ["--dry-run"], scheme: scheme)
    // Servers put their own lines before it.
    let text = String(decoding: message, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
    #expect(text.hasSuffix(printed.text))
    #expect(!String(decoding: message, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "").contains("\n"))
    let mail = try ReceivedMail(message)
    #expect(mail.defects == [])
    #expect(mail["subject"] == "Alma people feed 2026-11-21: 1 not loaded")
    #expect(mail.text.contains("jdoe (9001)"))
    #expect(server.messages.count == 1)
    #expect(
      mailRecord(outcome).contains(#""outcome":"sent","recipients":["a@x.example","b@x.example"],"message_id":"<"#))
  }

  @Test func `a server without login can be used`() throws {
    let server = try MailServer(["open"])
    #expect(try send(server, environment: [:]).status == 0)
    #expect(server.envelopes.first?.login == false)
  }

  @Test func `the password may come from a file, and is never shown`() throws {
    let server = try MailServer()
    let file = try server.directory.write("password", "p@ss wörd\n")
    unsafe chmod(file, 0o600)
    let environment = ["SMTP_USER": "mailer", "SMTP_PASSWORD_FILE": file]
    let outcome = try send(server, ["-v"], environment: environment)
    #expect(outcome.status == 0)
    try server.directory.write("password", "t0p-secret\n")
    let refused = try send(server, ["-v"], environment: environment)
    #expect(refused.status == 77)
    #expect(refused.errors.contains("535"))
    for text in [outcome.errors, outcome.text, refused.errors, refused.text] {
      #expect(!text.contains("wörd") && !text.contains("t0p-secret"))
    }
  }

  @Test(arguments: ["t0p-secret&more", String(repeating: "t0p-", count: 30)])
  func `a password that the server repeats is hidden, also where the reply is cut`(
    password: String
  ) throws {
    let server = try MailServer(["repeat"])
    let outcome = try send(server, ["-v"], environment: ["SMTP_USER": "mailer", "SMTP_PASSWORD": password])
    #expect(outcome.status == 77)
    #expect(outcome.errors.contains("535 5.7.8 (secret) xxx") && outcome.errors.contains("xxx (secret)"))
    let sent = Data("\0mailer\0\(password)".utf8).base64EncodedString()
    for text in [outcome.errors, outcome.text] { #expect(!text.contains("t0p") && !text.contains(sent.prefix(12))) }
  }

  @Test func `a password file that others can read is refused, unless that is wanted`() throws {
    let server = try MailServer()
    let file = try server.directory.write("password", "p@ss wörd\n")
    unsafe chmod(file, 0o644)
    let environment = ["SMTP_USER": "mailer", "SMTP_PASSWORD_FILE": file]
    let refused = try send(server, environment: environment)
    #expect(refused.status == 78 && refused.errorLines.count == 1)
    #expect(refused.errors.contains("\(file): others can read this secret"))
    #expect(server.log.isEmpty)
    #expect(try send(server, ["--insecure-secret-file"], environment: environment).status == 0)
  }

  @Test func `a sendmail inherits no secret`() throws {
    let directory = try TemporaryDirectory()
    let program = try directory.write(
      "sendmail", "#!/bin/sh\ncat > /dev/null\nenv > '\(directory.path("seen"))'\n")
    unsafe chmod(program, 0o700)
    let secrets = [
      "PS_CLIENT_SECRET": "s3cret-1", "SFTP_PASSWORD": "s3cret-2", "SMTP_PASSWORD": "s3cret-3",
      "ALMA_API_KEY": "s3cret-4",
    ]
    let outcome = try notify.run(
      ["--sendmail", program, "--from", "f@x.example", "--to", "a@x.example"], input: Self.stream,
      environment: secrets.merging(["SMTP_PASSWORD_HINT": "kept"]) { $1 })
    #expect(outcome.status == 0)
    let environment = String(decoding: try directory.read("seen"), as: UTF8.self)
    #expect(environment.contains("SMTP_PASSWORD_HINT=kept") && environment.contains("PATH="))
    #expect(!environment.contains("s3cret"))
  }

  @Test func `a sendmail whose parent ignores SIGCHLD is waited for`() throws {
    let directory = try TemporaryDirectory()
    let program = try directory.write("sendmail", "#!/bin/sh\ncat > /dev/null\nexit 77\n")
    unsafe chmod(program, 0o700)
    let script =
      "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    let outcome = try Executable(program: "/usr/bin/python3").run(
      ["-c", script, notify.path, "--sendmail", program, "--from", "f@x.example", "--to", "a@x.example"],
      input: Self.stream)
    #expect(outcome.status == 77 && outcome.errors.contains("failed with status 77"))
  }

  @Test func `without STARTTLS nothing is sent, on loopback too, unless that is allowed`() throws {
    let server = try MailServer(["plain"])
    let outcome = try send(server)
    #expect(outcome.status == 69)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("STARTTLS"))
    #expect(server.messages.isEmpty)
    #expect(!server.log.contains { $0.hasPrefix("MAIL") })
    #expect(try send(server, ["--insecure-plaintext"]).status == 0)
    #expect(server.envelopes.first?.tls == false)
  }

  @Test func `a certificate that is not trusted, or is another's, is 77 at once`() throws {
    let server = try MailServer()
    let unknown = try send(server, ["--ca-file", "/etc/ssl/certs/ca-certificates.crt"])
    #expect(unknown.status == 77)
    #expect(unknown.errors.contains("--ca-file"))
    #expect(server.log.filter { $0 == "connection" }.count == 1)
    let other = try MailServer(host: "elsewhere.example")
    #expect(try send(other).status == 77)
    #expect(other.messages.isEmpty)
    #expect(try send(server, ["--ca-file", "/none"]).status == 78)
  }

  @Test func `a refused recipient is named, and the others get the message`() throws {
    let server = try MailServer(["refuse=a@x.example"])
    let outcome = try send(server)
    #expect(outcome.status == 69)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("a@x.example") && outcome.errors.contains("User unknown"))
    #expect(server.envelopes.map(\.recipients) == [["b@x.example"]])
    #expect(mailRecord(outcome).contains(#""outcome":"sent","recipients":["b@x.example"]"#))
    #expect(mailRecord(outcome).contains("550 5.1.1 <a@x.example>"))
  }

  @Test func `if all recipients are refused, nothing is sent`() throws {
    let server = try MailServer(["refuse=a@x.example"])
    let outcome = try notify.run(
      server.flags() + ["--from", "f@x.example", "--to", "a@x.example"], input: Self.stream,
      environment: MailServer.login)
    #expect(outcome.status == 69)
    #expect(mailRecord(outcome).contains(#""outcome":"failed","recipients":[]"#))
    #expect(server.messages.isEmpty)
  }

  @Test func `only the recipients that were deferred are retried`() throws {
    let server = try MailServer(["postpone=a@x.example=1"])
    let outcome = try send(server)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "", "retries are silent")
    #expect(server.envelopes.map(\.recipients) == [["b@x.example"], ["a@x.example"]])
    #expect(mailRecord(outcome).contains(#""recipients":["b@x.example","a@x.example"]"#))
  }

  @Test func `a recipient that stays deferred is 75`() throws {
    let server = try MailServer(["postpone=a@x.example=99"])
    let outcome = try send(server, ["--retries", "1"])
    #expect(outcome.status == 75)
    #expect(outcome.errors.contains("Greylisted"))
    #expect(outcome.errors.contains("tried 2 times"))
    #expect(server.envelopes.map(\.recipients) == [["b@x.example"]])
    #expect(mailRecord(outcome).contains(#""outcome":"failed","recipients":["b@x.example"]"#))
  }

  @Test(arguments: ["greet=421 4.3.2 busy=1", "mail=421 4.3.2 closing=1", "data=452 4.3.1 full=1", "drop=1"])
  func `a temporary failure of the mail server is retried`(how: String) throws {
    let server = try MailServer([how])
    let outcome = try send(server, ["-v"])
    #expect(outcome.status == 0)
    #expect(outcome.errorLines.count == 1, "-v tells of the second try")
    #expect(server.messages.count == 1)
    #expect(server.envelopes.first?.recipients == ["a@x.example", "b@x.example"])
  }

  @Test(arguments: [
    ("greet=421 4.3.2 busy=99", Int32(75)), ("mail=421 4.3.2 closing=99", 75), ("data=452 4.3.1 full=99", 75),
    ("drop=99", 75),
    ("mute", 75), ("trickle", 75), ("greet=554 5.7.1 go away=99", 69), ("mail=550 5.1.8 bad sender=99", 69),
    ("data=554 5.7.1 spam=99", 69),
    ("greet=SSH-2.0-OpenSSH_9.2=99", 76), ("nologin", 77),
  ])
  func `a lasting failure has its status, one line, and the server's message`(how: String, status: Int32) throws {
    let server = try MailServer([how])
    let outcome = try send(server, ["--retries", "1", "--timeout", "1"])
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("localhost port \(server.port)"))
    if let words = how.split(separator: "=").dropFirst().first, how.contains(" ") {
      #expect(outcome.errors.contains(words))
    }
    #expect(mailRecord(outcome).contains(#""outcome":"failed","recipients":[],"message_id":"<"#))
    #expect(outcome.lines.last?.contains(#""stage":"notify-mail","complete":false"#) == true)
    #expect(server.log.filter { $0 == "connection" }.count == (status == 75 ? 2 : 1), "only 75 is worth another try")
    #expect(server.messages.isEmpty)
  }

  @Test func `a refused connection is 75`() throws {
    let server = try MailServer()
    let flags = server.flags()
    let port = server.port
    withExtendedLifetime(server) {}
    let closed = try notify.run(
      ["--smtp", "smtp://127.0.0.1:1", "--from", "f@x.example", "--to", "a@x.example", "--retries", "0"],
      input: Self.stream)
    #expect(closed.status == 75)
    #expect(closed.errors.contains("127.0.0.1 port 1"))
    let wrongScheme = try notify.run(
      ["--smtp", "smtps://localhost:\(port)", "--from", "f@x.example", "--to", "a@x.example"] + flags.suffix(2),
      input: Self.stream)
    #expect(wrongScheme.status == 76)
  }

  @Test func `a check logs in and sends nothing, and says so by its status`() throws {
    let server = try MailServer()
    let good = try notify.run(server.flags() + ["--check"], environment: MailServer.login)
    #expect(good.status == 0)
    #expect(good.output.isEmpty && good.errors.isEmpty)
    #expect(server.log == ["connection", "EHLO", "EHLO", "NOOP authenticated=True", "QUIT"])
    let bad = try notify.run(server.flags() + ["--check"], environment: ["SMTP_USER": "mailer", "SMTP_PASSWORD": "no"])
    #expect(bad.status == 77)
    #expect(bad.errorLines.count == 1)
  }

  @Test func `no recipient gets a message twice, and the others get it in the next run`() throws {
    let server = try MailServer(["postpone=a@x.example=1"])
    let memory = server.directory.path("once")
    let first = try send(server, ["--once", memory, "--retries", "0"])
    #expect(first.status == 75)
    let second = try send(server, ["--once", memory])
    #expect(second.status == 0)
    let third = try send(server, ["--once", memory])
    #expect(third.status == 0)
    #expect(mailRecord(third).contains(#""outcome":"sent","recipients":["a@x.example","b@x.example"]"#))
    #expect(server.envelopes.map(\.recipients) == [["b@x.example"], ["a@x.example"]])
  }

  @Test func `lines that begin with a dot arrive as they were`() throws {
    let server = try MailServer()
    let line = #"{"kind":"reject","verdict":"rejected","emplid":".","campus_id":".dot","reasons":[{"code":".a"}]}"#
    let outcome = try notify.run(
      server.flags() + ["--from", "f@x.example", "--to", "a@x.example", "--subject", "."],
      input: Data((line + "\n").utf8),
      environment: MailServer.login)
    #expect(outcome.status == 0)
    let mail = try ReceivedMail(try #require(server.messages.first))
    #expect(mail["subject"] == ".")
    #expect(mail.text.contains(".dot (.)"))
  }

  @Test func `the mail about a drop directory with another host key says so, and not how to ignore it`() throws {
    let drop = try SSHServer()
    let directory = drop.directory
    let stream = try FeedStream(zips: [try directory.write("x.xml.zip", "zip")])
    let pushed = try Executable("feed-push").run(
      [
        "--to", drop.url, "--known-hosts", try directory.write("unknown", ""), "--identity",
        Keys.path("client_ed25519"),
      ],
      input: stream.data)
    #expect(pushed.status == 77)
    let text = try notify.run(["--preview"], input: pushed.output).text.replacing(/\s+/, with: " ")
    #expect(text.contains("Cause: the drop directory refused the login, or did not prove its identity."), "\(text)")
    #expect(text.contains("Until that is known, nothing is sent there.") && text.contains("(feed-push)"))
    #expect(!text.contains("StrictHostKeyChecking"))
  }

  @Test func `a real sendmail program delivers the message`() throws {
    let server = try MailServer()
    let directory = server.directory
    try directory.write(
      "msmtprc",
      """
      defaults
      tls on
      tls_starttls on
      tls_trust_file \(directory.path("ca.crt"))
      auth plain
      account default
      host localhost
      port \(server.port)
      from f@x.example
      user mailer
      password p@ss wörd

      """)
    let program = try directory.write("sendmail", "#!/bin/sh\nexec msmtp -C '\(directory.path("msmtprc"))' \"$@\"\n")
    for (path, mode) in [(directory.path("msmtprc"), 0o600), (program, 0o700)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    let outcome = try notify.run(
      ["--sendmail", program, "--from", "f@x.example", "--to", "a@x.example", "--cc", "Bö <b@x.example>"],
      input: Self.stream)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(server.envelopes.first?.recipients == ["a@x.example", "b@x.example"])
    #expect(try ReceivedMail(try #require(server.messages.first)).defects == [])
  }
}
