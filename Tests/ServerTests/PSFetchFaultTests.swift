import Foundation
import TestSupport
import Testing

/// What ps-fetch makes of answers that are no good: never an empty feed.
@Suite struct PSFetchFaultTests {
  let server: GatewayServer

  init() throws { server = try GatewayServer() }

  /// What the server does, the people that are printed all the same, the exit status, and what the line says.
  static let faults: [(String, Int, Int32, String)] = [
    // Answers that are cut off.
    ("cut-length", 2, 75, "ends early"), ("cut-chunks", 2, 75, "closed"), ("cut-unsaid", 2, 75, "ends early"),
    ("cut-json", 2, 75, "ends early, at byte 108"), ("cut-gzip", 1, 75, "gzip"), ("cut-gzip-end", 3, 75, "gzip"),
    ("cut-early", 0, 75, "ends early"),
    // Answers that are something else.
    ("more", 3, 76, "follows the end of the JSON, at byte 150"), ("kind", 1, 76, "\"kind\""), ("empty", 0, 76, "empty"),
    ("no-content", 0, 76, "204"), ("object", 0, 76, "empty object"), ("null", 0, 76, "null"), ("html", 0, 76, "HTML"),
    ("utf-16", 0, 76, "UTF-16, at byte 0"), ("utf-16le", 0, 76, "0x00 at byte 1"), ("gzip-false", 0, 76, "gzip"),
    ("gzip-more", 3, 76, "gzip"), ("gzip-padded-more", 3, 76, "gzip"), ("brotli", 0, 76, "encoded as \"br\""),
    ("encoding-utf-8", 0, 76, "encoded as \"UTF-8\""), ("unpackable", 0, 77, "HTTP 401"),
    // People who are not all.
    ("link-next", 3, 76, "header Link"), ("x-next-page", 3, 76, "header X-Next-Page"),
    ("more-pages", 3, 76, "\"hasMore\", at byte"), ("more-pages-first", 0, 76, "\"hasMore\", at byte"),
    ("fault-behind", 3, 76, "the member \"fault\" at byte"), ("fault-bom", 0, 75, "101503 gone"),
    ("fault", 0, 76, "900900 Unclassified Authentication Failure"),
    ("fault-xml", 0, 76, "303001 Runtime Error; Address endpoint <x> failed"),
    // The gateway cannot reach what is behind it.
    ("asleep", 0, 75, "101508 Runtime Error"), ("asleep-xml", 0, 75, "101505 Runtime Error"),
    ("bad-gateway", 0, 75, "HTTP 502: 502 Bad Gateway"), ("status-500", 0, 75, "HTTP 500"),
    ("status-503", 0, 75, "HTTP 503"), ("status-504", 0, 75, "HTTP 504"), ("status-408", 0, 75, "HTTP 408"),
    ("status-429", 0, 75, "HTTP 429"),
    // The gateway will not.
    ("status-401", 0, 77, "900908 Resource forbidden"), ("status-403", 0, 77, "900908 Resource forbidden"),
    ("forbidden-xml", 0, 77, "900908 Resource forbidden"), ("status-400", 0, 69, "HTTP 400"),
    ("status-405", 0, 69, "HTTP 405"), ("not-found-plain", 0, 69, "404 No matching resource"),
    ("not-found-oauth", 0, 69, "not_found nothing here"), ("status-300", 0, 76, "redirected"),
    // Redirects that would carry the token elsewhere, or nowhere.
    ("redirect-host", 0, 76, "127.0.0.1"), ("redirect-plain", 0, 76, "redirected to http:"),
    ("redirect-round", 0, 76, "redirected"),
    // The token.
    ("token-redirect", 0, 76, "redirected"), ("token-no-json", 0, 76, "not JSON"),
    ("token-none", 0, 76, "no access_token"), ("token-echo", 0, 77, "900901 no client has (secret)"),
    ("token-status-404", 0, 69, "HTTP 404"), ("token-status-500", 0, 75, "HTTP 500"),
    ("token-status-300", 0, 76, "redirected"), ("token-beside-error", 0, 69, "HTTP 400"),
    ("token-in-text", 0, 75, "HTTP 500"), ("token-in-message", 0, 75, "HTTP 500"), ("token-odd", 0, 76, "characters"),
    ("token-later", 0, 75, "HTTP 503"),
  ]

  @Test(arguments: faults)
  func `a fault is told apart by its status and one line`(name: String, count: Int, status: Int32, words: String) throws
  {
    let outcome = try server.fetch(name)
    #expect(outcome.status == status)
    #expect(outcome.people.count == count)
    #expect(outcome.isIncomplete(count))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("ps-fetch: \(server.url(name))/"))
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    if name.hasPrefix("redirect-") {
      #expect(server.requests.allSatisfy { $0.path.hasPrefix("/\(name)/") }, "a redirect was followed")
    }
  }

  @Test func `a client that the gateway does not know is refused`() throws {
    let outcome = try server.fetch("ok", ["--client-id", "somebody"])
    #expect(outcome.status == 77)
    #expect(outcome.errors.contains("invalid_client A valid OAuth client could not be found"))
    #expect(server.requests.count == 1)
  }

  @Test func `a fault's text is one short line without control characters`() throws {
    let outcome = try server.fetch("rude")
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(#"\u{1B}[31mred\u{7} and a second line xxx"#))
    #expect(outcome.errors.count < 600)
    #expect(outcome.errors.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }

  /// What fails only once, and how often people are asked for then.
  @Test(arguments: [
    ("once-reset", 2), ("once-429", 2), ("once-503-date", 2), ("once-asleep", 2), ("once-cut-early", 2),
    ("token-later", 1), ("token-asleep", 1),
  ])
  func `what passes is tried again, in silence`(name: String, fetches: Int) throws {
    let start = ContinuousClock.now
    let outcome = try server.fetch(name, ["--retries", "1"])
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.isComplete(3))
    #expect(server.fetches == fetches)
    // Both are asked for to the second, the date without the fraction of the second in which it was made.
    if name == "once-429" || name == "once-503-date" { #expect(start.duration(to: .now) >= .seconds(1)) }
  }

  @Test func `a try that is waited for is told with -v`() throws {
    let outcome = try server.fetch("once-429", ["--retries", "4", "-v"])
    #expect(outcome.errorLines.contains { $0.contains("HTTP 429") && $0.hasSuffix("; try 2 of 5 in 1 s") })
  }

  @Test func `tries come to an end`() throws {
    let outcome = try server.fetch("bad-gateway", ["--retries", "1"])
    #expect(outcome.status == 75)
    #expect(outcome.errors.contains("(tried 2 times in "))
    #expect(outcome.errorLines.count == 1)
    #expect(server.fetches == 2)
  }

  @Test func `tries come to an end in time`() throws {
    #expect(try server.fetch("bad-gateway", ["--retries", "9", "--retry-max-time", "0"]).status == 75)
    #expect(server.fetches == 1)
    // It asks for a day.
    let outcome = try server.fetch("patience", ["--retries", "4"])
    #expect(outcome.status == 75)
    #expect(outcome.errors.contains("asks to wait 86400 s"))
    #expect(server.fetches == 2)
  }

  @Test(arguments: ["cut-length", "cut-gzip", "cut-json"])
  func `after the first person nothing is tried again`(name: String) throws {
    #expect(try server.fetch(name, ["--retries", "4"]).status == 75)
    #expect(server.fetches == 1)
  }

  @Test(arguments: ["fault", "status-403", "status-404", "html"])
  func `what does not pass is not tried again`(name: String) throws {
    #expect(try server.fetch(name, ["--retries", "4"]).status != 75)
    #expect(server.fetches == 1)
  }

  @Test func `a token that has come to its end is replaced, once`() throws {
    #expect(try server.fetch("once-expired").isComplete(3))
    #expect(server.requests.map(\.method) == ["POST", "GET", "POST", "GET"])
    #expect(server.requests.last?.headers["authorization"] == "Bearer t0ken-2")
    #expect(try server.fetch("status-401").status == 77)
    #expect(server.requests.count == 8)
  }

  @Test(arguments: ["token-endless", "endless-200", "endless-403", "endless-500"])
  func `an answer without an end is not read for ever`(name: String) throws {
    let outcome = try server.fetch(name)
    #expect(outcome.isIncomplete(0) && outcome.errorLines.count == 1)
  }

  /// What the server does with the secret and with the token.
  static let echoes = [
    "json", "unicode", "unicode-lower", "percent", "percent-lower", "form", "html", "html-decimal", "html-hex", "xml",
    "base64", "long", "very-long", "member", "header", "location", "moved",
  ]

  @Test(arguments: echoes)
  func `a secret that a server repeats is hidden, however it is spelled and wherever it is cut`(how: String) throws {
    for (name, secret) in [("echo-\(how)", GatewayServer.secret), ("echo-token-\(how)", "t0ken-1")] {
      let outcome = try server.fetch(name, ["-v"])
      #expect((outcome.status == 0) == (how == "moved"))
      // No part of it either: of the spelled ones the parts between the escapes.
      let base64 = String(Data("lib:\(secret)".utf8).base64EncodedString().dropLast(4).suffix(8))
      var parts = ["s3cr", "cret", "more", "t0k", "0ken", "ken-", #"\u"#, "&#", "%26", "%2d", "%2D", base64]
      // The name of the test.
      if name.hasPrefix("echo-token") { parts.removeAll { $0 == "ken-" } }
      let errors = outcome.errors.replacingOccurrences(of: server.url(name), with: "")
      let shown = errors.replacingOccurrences(of: "(secret)", with: "")
      for part in parts { #expect(!shown.contains(part), "\(name): \(errors)") }
      if how != "very-long", how != "member", how != "long" {
        #expect(errors.contains("(secret)"), "\(name): \(errors)")
      }
    }
  }

  @Test(arguments: [
    "token-status-location", "token-status-300", "token-status-404", "token-status-500", "token-beside-error",
  ])
  func `a token is not shown, whatever the status it comes with`(name: String) throws {
    let outcome = try server.fetch(name, ["-v"])
    #expect(outcome.status != 0 && !(outcome.text + outcome.errors).contains("t0ken"))
  }

  @Test(arguments: [["--token-auth", "body"], ["--token-auth", "basic"]])
  func `no output has a secret in it`(authentication: [String]) throws {
    for name in ["ok", "echo", "once-429", "once-expired", "cut-length", "redirect-host", "token-redirect"] {
      let outcome = try server.fetch(name, ["-v", "--retries", "1"] + authentication)
      for secret in ["s3cret", "t0ken-", "Basic ", Data("lib:s3cret&more".utf8).base64EncodedString()] {
        #expect(!(outcome.text + outcome.errors).contains(secret), "\(name): \(outcome.errors)")
      }
    }
  }
}
