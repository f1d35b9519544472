import Foundation
import TestSupport
import Testing

/// Connections that do not come about, or should not.
@Suite struct PSFetchConnectionTests {
  private func fetch(
    _ url: String, _ more: [String] = [], environment: [String: String] = [:]
  ) throws -> Executable.Outcome {
    try Executable("ps-fetch").run(
      ["--base-url", url, "--feed-path", "people", "--client-id", "lib", "--retries", "0"] + more,
      environment: ["PS_CLIENT_SECRET": GatewayServer.secret].merging(environment) { $1 })
  }

  @Test func `nobody at the port, and no such host, are for later`() throws {
    let refused = try fetch("https://localhost:\(NginxServer.freePort())")
    #expect(refused.status == 75 && refused.isIncomplete(0))
    #expect(refused.lines.count == 2, "the feed line comes before anything is asked for")
    let unknown = try fetch("https://gateway.invalid")
    #expect(unknown.status == 75)
    #expect(unknown.errors.contains("resolve host: gateway.invalid"))
  }

  @Test func `a server that says nothing is given up`() throws {
    let server = try GatewayServer(["--silent"])
    #expect(try server.fetch("ok", ["--connect-timeout", "1"]).status == 75)
  }

  @Test func `a transfer that stalls is given up, after what was whole was printed`() throws {
    let server = try GatewayServer()
    let outcome = try server.fetch("stall", ["--stall-timeout", "1"])
    #expect(outcome.status == 75)
    #expect(outcome.isIncomplete(2))
    #expect(outcome.errors.contains("too slow"))
  }

  @Test func `a certificate of an authority that nobody knows is refused`() throws {
    let server = try GatewayServer()
    let outcome = try fetch(server.url("ok"))
    #expect(outcome.status == 77)
    #expect(outcome.errors.contains("certificate") && outcome.errors.contains("--ca-file"))
    #expect(server.requests.isEmpty)
  }

  @Test func `a certificate for another host is refused`() throws {
    let server = try GatewayServer(host: "gateway.example.edu")
    #expect(try server.fetch("ok").status == 77)
    #expect(server.requests.isEmpty)
  }

  @Test func `a file of authorities that cannot be read is a fault of the settings`() throws {
    let server = try GatewayServer()
    let outcome = try fetch(server.url("ok"), ["--ca-file", "/nowhere"])
    #expect(outcome.status == 78)
    #expect(outcome.errors.contains("/nowhere"))
  }

  @Test func `TLS 1_1 is refused`() throws {
    let server = try GatewayServer(["--tls1.1"])
    #expect(try server.fetch("ok").status == 76)
    #expect(server.requests.isEmpty)
  }

  @Test func `http leads to loopback addresses only`() throws {
    let server = try GatewayServer(["--plain"])
    #expect(try server.fetch("ok").isComplete(3))
    #expect(try server.fetch("ok", ["--base-url", server.url("ok", host: "127.0.0.1")]).isComplete(3))
    for url in [
      "http://gateway.example.edu", "http://127.0.0.1.example.edu", "http://localhost.example.edu/", "ftp://localhost",
    ] {
      for flag in ["--base-url", "--token-url"] {
        let outcome = try server.fetch("ok", [flag, url])
        #expect(outcome.status == 78 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("https://"))
      }
    }
  }

  @Test func `a proxy is used where one is set, and may refuse`() throws {
    let server = try GatewayServer()
    let proxy = try GatewayServer(["--plain"])
    let environment = ["https_proxy": proxy.url("")]
    let outcome = try server.fetch("ok", environment: environment)
    #expect(outcome.status == 77)
    #expect(outcome.errors.contains("407"))
    #expect(try server.fetch("ok", environment: environment.merging(["no_proxy": "localhost"]) { $1 }).isComplete(3))
    let gone = try server.fetch("ok", environment: ["https_proxy": "http://localhost:\(NginxServer.freePort())"])
    #expect(gone.status == 75)
  }

  @Test func `a secret file that others can read is refused, unless that is wanted`() throws {
    let server = try GatewayServer()
    let path = try server.directory.write("secret", GatewayServer.secret + "\n")
    unsafe chmod(path, 0o644)
    let arguments = ["--client-secret-file", path]
    let outcome = try server.fetch("ok", arguments, environment: ["PS_CLIENT_SECRET": ""])
    #expect(outcome.status == 78 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(path) && !outcome.errors.contains("s3cret"))
    #expect(!outcome.errors.contains("insecure"), "no message leads round a safeguard")
    let insecure = try server.fetch("ok", arguments + ["--insecure-secret-file"], environment: ["PS_CLIENT_SECRET": ""])
    #expect(insecure.isComplete(3))
    unsafe chmod(path, 0o600)
    #expect(try server.fetch("ok", arguments, environment: ["PS_CLIENT_SECRET": ""]).isComplete(3))
  }

  @Test func `the client's secret can be a credential of systemd`() throws {
    let server = try GatewayServer()
    let path = try server.directory.write("client-secret", GatewayServer.secret)
    unsafe chmod(path, 0o400)
    var environment = ["PS_CLIENT_SECRET": "", "PS_CLIENT_SECRET_FILE": "credential:client-secret"]
    let unset = try server.fetch("ok", [], environment: environment)
    #expect(unset.status == 78 && unset.errors.contains("CREDENTIALS_DIRECTORY is not set"))
    environment["CREDENTIALS_DIRECTORY"] = server.directory.path("")
    #expect(try server.fetch("ok", [], environment: environment).isComplete(3))
    environment["PS_CLIENT_SECRET_FILE"] = "credential:missing"
    #expect(try server.fetch("ok", [], environment: environment).status == 66)
  }

  /// Flags, and the setting that is missing or wrong.
  @Test(arguments: [
    ([], "PS_BASE_URL"), (["--base-url", "https://localhost:1"], "PS_CLIENT_ID"),
    (["--base-url", "https://localhost:1", "--client-id", "lib"], "PS_CLIENT_SECRET"),
    (["--base-url", "localhost", "--client-id", "lib"], "https://"),
    (["--base-url", "https://lib:pass@localhost", "--client-id", "lib"], "password"),
    (["--base-url", "https://localhost:1", "--client-id", "lib", "--client-secret-file", "/nowhere"], "/nowhere"),
  ])
  func `a setting that is missing or wrong is told before anything is printed`(flags: [String], words: String) throws {
    let outcome = try Executable("ps-fetch").run(flags)
    #expect(outcome.status == (words == "/nowhere" ? 66 : 78))
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains(words))
    #expect(!outcome.errors.contains("pass@"))
  }
}
