import Foundation
import TestSupport

/// One installation: its state, its drop directory, its mail.
final class NightSite {
  let directory: TemporaryDirectory
  var settings: [String: String]

  init() throws {
    directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      at: directory.url.appendingPathComponent("drop"), withIntermediateDirectories: false)
    settings = [
      "ALMA_PEOPLE_STATE": directory.path("state"),
      "ALMA_PEOPLE_STATUSES": "E I",
      "ALMA_PEOPLE_INPUT": Executable.root.appendingPathComponent("examples/people-{status}.json").path,
      "FEED_PUSH_TO": "file://" + directory.path("drop"),
      "NOTIFY_MAIL_MAILDIR": directory.path("mail"),
      "NOTIFY_MAIL_FROM": "library-systems@example.edu",
      "NOTIFY_MAIL_TO": "patron-data@example.edu",
    ]
  }

  /// Runs the script.
  /// - Parameter day: of November 2026, at a quarter to one in UTC.
  func run(
    _ arguments: String = "run", _ changes: [String: String] = [:], day: Int = 22, by runner: String = ""
  ) throws -> Executable.Outcome {
    let time = ["SOURCE_DATE_EPOCH": "\(1_795_308_300 + (day - 22) * 86_400)"]
    return try Executable.shell(
      "echo $$ >'\(directory.path("pid"))'; exec \(runner) alma-people-feed \(arguments)",
      environment: settings.merging(time) { $1 }.merging(changes) { $1 }, in: directory.url)
  }

  /// Puts a program before the real one of that name in PATH, for one run.
  /// - Parameter script: bash, in which REAL is the real program, and NIGHT the process of the script that runs the
  ///   night. It does not see that the stage is asked for its settings.
  func replacing(_ stage: String, with script: String) throws -> [String: String] {
    let bin = directory.url.appendingPathComponent("bin")
    try? FileManager.default.removeItem(at: bin)
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    let file = bin.appendingPathComponent(stage)
    let real =
      FileManager.default.fileExists(atPath: Executable.directory.appendingPathComponent(stage).path)
      ? Executable.directory.appendingPathComponent(stage).path : "/usr/bin/\(stage)"
    let text = script.replacingOccurrences(of: "REAL", with: real)
      .replacingOccurrences(of: "NIGHT", with: "$(cat '\(directory.path("pid"))')")
    try Data("#!/bin/bash\n[[ $1 != --list-settings ]] || exec \(real) \"$@\"\n\(text)\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return ["PATH": bin.path + ":" + (Executable.bareEnvironment["PATH"] ?? "")]
  }

  func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path(folder))) ?? []).sorted()
  }

  /// The records of deliveries in the ledger.
  var deliveries: [String] { ledger.filter { $0.contains(#""kind":"delivery""#) } }

  var ledger: [String] {
    ((try? String(contentsOfFile: directory.path("state/ledger.ndjson"), encoding: .utf8)) ?? "")
      .split(separator: "\n").map(String.init)
  }

  var runs: [String] { names(in: "state/runs") }

  /// The messages, in no order.
  var mails: [String] {
    names(in: "mail/new").map { (try? String(contentsOfFile: directory.path("mail/new/\($0)"), encoding: .utf8)) ?? "" }
  }

  /// The runs that are not finished.
  var begun: [String] { runs.filter { !names(in: "state/runs/\($0)").contains("finished") } }

  /// The drop directory goes away, or comes back.
  func move(_ from: String, _ to: String) throws {
    try FileManager.default.moveItem(atPath: directory.path(from), toPath: directory.path(to))
  }

  /// Alma takes all files.
  func takeAll() throws {
    for name in names(in: "drop") where !name.hasSuffix(".handled") { try move("drop/\(name)", "drop/\(name).handled") }
  }
}
