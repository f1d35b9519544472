import Foundation
import TestSupport
import Testing

/// A monitoring system is told of each run, and what it is told never changes the run.
@Suite struct NightMonitoringTests {
  private let site: NightSite

  init() throws { site = try NightSite() }

  @Test func `a ping says that a run begins, and then its exit status and its line`() throws {
    let server = try GatewayServer()
    let url = server.url("ping/c0de-of-ours")
    let settings = ["ALMA_PEOPLE_PING": url, "FEED_REPORT_CA_FILE": server.directory.path("ca.crt")]
    let good = try site.run("run", settings)
    #expect(good.status == 0 && good.errors == "", "\(good.errors)")
    #expect(
      server.requests.map { "\($0.method) \($0.path) \($0.body)" } == [
        "GET /ping/c0de-of-ours/start ", "POST /ping/c0de-of-ours/0 done",
      ])
    try site.move("drop", "away")
    let file = try site.directory.write("url", url + "\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    let changes = ["ALMA_PEOPLE_PING_FILE": file, "FEED_REPORT_CA_FILE": server.directory.path("ca.crt")]
    let failed = try site.run("run", changes, day: 23)
    #expect(failed.status == 73)
    let last = try #require(server.requests.last)
    #expect(last.path == "/ping/c0de-of-ours/73" && last.headers["content-type"] == "text/plain; charset=utf-8")
    #expect("alma-people-feed: \(last.body)\n" == failed.errors)
  }

  @Test func `a run that is killed or interrupted is never told as good`() throws {
    let server = try GatewayServer(["--plain"])
    let settings = ["ALMA_PEOPLE_PING": server.url("ping", host: "127.0.0.1")]
    let killed = try site.replacing("patron-to-xml", with: "kill -9 NIGHT; exit 1").merging(settings) { $1 }
    #expect(try site.run("run", killed).status == 137)
    #expect(server.requests.map(\.path) == ["/ping/start"])
    // Threads of tests block the signal, and children inherit that.
    let unblocked = "import os,signal,sys; signal.pthread_sigmask(2, []); os.execvp(sys.argv[1], sys.argv[1:])"
    let ended = try site.replacing("patron-to-xml", with: #"kill NIGHT; exec REAL "$@""#).merging(settings) { $1 }
    #expect(try site.run("run", ended, day: 23, by: "python3 -c '\(unblocked)'").status == 143)
    #expect(server.requests.map { "\($0.path) \($0.body)" }.suffix(2) == ["/ping/start ", "/ping/70 interrupted"])
  }

  @Test(arguments: ["status-503", "silent", "nowhere"])
  func `a ping that fails is a warning without the URL, and changes nothing`(fault: String) throws {
    let server = try GatewayServer(fault == "silent" ? ["--silent"] : [])
    let url = fault == "nowhere" ? "https://127.0.0.1:1/c0de-of-ours" : server.url("\(fault)/c0de-of-ours")
    let start = ContinuousClock.now
    let seen = try site.replacing("feed-push", with: #"echo "$@" >>seen; env >>seen; exec REAL "$@""#)
    let settings = ["ALMA_PEOPLE_PING": url, "FEED_REPORT_CA_FILE": server.directory.path("ca.crt")]
    let night = try site.run("run", settings.merging(seen) { $1 })
    #expect(night.status == 0 && site.names(in: "drop").count == 2)
    #expect(
      night.errorLines.count == 2 && night.errors.contains("the URL of ALMA_PEOPLE_PING failed"), "\(night.errors)")
    #expect(start.duration(to: .now) < .seconds(60))
    let files = try #require(FileManager.default.enumerator(atPath: site.directory.url.path))
    for case let name as String in files {
      let text = (try? String(contentsOfFile: site.directory.path(name), encoding: .utf8)) ?? ""
      #expect(!text.contains("c0de-of-ours"), "\(name)")
    }
    #expect(!night.errors.contains("c0de-of-ours") && !night.errors.contains("127.0.0.1"))
  }

  @Test func `a URL that others can read, or that is none, is a warning too`() throws {
    let file = try site.directory.write("url", "https://localhost/c0de-of-ours\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    let open = try site.run("run", ["ALMA_PEOPLE_PING_FILE": file])
    #expect(open.status == 0 && open.errors.contains("others can read this secret"))
    let wrong = try site.run("run", ["ALMA_PEOPLE_PING": "http://ping.example/c0de-of-ours"], day: 23)
    #expect(wrong.status == 0 && wrong.errors.contains("https://") && !wrong.errors.contains("c0de-of-ours"))
    let config = try site.directory.write(
      "settings", site.settings.map { "\($0)=\($1)\n" }.joined() + "ALMA_PEOPLE_PING=https://localhost/c0de\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: config)
    site.settings = [:]
    let settings = try site.run("run --config \(config)", day: 24)
    #expect(settings.status == 78 && settings.errors.contains("it has ALMA_PEOPLE_PING; run 'chmod o= "))
  }

  @Test func `the metrics are one whole file that every user can read, and Prometheus accepts it`() throws {
    let file = site.directory.path("alma.prom")
    let settings = ["ALMA_PEOPLE_METRICS": file]
    #expect(try site.run("run", settings).status == 0)
    let good = try String(contentsOfFile: file, encoding: .utf8)
    try checkFormat(good)
    for line in [
      #"alma_people_people{status="E"} 13"#, #"alma_people_accepted{status="E"} 8"#,
      #"alma_people_delivered{status="I"} 2"#,
      #"alma_people_rejected{status="E",code="invalid_date"} 1"#, #"alma_people_size_bytes{status="E"} 1706"#,
      #"alma_people_last_success_timestamp_seconds{status="E"} 1795308300"#,
      #"alma_people_last_run_failed{status="I"} 0"#,
      #"alma_people_waiting_seconds{status="E"} 0"#, #"alma_people_duration_seconds{status="E"} 0"#,
    ] { #expect(good.contains("\n\(line)\n"), "\(line) is not in \(good)") }
    #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o644)
    #expect(site.directory.names.filter { $0.contains("prom") } == ["alma.prom"])
    let failed = settings.merging(["PATRON_VALIDATE_MAX_REJECTS": "1"]) { $1 }
    #expect(try site.run("run", failed, day: 23).status == 65)
    let bad = try String(contentsOfFile: file, encoding: .utf8)
    try checkFormat(bad)
    #expect(bad.contains(#"alma_people_last_run_failed{status="E"} 1"#))
    #expect(
      bad.contains(#"alma_people_delivered{status="E"} 0"#) && bad.contains(#"alma_people_delivered{status="I"} 2"#))
    #expect(bad.contains(#"alma_people_last_success_timestamp_seconds{status="E"} 1795308300"#))
    #expect(bad.contains(#"alma_people_waiting_seconds{status="E"} 86400"#))
  }

  @Test func `the metrics have how long a file waits that was delivered again`() throws {
    let file = site.directory.path("alma.prom")
    let settings = ["ALMA_PEOPLE_METRICS": file]
    #expect(try site.run("run --status E", settings).status == 0)
    try site.takeAll()
    #expect(try site.run("resend \(site.runs[0])").status == 0)
    #expect(try site.run("run --status I", settings, day: 23).status == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains(#"alma_people_waiting_seconds{status="E"} 86400"#), "\(text)")
  }

  @Test func `metrics that cannot be written are a warning`() throws {
    let night = try site.run("run", ["ALMA_PEOPLE_METRICS": "/nowhere/alma.prom"])
    #expect(night.status == 0 && site.begun.isEmpty)
    #expect(night.errorLines.count == 1 && night.errors.hasPrefix("feed-report: cannot create /nowhere/alma.prom"))
  }

  /// With promtool, and by the grammar of the exposition format.
  private func checkFormat(_ text: String) throws {
    let promtool = try Executable.shell("exec promtool check metrics", input: text)
    #expect(promtool.status == 0 && promtool.errors == "" && promtool.text == "", "\(promtool.text) \(promtool.errors)")
    var samples: Set<String> = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let isComment = line.wholeMatch(of: #/# (HELP [a-z_]+ [^\\]+|TYPE [a-z_]+ gauge)/#) != nil
      let sample = line.wholeMatch(of: #/([a-z_]+(?:\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")?\})?) [0-9]+/#)
      #expect(isComment || sample != nil, "\(line)")
      if let sample { #expect(samples.insert(String(sample.1)).inserted) }
    }
    #expect(text.hasSuffix("\n") && !samples.isEmpty)
  }
}

extension Executable {
  /// Runs a line of bash with a text as its standard input.
  fileprivate static func shell(_ script: String, input: String) throws -> Outcome {
    try Executable(program: "/bin/bash").run(["-c", script], input: Data(input.utf8))
  }
}
