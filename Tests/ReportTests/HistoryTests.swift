import Calendar
import RecordStream
@testable import Report
import TestSupport
import Testing

/// What the history says of files, nights and answers.
@Suite struct HistoryTests {
  private static let file = "a.xml.zip"

  private static func time(_ hour: Int) -> Instant { Instant(seconds: 1_795_305_600 + hour * 3600) }

  private func history(_ records: [[UInt8]]) throws -> History {
    let directory = try TemporaryDirectory()
    let path = try directory.write(
      "history.ndjson", records.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined() + #"{"kind":"look","at":"#)
    return try History(path: path)
  }

  private static func look(_ hour: Int, waiting: [String] = [], taken: [String] = []) -> [UInt8] {
    LookRecord(at: time(hour), waiting: waiting, taken: taken).encoded()
  }

  @Test(
    arguments: [
      ([], nil, nil),
      ([look(0, waiting: [file])], nil, nil),
      ([look(2)], nil, nil),
      ([look(2, waiting: [file])], "waiting at 02:00", "waiting"),
      ([look(2, waiting: [file]), look(3, waiting: [file])], "waiting at 03:00", "waiting"),
      ([look(2, waiting: [file]), look(3, taken: [file])], "taken between 02:00 and 03:00", "02:00 to 03:00"),
      ([look(3, taken: [file]), look(4)], "taken between 01:00 and 03:00", "01:00 to 03:00"),
      ([look(2, waiting: [file]), look(3), look(4, taken: [file])], "taken between 02:00 and 04:00", "02:00 to 04:00"),
      ([look(2, waiting: [file]), look(3), look(4)], "not there any more, removed between 02:00 and 03:00", "gone"),
      ([look(0, taken: [file]), look(2, waiting: [file])], "waiting at 02:00", "waiting"),
      (
        [look(2, waiting: [file]), look(27, taken: [file])], "taken between 02:00 and 2026-11-23 03:00",
        "02:00 to 2026-11-23 03:00"
      ),
    ] as [([[UInt8]], String?, String?)])
  func `a file is waiting, taken between two looks, or gone`(looks: [[UInt8]], text: String?, cell: String?) throws {
    let pickUp = try history(looks).pickUp(of: Self.file, deliveredAt: Self.time(1))
    #expect(pickUp?.text(of: Self.time(1).day) == text)
    #expect(pickUp?.cell(of: Self.time(1).day) == cell)
  }

  @Test func `a look names a taken file only once, and none that was not delivered`() throws {
    let directory = try TemporaryDirectory()
    let delivery = DeliveryRecord(
      outcome: .delivered, status: "E", remote: "sftp://h/d/a%20b.xml.zip", at: Self.time(1))
    let ledger = try Ledger(
      path: try directory.write("ledger.ndjson", String(decoding: delivery.encoded(), as: UTF8.self) + "\n"))
    var history = try history([])
    let first = history.look(at: Self.time(2), waiting: ["new.zip"], taken: ["a b.xml.zip", "other.zip"], ledger)
    #expect(first == LookRecord(at: Self.time(2), waiting: ["new.zip"], taken: ["a b.xml.zip"]))
    history.add(first)
    let second = history.look(at: Self.time(3), waiting: [], taken: ["a b.xml.zip", "other.zip", "new.zip"], ledger)
    #expect(second.taken == ["new.zip"])
  }

  @Test func `an answer of Alma is added when it says something new`() throws {
    let deliveries = [DeliveryRecord(outcome: .delivered, status: "E", users: 8)]
    let waiting = LoadRecord(.waiting, of: deliveries, at: Self.time(2))
    var later = waiting
    later.at = Self.time(3)
    let loaded = LoadRecord(.loaded, of: deliveries, at: Self.time(4))
    #expect(try history([]).missing(from: [waiting, later, loaded, loaded]) == [waiting, loaded])
    #expect(try history([waiting.encoded(), loaded.encoded()]).missing(from: [waiting, later, loaded]).isEmpty)
  }

  @Test func `a delivery is late by when its people were requested, for the status and the page`() throws {
    let delivery = DeliveryRecord(outcome: .delivered, status: "E", started: Self.time(0), users: 8, at: Self.time(24))
    let directory = try TemporaryDirectory()
    let ledger = try Ledger(
      path: try directory.write("ledger", String(decoding: delivery.encoded(), as: UTF8.self) + "\n"))
    for (hour, isLate) in [(26, false), (27, true)] {
      let last = LastDelivery(in: ledger, status: "E", late: 26 * 3600, at: Self.time(hour))
      #expect(last.isLate == isLate && last.record == delivery)
      let page = HistoryPage(
        try history([]), ledger, from: nil, to: nil, at: Self.time(hour), late: 26 * 3600, statuses: ["E"])
      #expect(page.html.contains("<b>LATE</b>") == isLate)
    }
    #expect(LastDelivery(in: ledger, status: "I", late: 26 * 3600, at: Self.time(1)).isLate)
  }

  @Test func `nights without a run and nights that failed are told apart, and a later success heals`() throws {
    let runs = [(0, true), (24, false), (72, false), (75, true), (120, true)].map { hour, isGood in
      var run = RunRecord(run: "r\(hour)", status: "E", outcome: isGood ? .delivered : .failed)
      run.started = Self.time(hour)
      return run
    }
    let nights = Nights(runs, until: Self.time(150), days: 14)
    #expect(nights.noRun.map(\.description) == ["2026-11-24", "2026-11-26"])
    #expect(nights.failed.map(\.description) == ["2026-11-23"])
    #expect(Nights(runs, until: Self.time(150), days: 2).failed.isEmpty)
    // A feed that failed before its first line has only the name of its directory.
    let early = RunRecord(run: "2026-11-22T004500Z_02", status: "E", outcome: .failed)
    #expect(Nights([early], until: Self.time(30), days: 14).failed.map(\.description) == ["2026-11-22"])
  }

  @Test(arguments: [
    (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172_799, "47 h"), (172_800, "2 days"),
  ])
  func `a duration has one unit`(seconds: Int, text: String) { #expect(Phrase.duration(seconds) == text) }

  @Test func `an answer of Alma about a file is not one about the same file that was delivered again`() throws {
    let deliveries = [Self.file, "a_again1.xml.zip"].map { name in
      DeliveryRecord(outcome: .delivered, status: "E", remote: "file:///drop/\(name)", sha256: "aa", at: Self.time(1))
    }
    let load = LoadRecord(.loaded, of: [deliveries[0]], at: Self.time(2))
    let history = try history([load.encoded()])
    #expect(history.load(of: deliveries[0]) != nil && history.load(of: deliveries[1]) == nil)
  }

  @Test func `a feed that was delivered again has a row for each delivery, with its own answer of Alma`() throws {
    var run = RunRecord(run: "2026-11-22T004500Z", status: "E", outcome: .delivered)
    (run.started, run.at, run.files) = (Self.time(0), Self.time(1), [Self.file])
    let deliveries = [(Self.file, 1), ("a_again1.xml.zip", 5), ("a_again1.xml.zip", 6)].map { name, hour in
      DeliveryRecord(
        outcome: hour == 6 ? .alreadyThere : .delivered, status: "E", started: run.started, users: 8,
        remote: "file:///drop/\(name)", sha256: "aa", at: Self.time(hour))
    }
    var load = LoadRecord(.loaded, of: [deliveries[1]], at: Self.time(7))
    load.counts = [.processed: 8]
    let looks = [Self.look(2, taken: [Self.file]), Self.look(6, waiting: ["a_again1.xml.zip"])]
    let history = try history([run.encoded(), load.encoded()] + looks)
    let directory = try TemporaryDirectory()
    let ledger = try Ledger(
      path: try directory.write(
        "ledger", deliveries.map { String(decoding: $0.encoded(), as: UTF8.self) + "\n" }.joined()))
    let lines = HistoryTable.lines(of: history, ledger).map { $0.split(separator: /\s{2,}/).map(String.init) }
    #expect(lines.count == 3)
    #expect(lines[1] == ["2026-11-22T004500Z", "E", "all people", "delivered", "3600", "01:00 to 02:00"])
    #expect(
      lines[2]
        == [
          "2026-11-22T004500Z", "E", "all people", "delivered again 2026-11-22 05:00 UTC", "8", "waiting",
          "loaded: 8 processed",
        ])
  }
}
