import Foundation
import TestSupport
import Testing

/// What ps-fetch asks a gateway for, and what it makes of good answers.
@Suite struct PSFetchServerTests {
  let server: GatewayServer

  init() throws { server = try GatewayServer() }

  static let people = (1...3).map { #"{"EMPLID": "\#($0)", "NAME": "Zoë Müller"}"# }

  @Test func `a token is asked for, then the people of yesterday and today`() throws {
    let outcome = try server.fetch("ok")
    #expect(outcome.status == 0 && outcome.errors == "")
    let feed =
      #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22","#
      + #""source":"\#(server.url("ok"))/people/v1/E/2026-11-21/2026-11-22","started":"2026-11-22T00:45:00Z"}"#
    #expect(outcome.lines.first == feed)
    #expect(outcome.people == Self.people)
    #expect(outcome.isComplete(3))

    let requests = server.requests
    #expect(
      requests.map { "\($0.method) \($0.path)" } == ["POST /ok/token", "GET /ok/people/v1/E/2026-11-21/2026-11-22"])
    #expect(requests[0].body == "grant_type=client_credentials&client_id=lib&client_secret=s3cret%26more")
    #expect(requests[0].headers["content-type"] == "application/x-www-form-urlencoded")
    #expect(requests[0].headers["authorization"] == nil)
    #expect(requests[1].headers["authorization"] == "Bearer t0ken-1")
    #expect(requests[1].headers["accept-encoding"] == "gzip")
    #expect(requests.allSatisfy { $0.headers["accept"] == "application/json" })
  }

  @Test func `id and secret go into a Basic header as they are, with --token-auth basic`() throws {
    let outcome = try server.fetch("ok", ["--token-auth", "basic", "--scope", "people read"])
    #expect(outcome.isComplete(3))
    let token = try #require(server.requests.first)
    #expect(token.headers["authorization"] == "Basic " + Data("lib:s3cret&more".utf8).base64EncodedString())
    #expect(token.body == "grant_type=client_credentials&scope=people%20read")
  }

  @Test func `settings come from the environment too, and flags win`() throws {
    try server.directory.write("secret", "s3cret&more\n")
    unsafe chmod(server.directory.path("secret"), 0o600)
    let environment = [
      "PS_BASE_URL": server.url("ok") + "/", "PS_FEED_PATH": "v2", "PS_TOKEN_URL": server.url("ok") + "/other/token",
      "PS_CLIENT_ID": "lib", "PS_CLIENT_SECRET_FILE": server.directory.path("secret"), "PS_SCOPE": "s",
      "PS_FETCH_CA_FILE": server.directory.path("ca.crt"), "PS_FETCH_STATUS": "E", "PS_TZ": "America/New_York",
    ]
    let outcome = try Executable("ps-fetch").run(["--status", "I"], environment: environment)
    #expect(outcome.isComplete(3))
    #expect(server.requests.map(\.path) == ["/ok/other/token", "/ok/v2/I/2026-11-20/2026-11-21"])
    #expect(server.requests[0].body.hasSuffix("&scope=s"))
  }

  /// Flags, the end of the URL, and what the feed line says of the window.
  @Test(arguments: [
    (["--status", "I"], "I/2026-11-21/2026-11-22", #""status":"I","since":"2026-11-21","until":"2026-11-22","#),
    (["--status", "any"], "2026-11-21/2026-11-22", #""since":"2026-11-21","until":"2026-11-22","#),
    (["--full"], "E", #""status":"E","#),
    (["--full", "--status", "any"], "", ""),
    (
      ["--since", "2026-10-01", "--until", "2026-11-02"], "E/2026-10-01/2026-11-02",
      #""status":"E","since":"2026-10-01","until":"2026-11-02","#
    ),
  ])
  func `the URL and the feed line say whom was asked for`(flags: [String], path: String, fields: String) throws {
    let outcome = try server.fetch("ok", flags)
    #expect(outcome.isComplete(3))
    #expect(server.requests.last?.path == "/ok/people/v1" + (path.isEmpty ? "" : "/\(path)"))
    #expect(outcome.lines[0].hasPrefix(#"{"kind":"feed",\#(fields)"source":"#))
  }

  @Test func `a query goes with the request, but not into the feed line`() throws {
    let outcome = try server.fetch("ok", ["--feed-path", "v1?key=hidden"])
    #expect(outcome.isComplete(3))
    #expect(server.requests.last?.path == "/ok/v1/E/2026-11-21/2026-11-22?key=hidden")
    #expect(!outcome.text.contains("hidden"))
  }

  @Test(arguments: [
    ("list", 3), ("nobody", 0), ("bom", 3), ("gzip", 3), ("gzip-large", 20000), ("gzip-twice", 3), ("whole-unsaid", 3),
    ("redirect", 3), ("gzip-padded", 3), ("gzip-line-end", 3), ("gzip-twice-padded", 3), ("token-bom", 3),
    ("token-status-201", 3), ("token-status-203", 3), ("link-first", 3), ("x-next-page-blank", 3), ("counters", 0),
  ])
  func `people come out of every good answer`(name: String, count: Int) throws {
    let outcome = try server.fetch(name)
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.people.count == count)
    #expect(outcome.isComplete(count))
  }

  @Test func `a person with bytes that are no UTF-8 is printed as it is`() throws {
    let outcome = try server.fetch("latin-1")
    #expect(outcome.status == 0)
    #expect(outcome.output.range(of: Data([0x5A, 0x6F, 0xEB, 0x20, 0x4D, 0xFC])) != nil)
  }

  @Test func `a saved response is for its owner only, and is read by --input`() throws {
    let path = server.directory.path("saved.json")
    let outcome = try server.fetch("gzip", ["--save-response", path])
    #expect(outcome.isComplete(3))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let again = try Executable("ps-fetch").run(["--input", path])
    #expect(again.lines.dropFirst() == outcome.lines.dropFirst())
  }

  @Test func `what was no good is saved too, to be looked at`() throws {
    let path = server.directory.path("saved.json")
    #expect(try server.fetch("cut-json", ["--save-response", path]).status == 75)
    let again = try Executable("ps-fetch").run(["--input", path])
    #expect(again.status == 65)
    #expect(again.people == Array(Self.people.dropLast()))
    #expect(server.directory.names.allSatisfy { !$0.contains(".part-") })
  }

  @Test func `a directory that is not there is told before anything is asked for`() throws {
    let outcome = try server.fetch("ok", ["--save-response", server.directory.path("nowhere/saved.json")])
    #expect(outcome.status == 73)
    #expect(outcome.isIncomplete(0))
    #expect(server.fetches == 0)
  }

  @Test func `a dry run prints the requests, and makes none`() throws {
    let outcome = try server.fetch("ok", ["--dry-run", "--since", "2026-11-20"])
    #expect(outcome.status == 0)
    #expect(
      outcome.lines == ["POST \(server.url("ok"))/token", "GET \(server.url("ok"))/people/v1/E/2026-11-20/2026-11-22"])
    #expect(server.requests.isEmpty)
  }

  @Test func `a check asks for a token only`() throws {
    let outcome = try server.fetch("ok", ["--check"])
    #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors == "")
    #expect(server.requests.map(\.method) == ["POST"])
    #expect(try server.fetch("token-later", ["--check", "--retries", "1"]).status == 0)
    let refused = try server.fetch("ok", ["--check", "--client-id", "somebody"])
    #expect(refused.status == 77 && refused.output.isEmpty && refused.errorLines.count == 1)
  }

  @Test func `HTTP 2 and gzip from nginx`() throws {
    let nginx = try NginxServer(feed: #"{"records":{"record":["# + Self.people.joined(separator: ",\n") + "]}}")
    let outcome = try Executable("ps-fetch").run(
      ["--base-url", nginx.url, "--feed-path", "feed", "--client-id", "lib", "--ca-file", nginx.authority, "--full"],
      environment: ["PS_CLIENT_SECRET": "x"])
    #expect(outcome.errors == "")
    #expect(outcome.people == Self.people)
    #expect(outcome.isComplete(3))
  }
}
