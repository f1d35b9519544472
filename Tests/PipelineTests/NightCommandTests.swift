import Foundation
import TestSupport
import Testing

/// The commands with which an operator looks at the settings, and uses them.
@Suite struct NightCommandTests {
  @Test func `settings shows what is in effect, and from where each comes`() throws {
    let site = try NightSite()
    let config = try site.directory.write(
      "settings",
      """
      # comment
      FEED_PUSH_TO=file:///srv/drop
      ALMA_PEOPLE_LATE=2d
      SMTP_PASSWORD=tell-nobody
      PS_BASE_URL=https://api.example.edu
      https_proxy=http://user:hidden@proxy.example.edu:3128

      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: config)
    let shown = try site.run("settings --config \(config)", ["PS_CLIENT_SECRET": "tell-nobody"])
    #expect(shown.status == 0 && shown.errors == "", "\(shown.errors)")
    for line in [
      "FEED_PUSH_TO=\(site.settings["FEED_PUSH_TO"]!)  # the environment, in place of \(config) line 2",
      "ALMA_PEOPLE_LATE=2d  # \(config) line 3", "SMTP_PASSWORD=*  # \(config) line 4",
      "PS_BASE_URL=https://api.example.edu  # \(config) line 5", "PS_CLIENT_SECRET=*  # the environment",
      "ALMA_PEOPLE_KEEP_PEOPLE=14d  # default", "FEED_PUSH_RETRIES=4  # default",
      "FEED_PUSH_HANDLED_SUFFIX=.handled  # default",
      "https_proxy=http://user:*@proxy.example.edu:3128  # \(config) line 6",
    ] { #expect(shown.lines.contains(line), "\(line) is not in \(shown.text)") }
    #expect(!shown.text.contains("tell-nobody") && !shown.text.contains("hidden"))
    let names = shown.lines.map { $0.prefix { $0 != "=" } }
    #expect(Set(names).count == names.count)
  }

  @Test func `settings names all that are unknown or misspelt, and goes on`() throws {
    let site = try NightSite()
    let config = try site.directory.write(
      "settings", "ALMA_PEOPLE_STATUS=E\nPATH=/evil\nFEED_PUSH_TOO=x\nALMA_PEOPLE_LATE=3d\nPS_FETCH_SINCE=2026-11-20\n")
    let shown = try site.run("settings --config \(config)")
    #expect(shown.status == 78 && shown.errorLines.count == 4, "\(shown.errors)")
    #expect(
      shown.errors.contains(
        "settings line 1: ALMA_PEOPLE_STATUS is not a setting of alma-people; did you mean ALMA_PEOPLE_STATUSES?"))
    #expect(shown.errors.contains("settings line 2: PATH is not a setting"))
    #expect(
      shown.errors.contains(
        "settings line 3: FEED_PUSH_TOO is not a setting of alma-people; did you mean FEED_PUSH_TO?"))
    #expect(shown.errors.contains("settings line 5: PS_FETCH_SINCE is for one run of ps-fetch by hand"))
    #expect(shown.text.contains("ALMA_PEOPLE_LATE=3d  # "))
  }

  @Test func `a profile that the settings file names is that of both stages`() throws {
    let site = try NightSite()
    let config = try site.directory.write("settings", "ALMA_PEOPLE_PROFILE=/nowhere/profile.json\n")
    let checked = try site.run("check --config \(config)")
    #expect(checked.status == 66, "\(checked.text)\(checked.errors)")
    for stage in ["patron-validate", "patron-to-xml"] {
      #expect(
        checked.text.contains("FAILED  settings of \(stage): \(stage): cannot read /nowhere/profile.json"),
        "\(checked.text)")
    }
  }

  @Test func `with runs a stage with its settings, and with no others`() throws {
    let site = try NightSite()
    let config = try site.directory.write(
      "settings", "FEED_PUSH_TO=\(site.settings["FEED_PUSH_TO"]!)\nSMTP_PASSWORD=x\nSFTP_PASSWORD=y\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: config)
    site.settings = ["ALMA_PEOPLE_STATE": site.directory.path("state")]
    let listed = try site.run("--config \(config) with feed-push --list")
    #expect(
      listed.status == 0 && listed.end?.contains(#""stage":"feed-push","complete":true"#) == true, "\(listed.errors)")
    let seen = try site.replacing("feed-push", with: "env")
    let environment = try site.run("--config=\(config) with feed-push --help", seen).text
    #expect(environment.contains("SFTP_PASSWORD=y") && !environment.contains("SMTP_PASSWORD"))
    for (arguments, words) in [
      ("with feed-posh", "did you mean feed-push?"), ("with", "needs a stage"), ("with bash", "unknown stage"),
    ] {
      let refused = try site.run("--config \(config) \(arguments)")
      #expect(
        refused.status == 64 && refused.errorLines.count == 1 && refused.errors.contains(words), "\(refused.errors)")
    }
    #expect(try site.run("--config \(config) with feed-push --list --unknown").status == 64)
    #expect(site.directory.names.contains("state") == false)
  }

  @Test(arguments: [
    ("stauts", "did you mean status?"), ("--sinse", "did you mean --since?"), ("rn", "did you mean run?"),
    ("zzzzzzz", "argument 'zzzzzzz'; see"),
  ])
  func `a misspelt command or option gets a suggestion`(word: String, words: String) throws {
    let refused = try NightSite().run(word)
    #expect(
      refused.status == 64 && refused.errorLines.count == 1 && refused.errors.contains(words), "\(refused.errors)")
  }
}
