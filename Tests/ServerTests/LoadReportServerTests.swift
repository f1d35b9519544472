import Foundation
import TestSupport
import Testing

/// load-report against a stand-in for Alma's API: `Servers/alma_api.py`, whose scenarios are the first part of the
/// path.
@Suite struct LoadReportServerTests {
  let server: GatewayServer

  init() throws { server = try GatewayServer(program: "alma_api.py") }

  static let key = "l8xxstandin"
  static let window =
    #"{"kind":"window","status":"E","since":"2026-11-21","until":"2026-11-22","at":"2026-11-22T00:45:00Z"}"#

  static func delivery(
    _ users: Int = 8, _ status: String = "E", outcome: String = "delivered", sha256: String = "aa",
    at: String = "2026-11-22T00:45:30Z"
  ) -> String {
    #"{"kind":"delivery","outcome":"\#(outcome)","status":"\#(status)","since":"2026-11-21","until":"2026-11-22","#
      + #""users":\#(users),"remote":"sftp://drop/f.zip","sha256":"\#(sha256)","at":"\#(at)"}"#
  }

  /// Asks at a time of 2026-11-22, without retries unless others are asked for.
  func ask(
    _ scenario: String, _ more: [String] = [], ledger: [String] = [window, delivery()], at time: String = "12:00",
    environment: [String: String] = [:]
  ) throws -> Executable.Outcome {
    let parts = time.split(separator: ":").compactMap { Int($0) }
    // 2026-11-22T00:00:00Z.
    let now = 1_795_305_600 + parts[0] * 3600 + parts[1] * 60
    let retries = more.contains("--retries") ? [] : ["--retries", "0"]
    return try Executable("load-report").run(
      ["--api-url", server.url(scenario), "--ca-file", server.directory.path("ca.crt")] + retries + more,
      input: Data(ledger.map { $0 + "\n" }.joined().utf8),
      environment: ["ALMA_API_KEY": Self.key, "SOURCE_DATE_EPOCH": String(now)].merging(environment) { $1 })
  }

  /// Whether the key is in a text, in any of a few encodings.
  static func hasKey(_ text: String) -> Bool {
    [key, Data(key.utf8).base64EncodedString(), "l8xx%73tandin"].contains(where: text.contains)
  }

  static let numbers = #""processed":8,"created":2,"updated":3,"unchanged":1,"rejected":2,"agrees":true"#

  /// The scenario, what the load record has, the number of rejects, and the exit status.
  static let answers: [(String, [String], Int, Int32)] = [
    (
      "success",
      [
        #""outcome":"loaded","users":8"#, #""job":"S4711222220001234","instance":"57000000000001234""#,
        #""alma_status":"COMPLETED_SUCCESS","submitted":"2026-11-22T06:00:00Z","ended":"2026-11-22T06:04:00Z""#,
        #""processed":8,"created":2,"updated":3,"unchanged":3,"rejected":0,"agrees":true,"counters""#,
        #"{"code":"standin.users.records","label":"Total records processed","value":"1"}"#,
      ], 0, 0
    ),
    ("errors", [numbers + #","events":2"#], 2, 0),
    ("errors-status", [#""outcome":"loaded""#, #""alma_status":"COMPLETED_FAILED""#, numbers], 2, 0),
    ("other-events", [numbers + #","events":2"#], 2, 0),
    ("no-events", [numbers + #","counters""#, #""error":"https:"#, "60332"], 0, 69),
    (
      "other-counters",
      [#""ended":"2026-11-22T06:04:00Z","events":2,"counters""#, #""label":"Zähler rej","value":"2""#], 2, 0
    ),
    ("number-counters", [numbers, #""label":"Total users rejected","value":"2""#], 2, 0),
    ("single-object", [#""ended":"2026-11-22T06:04:00Z","rejected":0,"counters":[{"#], 0, 0),
    ("two", [#""instance":"57000000000001235""#, numbers], 2, 0),
    ("two-oldest-first", [#""instance":"57000000000001235""#, numbers], 2, 0),
    ("two-jobs", [#""job":"S4711222220001234""#, #""processed":8"#], 0, 0),
    ("many-events", [#""processed":1000"#, #""rejected":250,"agrees":false,"events":250"#], 250, 65),
    ("two-zips", [#""processed":10"#, #""agrees":false"#], 2, 65),
    ("empty-run", [#""outcome":"loaded""#, #""processed":0"#, #""rejected":0,"agrees":false"#], 0, 65),
    ("none", [#""outcome":"waiting","users":8"#, #""job":"S4711222220001234","counters":[]"#], 0, 0),
    (
      "running",
      [#""outcome":"running""#, #""alma_status":"RUNNING","submitted":"2026-11-22T06:00:00Z","counters":[]"#], 0, 0
    ),
    ("queued", [#""outcome":"running""#, #""alma_status":"QUEUED""#], 0, 0),
    ("failed", [#""outcome":"failed""#, #""alma_status":"FAILED""#, #""counters":[]"#], 0, 0),
    ("aborted", [#""outcome":"failed""#, #""alma_status":"SYSTEM_ABORTED""#], 0, 0),
    ("status-of-tomorrow", [#""outcome":"unknown""#, #""alma_status":"POSTPONED""#], 0, 0),
    ("no-category", [#""processed":8"#], 0, 0),
    ("in-two-runs", [#""instance":"57000000000001235""#, #""agrees":true"#], 0, 0),
    ("failed-then-loaded", [#""outcome":"loaded""#, #""instance":"57000000000001235""#], 0, 0),
  ]

  @Test(arguments: answers)
  func `an answer becomes a load record, with all that Alma said and nothing that it did not say`(
    scenario: String, words: [String], rejects: Int, status: Int32
  ) throws {
    let outcome = try ask(scenario)
    let loads = outcome.lines.filter { $0.hasPrefix(#"{"kind":"load","#) }
    let load = try #require(loads.first, "\(outcome.errors)")
    #expect(loads.count == 1)
    for word in words { #expect(load.contains(word), "\(word) is not in \(load)") }
    for (counter, name) in [("Total users processed", "processed"), ("Total users unchanged", "unchanged")]
    where !load.contains(counter) {
      #expect(!load.contains("\"\(name)\":"), "\(name) is made up in \(load)")
    }
    #expect(outcome.lines.count { $0.hasPrefix(#"{"kind":"load-reject","instance":"5700000000000123"#) } == rejects)
    #expect(outcome.lines.prefix(2) == [Self.window, Self.delivery()])
    #expect(outcome.end?.hasPrefix(#"{"kind":"summary","stage":"load-report","complete":true,"#) == true)
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == (status == 0 ? 0 : 1))
    #expect(!Self.hasKey(outcome.text + outcome.errors))
  }

  @Test func `an event is kept as Alma wrote it, whatever its members are`() throws {
    #expect(
      try ask("other-events").lines.contains(
        #"{"kind":"load-reject","instance":"57000000000001234","event":{"event_id":1,"description":"User 960000002 was rejected. User is not external","keys":[{"name":"USER","value":"960000002"}]}}"#
      ))
  }

  @Test func `a rejected person is named if the event has exactly one identifier that was delivered`() throws {
    let users = ["960000001", "960000002", "96000000"].map { "<user><primary_id>\($0)</primary_id></user>" }
    let document = try server.directory.write("users.xml", "<users>\n\(users.joined(separator: "\n"))\n</users>\n")
    for scenario in ["errors", "other-events"] {
      let rejects = try ask(scenario, ["--people", document]).lines.filter { $0.contains(#""kind":"load-reject""#) }
      #expect(rejects.map { $0.contains(#""instance":"57000000000001234","emplid":"96000000"#) } == [true, true])
    }
    #expect(try ask("errors", ["--people", server.directory.path("none.xml")]).status == 66)
  }

  @Test func `deliveries with the same first run are loaded together`() throws {
    let ledger = [Self.delivery(), Self.delivery(2, "I", sha256: "bb", at: "2026-11-22T00:46:10Z")]
    let outcome = try ask("two-zips", ledger: ledger)
    let load = try #require(outcome.lines.first { $0.hasPrefix(#"{"kind":"load","#) })
    #expect(load.contains(#""outcome":"loaded","users":10,"deliveries":[{"status":"E","#))
    #expect(load.contains(#""users":8,"sha256":"aa"},{"status":"I","#) && load.contains(#""processed":10"#))
    #expect(load.contains(#""agrees":true"#) && outcome.status == 0)
    #expect(outcome.lines.last?.contains(#""loaded":1,"failed":0,"waiting":0,"rejected":2"#) == true)
  }

  @Test func `a file that was there already may have been loaded before it was found`() throws {
    let ledger = [Self.delivery(outcome: "already-there", at: "2026-11-22T10:00:00Z")]
    let outcome = try ask("success", ledger: ledger)
    #expect(outcome.text.contains(#""outcome":"loaded""#) && outcome.text.contains(#""agrees":true"#))
    let other = try ask("success", ledger: [Self.delivery(7, outcome: "already-there", at: "2026-11-22T10:00:00Z")])
    #expect(other.text.contains(#""outcome":"waiting""#))
  }

  @Test func `a delivery that Alma had no time for waits, and after the expected time it is 75`() throws {
    let waiting = try ask("success", ledger: [Self.delivery(at: "2026-11-22T09:00:00Z")])
    #expect(waiting.status == 0 && waiting.text.contains(#""outcome":"waiting""#))
    let late = try ask("none", ["--expected-within", "6h"])
    #expect(late.status == 75)
    #expect(late.text.contains(#""outcome":"waiting""#) && late.text.contains(#""overdue":true"#))
    #expect(
      late.errors
        == "load-report: job S4711222220001234 of Alma has not run since the delivery of 2026-11-22T00:45:30Z\n")
    #expect(try ask("running", ["--expected-within", "6h"]).errors.contains("has not ended since"))
  }

  @Test func `too many rejects are 65, and are told`() throws {
    #expect(try ask("errors", ["--max-rejected", "2"]).status == 0)
    let outcome = try ask("errors", ["--max-rejected", "1"])
    #expect(outcome.status == 65 && outcome.errors.contains("rejected 2 users, and --max-rejected is 1"))
    #expect(outcome.text.contains(#"{"kind":"load-reject""#))
  }

  @Test func `counters in another language are recognized by their codes`() throws {
    let outcome = try ask(
      "other-counters", ["--counters", "rejected=standin.users.rejected processed=standin.users.processed"])
    #expect(outcome.text.contains(#""processed":8,"rejected":2,"agrees":true"#))
    #expect(try ask("success", ["--counters", "refused=x"]).status == 64)
  }

  @Test func `nothing is asked where nothing was delivered, and an old delivery is asked for only on demand`() throws {
    let ledgers = [
      [Self.window], [Self.delivery(outcome: "empty")], [Self.delivery(outcome: "failed")], [Self.delivery(0)],
      [Self.delivery(at: "2026-11-14T23:59:59Z")],
    ]
    for ledger in ledgers {
      let outcome = try ask("success", ledger: ledger)
      #expect(outcome.status == 0 && outcome.lines.dropLast() == ledger[...])
    }
    #expect(server.requests.isEmpty)
    _ = try ask("success", ["--since", "2026-11-14"], ledger: ledgers[4])
    #expect(server.requests.contains { $0.path.contains("submit_date_from=2026-11-13&submit_date_to=2026-11-23") })
  }

  @Test func `what was told is not asked for again`() throws {
    let loads = server.directory.path("loads")
    #expect(try ask("running", ["--loads", loads]).text.contains(#""outcome":"running""#))
    #expect(try ask("failed", ["--loads", loads]).text.contains(#""outcome":"failed""#))
    #expect(try ask("empty-run", ["--loads", loads]).text.contains(#""agrees":false"#))
    #expect(try server.directory.read("loads").isEmpty, "a run that may be followed by another was taken for the last")
    let first = try ask("errors", ["--loads", loads])
    #expect(first.text.contains(#""outcome":"loaded""#))
    let count = server.requests.count
    let second = try ask("errors", ["--loads", loads])
    #expect(second.status == 0 && second.lines.count == 3 && server.requests.count == count)
    // The same file, found in the drop directory by a later run.
    let again = Self.delivery(outcome: "already-there", at: "2026-11-22T11:00:00Z")
    #expect(try ask("errors", ["--loads", loads], ledger: [Self.delivery(), again]).lines.count == 3)
    // The same file, delivered again under another name.
    let resent = Self.delivery(at: "2026-11-22T05:00:00Z").replacingOccurrences(of: "f.zip", with: "f_again1.zip")
    let third = try ask("errors", ["--loads", loads], ledger: [Self.delivery(), resent])
    #expect(third.text.contains(#""sha256":"aa","again":1"#), "\(third.text)")
    #expect(try ask("errors", ["--loads", loads], ledger: [Self.delivery(), resent]).lines.count == 3)
    let modes = try FileManager.default.attributesOfItem(atPath: loads)[.posixPermissions] as? Int
    #expect(modes == 0o600)
    // A day later a failure is final.
    let failures = server.directory.path("failures")
    _ = try ask("failed", ["--loads", failures, "--expected-within", "1h"])
    #expect(try !server.directory.read("failures").isEmpty)
  }

  @Test func `what could not be written is not remembered`() throws {
    try server.directory.write("ledger", Self.delivery() + "\n")
    let outcome = try Executable.shell(
      "load-report --api-url \(server.url("success")) --ca-file ca.crt --loads loads ledger >/dev/full",
      environment: ["ALMA_API_KEY": Self.key, "SOURCE_DATE_EPOCH": "1795348800"], in: server.directory.url)
    #expect(outcome.status == 74)
    #expect(try server.directory.read("loads").isEmpty)
  }

  @Test func `a stream is complete only if its last line is a complete summary`() throws {
    let feed = #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22"}"#
    let whole = #"{"kind":"summary","stage":"feed-push","complete":true}"#
    #expect(try ask("success", ledger: [feed, Self.delivery(), whole]).end?.contains(#""complete":true"#) == true)
    #expect(try ask("success", ledger: [feed, Self.delivery()]).end?.contains(#""complete":false"#) == true)
  }

  /// The scenario, the exit status, and what the line says.
  static let faults: [(String, Int32, String)] = [
    ("401", 77, "HTTP 401; is the API key right"), ("forbidden", 77, "HTTP 403: FORBIDDEN Invalid API Key"),
    ("unauthorized", 77, "HTTP 400: UNAUTHORIZED API-key not defined"), ("429", 75, "PER_SECOND_THRESHOLD"),
    ("429-daily", 75, "DAILY_THRESHOLD Daily API Request Threshold has been reached; the institution"),
    ("500", 75, "HTTP 500: INTERNAL_SERVER_ERROR"), ("500-always", 75, "HTTP 500"), ("503", 75, "HTTP 503"),
    ("cut", 75, "ends early"), ("malformed", 76, "not JSON: it ends at byte 14"), ("html", 76, "HTML, not JSON"),
    ("xml", 76, "XML, not JSON"), ("null-body", 76, "not an object"), ("error-object", 69, "402216 Invalid job id."),
    ("no-total", 76, "no total_record_count"), ("no-status", 76, "no status.value"),
    ("no-times", 76, "no usable start_time"), ("moved", 76, "redirected to https://127.0.0.1:1,"),
    ("no-job", 78, "Alma has no scheduled job that the key may see; give its name or id with --job (LOAD_REPORT_JOB)"),
    ("echo", 69, "Cannot serve apikey (secret) or (secret)"), ("no-such-scenario", 69, "HTTP 404; is the URL"),
  ]

  @Test(arguments: faults)
  func `a fault is told apart by its status and one line, and is never an answer`(
    scenario: String, status: Int32, words: String
  ) throws {
    let outcome = try ask(scenario)
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains(words), "\(outcome.errors)")
    #expect(!outcome.text.contains(#"{"kind":"load"#))
    #expect(outcome.end?.hasPrefix(#"{"kind":"summary","stage":"load-report","complete":false,"#) == true)
    #expect(!Self.hasKey(outcome.text + outcome.errors))
  }

  @Test func `a server that does not answer is given up`() throws {
    let outcome = try ask("stall", ["--stall-timeout", "1"])
    #expect(outcome.status == 75 && outcome.errors.contains("see --connect-timeout and --stall-timeout"))
  }

  @Test(arguments: ["500", "429-later"])
  func `a temporary failure is retried`(scenario: String) throws {
    let outcome = try ask(scenario, ["--retries", "1"])
    #expect(outcome.status == 0 && outcome.text.contains(#""outcome":"loaded""#), "\(outcome.errors)")
    #expect(Set(server.requests.map(\.path)).count < server.requests.count)
  }

  @Test func `calls that are used up for the day are not retried`() throws {
    #expect(try ask("429-daily", ["--retries", "3"]).status == 75)
    #expect(server.requests.count == 1)
  }

  @Test func `the events of a busy Alma are asked for again, and the load is not told without them`() throws {
    let outcome = try ask("429-later")
    #expect(outcome.status == 75 && !outcome.text.contains(#"{"kind":"load"#))
  }

  @Test func `two jobs that fit are 78 and both are named, and an id or a name chooses one`() throws {
    let outcome = try ask("two-jobs", ["--job", "Users"])
    #expect(outcome.status == 78)
    for id in ["S4711222220001234", "S4711333330001234"] { #expect(outcome.errors.contains("\(id) (\"Users ")) }
    let name = "Users EXPORT using profile Student Information System"
    #expect(try ask("two-jobs", ["--job", name]).text.contains(#""outcome":"waiting""#))
    #expect(try ask("two-jobs", ["--job", "S4711222220001234"]).text.contains(#""outcome":"loaded""#))
    let unknown = try ask("success", ["--job", "S999"])
    #expect(unknown.status == 78 && unknown.errors.contains("Alma has no job S999"))
    #expect(try ask("success", ["--job", "Nobody"]).errors.contains("Alma has S4711222220001234 (\"Users SYNCHRONIZE"))
  }

  @Test func `the key is sent in a header only, and is read from a file that others cannot read`() throws {
    let file = try server.directory.write("key", Self.key + "\n")
    let environment = ["ALMA_API_KEY": "", "ALMA_API_KEY_FILE": file]
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    #expect(try ask("success", environment: environment).status == 78)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    let outcome = try ask("success", ["-v"], environment: environment)
    #expect(outcome.status == 0 && !Self.hasKey(outcome.errors))
    #expect(!server.requests.isEmpty)
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "apikey \(Self.key)" && !Self.hasKey($0.path) })
    #expect(server.requests.allSatisfy { $0.method == "GET" && $0.headers["accept"] == "application/json" })
  }

  @Test func `a key that is missing or cannot be one is 78, and nothing is sent`() throws {
    #expect(try ask("success", environment: ["ALMA_API_KEY": ""]).status == 78)
    let odd = try ask("success", environment: ["ALMA_API_KEY": "two\r\nX-Other: lines"])
    #expect(odd.status == 78 && !odd.errors.contains("X-Other"))
    #expect(try ask("success", ["--api-url", "http://alma.example.edu"]).status == 78)
    #expect(server.requests.isEmpty)
  }

  @Test func `check tries the key and finds the job`() throws {
    let good = try ask("success", ["--check"])
    #expect(good.status == 0 && good.text.isEmpty && good.errors.isEmpty)
    #expect(server.requests.map { $0.path.split(separator: "?")[0] }.contains("/success/almaws/v1/conf/test"))
    #expect(try ask("forbidden", ["--check"]).status == 77)
    #expect(try ask("no-job", ["--check"]).status == 78)
    let unknown = try ask("success", ["--check", "--job", "S999"])
    #expect(unknown.status == 78 && unknown.errors.contains("S999"), "\(unknown.errors)")
  }
}
