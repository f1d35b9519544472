import Foundation
import TestSupport
import Testing

/// How a browser shows the mail about a feed with rejects, warnings, loads and field alarms.
@Suite struct MailPictureTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let missing: Comment = "chromium is not installed, so the mail was not looked at"

  /// The mail, from people that have gone through the pipe.
  private func mail() throws -> ReceivedMail {
    let file = Executable.root.appendingPathComponent("examples/people-E.json")
    let document =
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: [String: [[String: Any]]]]
    var people = try #require(document?["records"]?["record"])
    let good = people[0]
    for number in 1...20 {
      var person = good
      (person["EMPLID"], person["CAMPUS_ID"]) = ("\(970_000_000 + number)", "person\(number)")
      people.append(person)
    }
    // Nobody has a barcode any more.
    for index in people.indices { people[index]["PU_BARCODE"] = "" }
    try directory.write(
      "people.json",
      String(decoding: JSONSerialization.data(withJSONObject: people, options: .sortedKeys), as: UTF8.self))
    let fields = (19...21).map { day in
      #"{"kind":"fields","status":"E","until":"2026-11-\#(day)","people":40,"filled":["EMPLID","PU_BARCODE"]}"# + "\n"
    }
    try directory.write("ledger", fields.joined())
    let load = [
      #"{"kind":"load","outcome":"loaded","users":31,"deliveries":[{"status":"E","since":"2026-11-20","until":"2026-11-21","users":31}],"instance":"57","alma_status":"COMPLETED_SUCCESS","submitted":"2026-11-21T06:00:00Z","ended":"2026-11-21T06:04:00Z","processed":31,"created":2,"updated":20,"unchanged":7,"rejected":2,"agrees":true,"counters":[]}"#,
      #"{"kind":"load-reject","instance":"57","emplid":"970000003","event":{"text":"User is not external"}}"#,
      #"{"kind":"load-reject","instance":"57","emplid":"970000004","event":{"text":"Identifier of type BARCODE and value 2101 is already taken"}}"#,
      #"{"kind":"summary","stage":"load-report","complete":true,"loaded":1,"failed":0,"waiting":0,"rejected":2,"seconds":1}"#,
    ]
    try directory.write("loads.ndjson", load.map { $0 + "\n" }.joined())
    try directory.write("sent.people", "0000000000000000 2026-11-20\n")
    try FileManager.default.createDirectory(atPath: directory.path("drop"), withIntermediateDirectories: true)
    let outcome = try Executable.shell(
      """
      set -o pipefail
      ps-fetch --input people.json --status E --since 2026-11-21 --until 2026-11-22 |
        patron-validate --ledger ledger | patron-to-xml | feed-zip |
        feed-push --to "file://$PWD/drop" >E.ndjson &&
        notify-mail --maildir box --from f@x.example --to a@x.example --once sent E.ndjson loads.ndjson >/dev/null
      """, in: directory.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: directory.path("box/new")).first)
    return try ReceivedMail(directory.read("box/new/\(name)"))
  }

  @Test(.enabled(if: Browser.isInstalled, missing))
  func `a browser shows what the mail says, light and dark, and nothing is wider than the page or too pale`() throws {
    let mail = try mail()
    let shown = try Browser(directory).document(of: mail.html)
    for words in [
      "5 people were not loaded (5 new).", "Barcode (PU_BARCODE), empty for all 33 people", "No expiration date",
      "Accepted, with a warning: ", "What Alma did with the feed of 2026-11-20", "2 refused",
      "Account that Alma keeps as internal", "Identifier that another account has", ">new</span>",
    ] {
      #expect(shown.contains(words), "\(words)")
    }
    #expect(mail.text.contains("5 people were not loaded (5 new)."))
    let frames = try Browser(directory).frames(of: mail.html, widths: [400, 800], card: ".cd")
    #expect(
      frames
        == [400, 800].flatMap { width in
          [("light", "rgb(255, 255, 255)"), ("dark", "rgb(27, 32, 39)")].map { scheme, card in
            "\(width) \(scheme) over 0 [] card \(card) pale []"
          }
        })
  }

  @Test(.enabled(if: Browser.isInstalled, missing))
  func `its picture in the manual is small, and is made again with RECORD=1`() throws {
    let page = Browser.page(try mail().html, widths: [480], height: 860)
    let made = try Browser(directory).picture(of: page, width: 960, height: 860)
    let file = Executable.root.appendingPathComponent("man/mail.png")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try made.write(to: file)
      Issue.record("recorded man/mail.png; look at it, then run without RECORD")
    }
    for picture in [made, try Data(contentsOf: file)] {
      #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]) && (20_000..<250_000).contains(picture.count))
      // Width and height, in the first chunk.
      #expect(picture[16..<24].elementsEqual([0, 0, 0x03, 0xC0, 0, 0, 0x03, 0x5C]))
    }
  }
}
