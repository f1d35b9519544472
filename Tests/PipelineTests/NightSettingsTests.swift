import Foundation
import TestSupport
import Testing

/// What the night takes from its settings and its environment, and what of it others get to see.
@Suite struct NightSettingsTests {
  @Test(arguments: [
    ("NOTIFY_MAIL_DRY_RUN", "1"), ("NOTIFY_MAIL_PRINT", "1"), ("PS_FETCH_SINCE", "2026-11-20"),
    ("PS_FETCH_UNTIL", "2026-11-20"),
    ("PS_FETCH_INPUT", "/x"), ("PATRON_TO_XML_TODAY", "2026-11-20"), ("PATRON_TO_XML_OUTPUT", "-"),
  ])
  func `a setting for one run by hand is refused in a night`(name: String, value: String) throws {
    let site = try NightSite()
    let inEnvironment = try site.run("run", [name: value])
    #expect(inEnvironment.status == 78 && inEnvironment.errorLines.count == 1, "\(inEnvironment.errors)")
    #expect(inEnvironment.errors.contains("\(name) is for one run of"))
    let config = try site.directory.write("settings", "\(name)=\(value)\n")
    let inFile = try site.run("check --config \(config)")
    #expect(inFile.status == 78 && inFile.errors.contains("settings line 1: \(name)"), "\(inFile.errors)")
    #expect(site.names(in: "drop").isEmpty && site.ledger.isEmpty)
  }

  @Test(arguments: [
    ("PATRON_VALIDATE_MAX_REJECT_PERCNT=10", "did you mean PATRON_VALIDATE_MAX_REJECT_PERCENT?"),
    ("ALMA_PEOPLE_STATUS=E", "did you mean ALMA_PEOPLE_STATUSES?"), ("FEED_PUSH_LIST=1", "is not a setting"),
    ("PS_FETCH_CHECK=1", "is not a setting"), ("PS_FETCH_DRY_RUN=1", "is not a setting"),
    ("ALMA_PEOPLE_CONFIG=/x", "is not a setting"),
    ("NOTIFY_MAIL_TOO=x", "did you mean NOTIFY_MAIL_TO?"),
  ])
  func `a name that no stage knows is refused, and the nearest is named`(line: String, words: String) throws {
    let site = try NightSite()
    let config = try site.directory.write("settings", line + "\n")
    for command in ["run", "check"] {
      let refused = try site.run("\(command) --config \(config)")
      #expect(
        refused.status == 78 && refused.errorLines.count == 1 && refused.errors.contains(words), "\(refused.errors)")
    }
    #expect(site.names(in: "drop").isEmpty && site.ledger.isEmpty)
  }

  @Test(arguments: [(0o666, "chmod go-w"), (0o602, "chmod go-w"), (0o600, nil), (0o644, nil)])
  func `settings that others can write are refused`(mode: Int, words: String?) throws {
    let site = try NightSite()
    let config = try site.directory.write("settings", "ALMA_PEOPLE_STATUSES=E\n")
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: config)
    let night = try site.run("run --config \(config)")
    #expect(
      night.status == (words == nil ? 0 : 78) && (words.map(night.errors.contains) ?? (night.errors == "")),
      "\(night.errors)")
  }

  @Test func `settings of another user, or in a directory's place, are refused`() throws {
    let site = try NightSite()
    #expect(try site.run("run --config \(site.directory.url.path)").status == 78)
    guard getuid() == 0 else { return }
    let config = try site.directory.write("settings", "")
    try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: config)
    let night = try site.run("run --config \(config)")
    #expect(night.status == 78 && night.errors.contains("belongs neither to root nor to the user"), "\(night.errors)")
    try FileManager.default.setAttributes(
      [.ownerAccountID: 0, .groupOwnerAccountID: 65534, .posixPermissions: 0o660], ofItemAtPath: config)
    #expect(try site.run("run --config \(config)").status == 78)
  }

  @Test func `an unknown status is a wrong setting in the settings, and a wrong command line as an option`() throws {
    let site = try NightSite()
    let setting = try site.run("history", ["ALMA_PEOPLE_STATUSES": "E X"])
    #expect(setting.status == 78 && setting.errors.contains("ALMA_PEOPLE_STATUSES has the unknown status 'X'"))
    let option = try site.run("history --status X")
    #expect(option.status == 64 && option.errorLines.count == 1)
  }

  @Test func `a byte order mark before the settings is passed over`() throws {
    let site = try NightSite()
    site.settings["ALMA_PEOPLE_STATUSES"] = nil
    let config = try site.directory.write("settings", "\u{FEFF}ALMA_PEOPLE_STATUSES=I\n")
    #expect(try site.run("run --config \(config)").status == 0)
    #expect(site.names(in: "drop").count == 1)
  }

  @Test func `each stage has its own settings in its environment, and no secret of another`() throws {
    let site = try NightSite()
    let secrets = ["PS_CLIENT_SECRET": "one", "SFTP_PASSWORD": "two", "SMTP_PASSWORD": "three"]
    let config = try site.directory.write(
      "settings", site.settings.merging(secrets) { $1 }.map { "\($0)=\($1)\n" }.joined())
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: config)
    site.settings = [:]
    let own = ["ps-fetch": "one", "feed-push": "two", "notify-mail": "three"]
    for (stage, secret) in own.merging(
      ["patron-validate": "", "patron-to-xml": "", "feed-zip": ""], uniquingKeysWith: { $1 })
    {
      let seen = try site.replacing(stage, with: #"env >'\#(site.directory.path("seen"))'; exec REAL "$@""#)
      let night = try site.run("run --force --config \(config)", seen)
      #expect(night.status == 0, "\(stage): \(night.errors)")
      let environment = String(decoding: try site.directory.read("seen"), as: UTF8.self).split(separator: "\n")
      for (name, value) in secrets {
        #expect(environment.contains("\(name)=\(value)") == (value == secret), "\(stage) \(name)")
      }
    }
    // Those of the environment are no different.
    let seen = try site.replacing("patron-validate", with: #"env >'\#(site.directory.path("seen"))'; exec REAL "$@""#)
    #expect(try site.run("run --force --config \(config)", seen.merging(secrets) { $1 }).status == 0)
    #expect(!String(decoding: try site.directory.read("seen"), as: UTF8.self).contains("SECRET"))
  }

  @Test func `the environment does not steer the script`() throws {
    let site = try NightSite()
    let trap = try site.directory.write("trap", "touch '\(site.directory.path("owned"))'\n")
    let function = "'BASH_FUNC_mkdir%%=() { touch owned; }'"
    let night = try site.run("run", by: "env BASH_ENV=\(trap) ENV=\(trap) \(function)")
    #expect(night.status == 0 && night.errors == "", "\(night.errors)")
    #expect(!site.directory.names.contains("owned"))
    let traced = try site.run("run --force", by: "env SHELLOPTS=xtrace")
    #expect(!traced.errors.contains("+"), "\(traced.errors)")
  }

  @Test(arguments: ["bin:%", ":%", "%:", "%::/bin", ".:%"])
  func `a part of PATH that is relative is refused`(path: String) throws {
    let site = try NightSite()
    let night = try site.run(
      "run", ["PATH": path.replacing("%", with: Executable.bareEnvironment["PATH"] ?? "")])
    #expect(night.status == 78 && night.errorLines.count == 1 && night.errors.contains("PATH"), "\(night.errors)")
  }

  @Test func `a limit on the size of files is an error, and no signal`() throws {
    let site = try NightSite()
    let night = try site.run("run --status E", by: "prlimit --fsize=2000:2000")
    #expect(night.status == 74 && night.errors.contains("File too large"), "\(night.errors)")
    #expect(night.errorLines.count == 1)
    #expect(try site.run("run --status E").status == 0)
    #expect(site.mails.contains { $0.contains("akim (960000008)") } && site.begun.isEmpty)
  }

  @Test func `a dry run in a directory with a quote cleans up behind itself`() throws {
    let site = try NightSite()
    site.settings["ALMA_PEOPLE_STATE"] = site.directory.path("a'; touch owned; '")
    let dry = try site.run("run --dry-run --status E")
    #expect(dry.status == 0 && !site.directory.names.contains("owned"), "\(dry.errors)")
    #expect(site.names(in: "a'; touch owned; '").isEmpty)
  }

  @Test func `a state directory of another user is refused by all that create files, and open to status`() throws {
    guard getuid() == 0 else { return }
    let site = try NightSite()
    #expect(try site.run().status == 0)
    #expect(unsafe chown(site.directory.path("state"), 65534, 65534) == 0)
    for command in ["run", "waive --since 2026-11-20 --until 2026-11-21", "run --dry-run", "loads", "check"] {
      let refused = try site.run(command, ["ALMA_API_KEY": "key"], day: 23)
      let said = command == "check" ? refused.text : refused.errors
      #expect(refused.status == 78 && refused.errorLines.count == (command == "check" ? 0 : 1), "\(refused.errors)")
      let again = command.hasPrefix("waive") ? "waive" : command
      #expect(said.contains("; use: runuser -u nobody -- alma-people-feed \(again)"), "\(said)")
    }
    #expect(try site.run("status").status == 0)
  }

  @Test(arguments: ["SMTP_PASSWORD", "SFTP_PASSWORD", "PS_CLIENT_SECRET", "ALMA_API_KEY"])
  func `settings with a secret that others can read are refused`(name: String) throws {
    let site = try NightSite()
    let path = try site.directory.write("settings", "\(name)=secret\n")
    for (mode, status) in [(0o644, Int32(78)), (0o640, 0)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      let outcome = try site.run("history --config '\(path)'")
      #expect(outcome.status == status && !outcome.errors.contains("secret\n"), "\(outcome.errors)")
    }
  }

  @Test func `a dry run leaves out a status that was delivered already, and shows the mail as text`() throws {
    let site = try NightSite()
    let first = try site.run("--dry-run")
    #expect(first.status == 0 && first.text.contains("\nSubject: Alma people feed") && !first.text.contains("<html"))
    #expect(first.text.contains("akim (960000008)"))
    #expect(try site.run("run --status E").status == 0)
    let second = try site.run("--dry-run")
    #expect(second.text.contains("_I.xml.zip") && !second.text.contains("_E.xml.zip"), "\(second.text)")
    #expect(try site.run().status == 0)
    let third = try site.run("--dry-run")
    #expect(third.status == 0 && third.text == "" && third.errors.contains("E: delivered up to"), "\(third.text)")
  }

  @Test(arguments: ["--lines", "--preview"])
  func `a dry run or a status whose output is incomplete fails in one line`(option: String) throws {
    let site = try NightSite()
    let script = "[[ $* == *\(option)* ]] && kill -9 $$; REAL \"$@\""
    let path = try site.replacing("notify-mail", with: script)
    for command in ["run --dry-run", "status"] where option == "--lines" || command != "status" {
      let outcome = try site.run(command, path, day: 22)
      #expect(outcome.status == 137 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("notify-mail: killed"), "\(outcome.errors)")
    }
  }

  @Test func `what a dry run that was killed has left is removed by the next run`() throws {
    let site = try NightSite()
    #expect(try site.run("--dry-run --status E", try site.replacing("feed-zip", with: "kill -9 NIGHT")).status != 0)
    #expect(site.names(in: "state").count == 1)
    #expect(try site.run("run --status E").status == 0)
    #expect(!site.names(in: "state").contains { $0.contains("dry-run") })
  }

  @Test(arguments: Executable.stages)
  func `a stage lists its settings, and marks secrets`(stage: String) throws {
    let listed = try Executable(stage).run(["--list-settings"])
    #expect(
      listed.status == 0 && listed.lines.allSatisfy { $0.wholeMatch(of: #/[A-Za-z_]+( secret| by-hand)?/#) != nil })
    let secrets = [
      "ps-fetch": "PS_CLIENT_SECRET", "feed-push": "SFTP_PASSWORD", "load-report": "ALMA_API_KEY",
      "notify-mail": "SMTP_PASSWORD",
    ]
    #expect(listed.lines.filter { $0.hasSuffix(" secret") } == secrets[stage].map { ["\($0) secret"] } ?? [])
  }
}

/// What `check` finds before the first night.
extension NightSettingsTests {
  @Test(arguments: [
    (["NOTIFY_MAIL_MAILDIR": "", "NOTIFY_MAIL_SENDMAIL": "/bin/true", "NOTIFY_MAIL_TO": ""], 78, "NOTIFY_MAIL_TO"),
    (["PATRON_VALIDATE_GROUPS": "/nowhere/groups"], 66, "/nowhere/groups"),
    (["FEED_ZIP_MAX_CHANGE": "many"], 78, "FEED_ZIP_MAX_CHANGE"), (["PS_TZ": "America/Nowhere"], 78, "America/Nowhere"),
    (["FEED_ZIP_SCHEMA": "/nowhere/users.xsd"], 66, "/nowhere/users.xsd"),
    (["PATRON_TO_XML_USERS_PER_FILE": "none"], 78, "PATRON_TO_XML_USERS_PER_FILE"),
  ])
  func `check tries each stage with its settings`(changes: [String: String], status: Int32, words: String) throws {
    let site = try NightSite()
    let outcome = try site.run("check", changes)
    #expect(
      outcome.status == status && (outcome.text + outcome.errors).contains(words), "\(outcome.text)\(outcome.errors)")
    #expect(site.names(in: "drop").isEmpty && site.ledger.isEmpty)
  }
}
