import Calendar
import RecordStream
import TestSupport
import Testing

@Suite struct LedgerTests {
  static let window =
    #"{"kind":"window","status":"E","since":"2026-11-20","until":"2026-11-22","at":"2026-11-22T00:45:00Z"}"#
  static let delivery =
    #"{"kind":"delivery","outcome":"delivered","status":"E","since":"2026-11-19","until":"2026-11-22","started":"2026-11-22T00:45:00Z","users":8,"remote":"file:///drop/a.zip","sha256":"ab","at":"2026-11-22T00:45:09Z"}"#

  private func ledger(_ text: String) throws -> Ledger {
    let directory = try TemporaryDirectory()
    return try Ledger(path: directory.write("ledger", text))
  }

  @Test func `a ledger that is missing has no records`() throws {
    #expect(try Ledger(path: "/nonexistent/ledger").entries.isEmpty)
  }

  @Test func `records are read as they are written`() throws {
    let entries = try ledger(Self.window + "\n" + Self.delivery + "\n").entries
    let written = entries.map { entry in
      switch entry {
      case .window(let record): String(decoding: record.encoded(), as: UTF8.self)
      case .delivery(let record): String(decoding: record.encoded(), as: UTF8.self)
      }
    }
    #expect(written == [Self.window, Self.delivery])
  }

  /// What a death or a power cut leaves, and how many records are to be read.
  private static let remains: [(String, Int)] = [
    ("\(window)\n\(delivery.dropLast(9))", 1), ("\(window)\n\(delivery.dropLast(9))\n\(delivery)\n", 2),
    ("\(window)\n\0\0\0\0\0\0", 1), ("\(window)\n\0\0\0\n\(delivery)\n", 2), ("\(window)\n\0\0\0\(delivery)\n", 2),
    ("\(window)\n\(delivery.dropLast(30))\0\0\0\0\n\(delivery)", 2), ("\0", 0),
    ("\(window.prefix(20))\0\0\0\0\(window.suffix(20))\n\(delivery)\n", 1),
    ("\0\0\0\0\(window.suffix(20))\n\(delivery)\n", 1),
    ("\n \n\(window)\n{\"kind\":\"tomorrow\",\"of\":[]}\n", 1),
  ]

  @Test(arguments: remains)
  func `a cut record and zeros are passed over`(text: String, count: Int) throws {
    #expect(try ledger(text).entries.count == count)
  }

  @Test(arguments: [
    "nonsense\n", "[]\n", #"{"kind":"delivery" "outcome":"delivered"}"# + "\n",
    #"{"kind":"window","status":"E","since":"2026-11-20"}"# + "\n",
  ])
  func `what is no record is told with its line`(text: String) {
    #expect { try ledger(Self.window + "\n" + text) } throws: { "\($0)".contains("ledger line 2") }
  }

  @Test func `a file is known by its digest and its place`() throws {
    let ledger = try ledger(Self.delivery + "\n")
    #expect(ledger.hasDelivered(sha256: "ab", to: "file:///drop/a.zip"))
    #expect(!ledger.hasDelivered(sha256: "ab", to: "file:///drop/b.zip"))
    #expect(!ledger.hasDelivered(sha256: "ac", to: "file:///drop/a.zip"))
  }

  @Test func `a later feed is one that was fetched later`() throws {
    let ledger = try ledger(Self.delivery + "\n")
    #expect(ledger.hasDelivery(fetchedAfter: Instant("2026-11-22T00:44:59Z")!))
    #expect(!ledger.hasDelivery(fetchedAfter: Instant("2026-11-22T00:45:00Z")!))
  }

  @Test func `a delivery that the ledger has is not written again, unless it was asked for again`() throws {
    var record = try #require(try ledger(Self.delivery).deliveries.first)
    record.outcome = .alreadyThere
    #expect(try ledger(Self.window + "\n" + Self.delivery + "\n").contains(record))
    #expect(try !ledger(Self.delivery + "\n" + Self.window + "\n").contains(record))
    record.sha256 = "other"
    #expect(try !ledger(Self.window + "\n" + Self.delivery + "\n").contains(record))
  }
}
