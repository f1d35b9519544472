import Foundation
import TestSupport
import Testing

/// Whom feed-push trusts, and how it logs in.
@Suite struct FeedPushLoginTests {
  let directory: TemporaryDirectory
  let push = Executable("feed-push")

  init() throws { directory = try TemporaryDirectory() }

  func check(_ server: SSHServer, _ arguments: [String], environment: [String: String] = [:]) throws
    -> Executable.Outcome
  {
    try push.run(["--check", "--to", server.url] + arguments, environment: environment)
  }

  func fingerprint(_ key: String) throws -> String {
    let outcome = try Executable(program: "/usr/bin/ssh-keygen").run(["-l", "-f", Keys.path(key)])
    return try #require(outcome.text.split(separator: " ").first { $0.hasPrefix("SHA256:") }.map(String.init))
  }

  // Trust

  @Test func `an unknown host key is refused, with its fingerprint and what to do`() throws {
    let server = try SSHServer()
    let known = try directory.write("known", "")
    let outcome = try check(server, ["--known-hosts", known, "--identity", Keys.path("client_ed25519")])
    #expect(outcome.status == 77 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(try fingerprint("host_ed25519")))
    // What it says to run makes it known.
    let command = try #require(outcome.errors.firstRange(of: "ssh-keyscan ").map { outcome.errors[$0.lowerBound...] })
    #expect(try Executable(program: "/bin/sh").run(["-c", String(command)]).status == 0)
    #expect(try check(server, ["--known-hosts", known, "--identity", Keys.path("client_ed25519")]).status == 0)
  }

  @Test func `a host key that has changed is refused, with both fingerprints`() throws {
    let server = try SSHServer()
    try SSHServer.trust(["other"], server.port, in: directory.path("known"))
    let outcome = try check(server, ["--known-hosts", directory.path("known")])
    #expect(outcome.status == 77 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(try fingerprint("host_ed25519")))
    #expect(outcome.errors.contains(try fingerprint("host_other")))
  }

  @Test func `hashed known hosts are understood`() throws {
    let server = try SSHServer()
    let known = server.directory.path("known")
    #expect(try Executable(program: "/usr/bin/ssh-keygen").run(["-H", "-f", known]).status == 0)
    #expect(try !String(contentsOfFile: known, encoding: .utf8).contains("127.0.0.1"))
    #expect(try check(server, server.login).status == 0)
    try SSHServer.trust(["other"], server.port, in: known)
    _ = try Executable(program: "/usr/bin/ssh-keygen").run(["-H", "-f", known])
    #expect(try check(server, server.login).errors.contains(fingerprint("host_other")))
  }

  @Test(arguments: ["ed25519", "ecdsa", "rsa"])
  func `one known key of a server that has several is enough`(type: String) throws {
    let server = try SSHServer(hostKeys: ["ed25519", "ecdsa", "rsa"])
    try SSHServer.trust([type], server.port, in: directory.path("known"))
    let outcome = try check(
      server, ["--known-hosts", directory.path("known"), "--identity", Keys.path("client_ed25519")])
    #expect(outcome.status == 0)
  }

  @Test func `a configuration cannot switch the check off`() throws {
    let server = try SSHServer()
    let config = try directory.write("config", "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n")
    #expect(try check(server, ["--ssh-config", config, "--identity", Keys.path("client_ed25519")]).status == 77)
  }

  // Keys

  @Test(arguments: ["ed25519", "ecdsa", "rsa"])
  func `a key of any type logs in`(type: String) throws {
    let server = try SSHServer()
    let outcome = try check(
      server, ["--known-hosts", server.directory.path("known"), "--identity", Keys.path("client_\(type)")])
    #expect(outcome.status == 0 && outcome.errors == "")
  }

  @Test func `a locked key is opened with the passphrase in a file`() throws {
    let server = try SSHServer()
    let login = ["--known-hosts", server.directory.path("known"), "--identity", Keys.path("locked")]
    let right = try directory.write("right", Keys.passphrase + "\n")
    let wrong = try directory.write("wrong", "guess\n")
    for file in [right, wrong] { unsafe chmod(file, 0o600) }
    #expect(try check(server, login + ["--passphrase-file", right]).status == 0)
    #expect(try check(server, login + ["--passphrase-file", wrong]).status == 77)
    #expect(try check(server, login).status == 77)
  }

  @Test func `a key and its passphrase can be credentials of systemd`() throws {
    let server = try SSHServer()
    let credentials = ["CREDENTIALS_DIRECTORY": directory.path("")]
    try FileManager.default.copyItem(atPath: Keys.path("locked"), toPath: directory.path("sftp-key"))
    try directory.write("passphrase", Keys.passphrase)
    for name in ["sftp-key", "passphrase"] { unsafe chmod(directory.path(name), 0o400) }
    let settings = [
      "FEED_PUSH_KNOWN_HOSTS": server.directory.path("known"), "FEED_PUSH_IDENTITY": "credential:sftp-key",
      "FEED_PUSH_PASSPHRASE_FILE": "credential:passphrase",
    ]
    let outcome = try check(server, [], environment: settings.merging(credentials) { $1 })
    #expect(outcome.status == 0 && outcome.errors == "")
    for flag in ["--identity", "--passphrase-file", "--password-file"] {
      let unset = try check(server, [flag, "credential:sftp-key"])
      #expect(unset.status == 78 && unset.errors.contains("CREDENTIALS_DIRECTORY is not set"), "\(flag)")
    }
  }

  @Test func `a key of the agent logs in`() throws {
    let server = try SSHServer()
    let socket = directory.path("agent")
    let agent = try ServerProcess(["/usr/bin/ssh-agent", "-D", "-a", socket])
    try agent.wait { FileManager.default.fileExists(atPath: socket) }
    let environment = ["SSH_AUTH_SOCK": socket]
    let added = try Executable(program: "/usr/bin/ssh-add").run(
      ["-q", Keys.path("client_ed25519")], environment: environment)
    #expect(added.status == 0)
    let known = ["--known-hosts", server.directory.path("known")]
    #expect(try check(server, known, environment: environment).status == 0)
    withExtendedLifetime(agent) {}
  }

  @Test func `a login that is refused names the login methods that the server accepts`() throws {
    let server = try SSHServer()
    let outcome = try check(
      server, ["--known-hosts", server.directory.path("known"), "--identity", Keys.path("stranger")])
    #expect(outcome.status == 77 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("accepts: publickey"))
  }

  @Test func `ssh reads its ssh_config`() throws {
    let server = try SSHServer()
    let config = try directory.write(
      "config",
      """
      Host the-library
        HostName 127.0.0.1
        Port \(server.port)
        User \(server.user)
        IdentityFile \(Keys.path("client_ed25519"))
        UserKnownHostsFile \(server.directory.path("known"))

      """)
    let outcome = try push.run(["--check", "--to", "sftp://the-library\(server.drop)", "--ssh-config", config])
    #expect(outcome.status == 0 && outcome.errors == "")
  }

  @Test func `files that cannot be read are reported before anything else`() throws {
    for flag in ["--identity", "--known-hosts", "--ssh-config", "--password-file", "--passphrase-file"] {
      let outcome = try push.run(["--check", "--to", "sftp://a@127.0.0.1/x", flag, "/nonexistent/file"])
      #expect(outcome.status == 66 && outcome.errors.contains("/nonexistent/file"), "\(flag)")
    }
  }

  // Passwords

  @Test(arguments: ["--password-file", "--passphrase-file"])
  func `a secret file that others can read is refused, unless that is wanted`(flag: String) throws {
    let file = try directory.write("secret", "hidden\n")
    unsafe chmod(file, 0o644)
    let arguments = ["--check", "--to", "sftp://a@127.0.0.1:1/x", "--retries", "0", flag, file]
    let refused = try push.run(arguments)
    #expect(refused.status == 78 && refused.errorLines.count == 1)
    #expect(refused.errors.contains("\(file): others can read this secret") && !refused.errors.contains("hidden"))
    // Now it is the server that is not there.
    #expect(try push.run(arguments + ["--insecure-secret-file"]).status == 75)
    #expect(try push.run(arguments, environment: ["FEED_PUSH_INSECURE_SECRET_FILE": "1"]).status == 75)
    unsafe chmod(file, 0o600)
    #expect(try push.run(arguments).status == 75)
  }

  @Test func `ssh inherits no secret`() throws {
    let seen = directory.path("seen")
    let secrets = [
      "PS_CLIENT_SECRET": "s3cret-1", "SFTP_PASSWORD": "s3cret-2", "SMTP_PASSWORD": "s3cret-3",
      "ALMA_API_KEY": "s3cret-4",
    ]
    let outcome = try push.run(
      ["--check", "--to", "sftp://a@127.0.0.1:1/x", "--retries", "0", "--ssh-command", "env > '\(seen)'; exit 255 # "],
      environment: secrets.merging(["KEPT": "yes"]) { $1 })
    #expect(outcome.status != 0)
    let environment = String(decoding: try directory.read("seen"), as: UTF8.self)
    #expect(environment.contains("KEPT=yes") && !environment.contains("s3cret"))
  }

  @Test(arguments: [[], ["kbdint"]])
  func `a password logs in, from the environment or from a file`(options: [String]) throws {
    let server = try PasswordServer(options)
    let file = try directory.write("password", PasswordServer.password + "\n")
    unsafe chmod(file, 0o600)
    let check = ["--check"] + server.target
    #expect(try push.run(check, environment: ["SFTP_PASSWORD": PasswordServer.password]).status == 0)
    #expect(try push.run(check, environment: ["SFTP_PASSWORD_FILE": file]).status == 0)
    #expect(try push.run(check + ["--password-file", file]).status == 0)
    let refused = try push.run(check, environment: ["SFTP_PASSWORD": "guess"])
    #expect(refused.status == 77 && refused.errorLines.count == 1 && !refused.errors.contains("guess"))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can have users with passwords of its own"))
  func `a password logs in to sshd`() throws {
    // Users and passwords that are there for this one server alone.
    let hash = try Executable(program: "/usr/bin/openssl").run(["passwd", "-6", "s3cret"]).text
    try directory.write("passwd", try String(contentsOfFile: "/etc/passwd", encoding: .utf8))
    try directory.write("shadow", "root:*:1::::::\nnobody:\(hash.prefix { $0 != "\n" }):1::::::\n")
    let server = try SSHServer(
      ["PasswordAuthentication yes", "AuthenticationMethods password"],
      prefix: [
        "/usr/bin/unshare", "-m", "/bin/sh", "-c",
        "mount --bind \(directory.path("shadow")) /etc/shadow && exec \"$@\"", "sh",
      ])
    let known = ["--known-hosts", server.directory.path("known")]
    #expect(try check(server, known, environment: ["SFTP_PASSWORD": "s3cret"]).status == 0)
    #expect(try check(server, known, environment: ["SFTP_PASSWORD": "guess"]).status == 77)
  }

  @Test func `a password in the URL is refused, and not repeated`() throws {
    let outcome = try push.run(["--check", "--to", "sftp://alma:s3cret@127.0.0.1/x"])
    #expect(outcome.status == 64 && outcome.errorLines.count == 1)
  }

  @Test func `no secret is in the arguments or the environment of ssh`() throws {
    let server = try PasswordServer()
    let spy =
      "tr '\\0' '\\n' < /proc/$$/cmdline > '\(directory.path("args"))'; env > '\(directory.path("env"))'; exec ssh \"$@\""
    let outcome = try push.run(
      ["--check", "--ssh-command", spy] + server.target,
      environment: [
        "SFTP_PASSWORD": PasswordServer.password, "SMTP_PASSWORD": "the mail's", "PS_CLIENT_SECRET": "the gateway's",
      ])
    #expect(outcome.status == 0)
    for (file, sign) in [("args", "StrictHostKeyChecking"), ("env", "SSH_ASKPASS")] {
      let text = String(decoding: try directory.read(file), as: UTF8.self)
      #expect(text.contains(sign) && !text.contains(PasswordServer.password), "\(file)")
      #expect(!text.contains("the mail's") && !text.contains("the gateway's"), "\(file)")
    }
  }
}
