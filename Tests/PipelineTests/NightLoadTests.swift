import Foundation
import TestSupport
import Testing

/// The script asks Alma what it did with the deliveries, against a stand-in for Alma's API.
@Suite struct NightLoadTests {
  let site: NightSite
  let server: GatewayServer
  static let key = "l8xxstandin"

  init() throws {
    site = try NightSite()
    server = try GatewayServer(program: "alma_api.py")
  }

  /// The settings with a key.
  func alma(_ scenario: String) throws -> [String: String] {
    let file = try site.directory.write("alma-key", Self.key + "\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    return [
      "ALMA_API_URL": server.url(scenario), "ALMA_API_KEY_FILE": file,
      "LOAD_REPORT_CA_FILE": server.directory.path("ca.crt"), "LOAD_REPORT_RETRIES": "0",
    ]
  }

  @Test func `without a key nothing is asked, and loads is 78`() throws {
    #expect(try site.run().status == 0)
    #expect(!site.names(in: "state").contains("loads"))
    let outcome = try site.run("loads")
    #expect(outcome.status == 78 && outcome.errors.contains("ALMA_API_KEY_FILE is not set"))
    #expect(server.requests.isEmpty)
  }

  @Test func `loads tells once what Alma did, in a mail and in status`() throws {
    #expect(try site.run().status == 0)
    let mails = site.mails.count
    let first = try site.run("loads", try alma("two-zips"))
    #expect(first.status == 0, "\(first.errors)")
    let mail = try #require(site.mails.first { $0.contains("What Alma did with the feed of 2026-11-21") })
    #expect(site.mails.count == mails + 1 && mail.contains("2 refused by Alma"))
    // The stand-in rejects two people by their primary identifiers, which are in the documents of the run.
    #expect(mail.contains("    960000001, new\n"))
    let count = server.requests.count
    #expect(try site.run("loads", try alma("two-zips")).status == 0)
    #expect(site.mails.count == mails + 1 && server.requests.count == count)
    let status = try site.run("status")
    // Alma's numbers are those of both files.
    let numbers = /; loaded: 10 processed, 2 created, [0-9a-z, ]*2 rejected, of 2 files together\n/
    #expect(status.text.matches(of: numbers).count == 2, "\(status.text)")
    let history = try site.directory.read("state/history.ndjson")
    #expect(String(decoding: history, as: UTF8.self).components(separatedBy: #"{"kind":"load""#).count == 2)
    #expect(!String(decoding: history, as: UTF8.self).contains("960000001"))
  }

  @Test func `status names a delivery that Alma was never asked about, one that it refused, and one that waits`() throws
  {
    #expect(try site.run().status == 0)
    #expect(!(try site.run("status").text.contains("never asked")))
    #expect(try site.run("status", try alma("503")).text.components(separatedBy: "Alma was never asked").count == 3)
    _ = try site.run("loads", try alma("failed"))
    let refused = try site.run("status")
    #expect(refused.text.components(separatedBy: "; refused: Alma's job failed").count == 3, "\(refused.text)")
    let records = try site.run("status --ndjson").lines.filter {
      $0.hasPrefix(#"{"kind":"receipt","outcome":"refused""#)
    }
    #expect(records.count == 2 && records.allSatisfy { $0.contains(#""asked":true"#) })
  }

  @Test func `a night asks for the deliveries of earlier nights, and tells it in its own mail`() throws {
    #expect(try site.run().status == 0)
    let mails = site.mails.count
    let night = try site.run("run", try alma("two-zips"), day: 23)
    #expect(night.status == 0, "\(night.errors)")
    #expect(site.mails.count == mails + 1)
    #expect(
      site.mails.contains { $0.contains("What Alma did with the feed of") && $0.contains(", changes of ") })
    #expect(site.begun.isEmpty)
  }

  @Test(arguments: ["503", "forbidden", "html"])
  func `a night does not depend on Alma's answer`(scenario: String) throws {
    let night = try site.run("run", try alma(scenario))
    #expect(night.status == 0 && night.errors.isEmpty, "\(night.errors)")
    #expect(site.names(in: "drop").count == 2 && site.begun.isEmpty)
    let told = site.mails.contains { $0.contains("Alma could not be asked") }
    #expect(told == (scenario != "503"))
    let log = String(decoding: try site.directory.read("state/loads/log"), as: UTF8.self)
    #expect(log.contains("load-report: https://") && !log.contains(Self.key))
  }

  @Test func `what a killed load-report was writing is removed by the next run, and what a live one writes is not`()
    throws
  {
    let dying = try site.replacing("load-report", with: #"touch state/loads/.x.ndjson.part-$$; kill -9 $$"#)
    #expect(try site.run("run --status E", dying.merging(try alma("success")) { $1 }).status == 0)
    #expect(!site.names(in: "state/loads").contains { $0.contains(".part") })
    try site.directory.write("state/loads/.y.ndjson.part-\(getpid())", "")
    #expect(try site.run("run --status I").status == 0)
    #expect(site.names(in: "state/loads").contains { $0.contains(".part") })
  }

  @Test func `the key is in the environment of load-report only`() throws {
    let seen = try site.replacing("patron-validate", with: #"env >'\#(site.directory.path("seen"))'; exec REAL "$@""#)
    let settings = try alma("success").merging(["ALMA_API_KEY": Self.key]) { $1 }
    #expect(try site.run("run", seen.merging(settings) { $1 }).status == 0)
    let environment = String(decoding: try site.directory.read("seen"), as: UTF8.self)
    #expect(environment.contains("PATH=") && !environment.contains("ALMA_API") && !environment.contains(Self.key))
  }

  @Test func `check tries the key and finds the job`() throws {
    #expect(!(try site.run("check").text.contains("API of Alma")))
    #expect(try site.run("check", try alma("success")).text.contains("ok      API of Alma\n"))
    let refused = try site.run("check", try alma("forbidden"))
    #expect(refused.status == 77 && refused.text.contains("FAILED  API of Alma: load-report: https://"))
  }

  @Test func `a misspelt setting is named`() throws {
    let config = try site.directory.write("settings", "ALMA_API_KEY_FLIE=/x\n")
    let outcome = try site.run("loads --config \(config)")
    #expect(outcome.status == 78 && outcome.errors.contains("did you mean ALMA_API_KEY_FILE?"), "\(outcome.errors)")
  }
}
