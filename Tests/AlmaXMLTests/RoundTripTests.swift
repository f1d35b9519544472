import AlmaXML
import Calendar
import Digest
import Foundation
import Patron
import RecordStream
import SystemPackage
import TestSupport
import Testing

/// Many people through the whole way from lines to users, in pieces so small that every border falls everywhere.
///
/// Some thousand people; a million with `ALMA_PEOPLE_BIG=1 swift test -c release -Xswiftc -enable-testing --filter
/// RoundTripTests`.
@Suite struct RoundTripTests {
  private static let count = ProcessInfo.processInfo.environment["ALMA_PEOPLE_BIG"] == "1" ? 1_000_000 : 3000

  private static let names = [
    "Ann", "Zoë", "O'Brien", "Ng", "Łukasz", "中村", "Nguyễn Thị Minh Khai", "Smith & Sons <Ltd>", #"\"Bob\""#, "\\u00e9",
    "\\ud83d\\ude00", "A\\tB", "  spaced  ", "", " ", "a name that is longer than most names are, by a good deal",
  ]

  /// A line of a person, with its line feed; all fields of another length in each.
  private static func line(_ number: Int, _ random: inout SplitMix) -> [UInt8] {
    let names = (0..<3).map { _ in Self.names.randomElement(using: &random)! }
    let filler = String(repeating: "x", count: Int.random(in: 0...80, using: &random))
    let barcode = Bool.random(using: &random) ? "\(number)" : "null"
    return Array(
      #"{"EMPLID":"\#(number)","PRF_OR_PRI_FIRST_NAM":"\#(names[0])","PRF_OR_PRI_LAST_NAME":"\#(names[1])","VCURSTATUS":"STUD","UNREAD":"\#(filler)","PVSTATCATEGORY":"\#(names[2])","CAMP_ADDRESS1":"\#(filler)","CAMP_CITY":"\#(names[1])","PU_BARCODE":\#(barcode)}"#
        .utf8) + [0x0A]
  }

  /// What came out: the digests of the lines that were copied and of the document, and how many people were in it.
  private struct Outcome: Equatable {
    var lines = ""
    var document = ""
    var users = 0
  }

  /// Copies the people of a pipe, and writes them as users.
  private func pass(_ path: String, bufferSize: Int, in directory: TemporaryDirectory) throws -> Outcome {
    let plan = try Plan(.builtIn())
    let mapping = Mapping(plan, today: try #require(Day("2026-11-22")))
    var people = PersonReader(plan)
    var person = plan.emptyPerson
    var user = AlmaUser()
    let copied = try create(directory.path("lines"))
    let document = try create(directory.path("users.xml"))
    var input = LineReader([path], bufferSize: bufferSize)
    var output = LineWriter(copied, bufferSize: bufferSize)
    var writer = try DocumentWriter(document, path: "users.xml", outline: mapping.outline, bufferSize: bufferSize)
    while try input.advance() {
      try input.withLine { line in
        guard people.read(line, isCut: false, into: &person) == .person else { return }
        mapping.map(&person, into: &user)
        try writer.write(user, person)
        try output.write(line: line)
      }
    }
    try output.flush()
    _ = try writer.finish()
    let users = writer.users
    try copied.close()
    try document.close()
    return Outcome(
      lines: try digest(directory.path("lines")), document: try digest(directory.path("users.xml")), users: users)
  }

  private func create(_ path: String) throws -> FileDescriptor {
    try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
  }

  private func digest(_ path: String) throws -> String {
    let file = try FileDescriptor.open(FilePath(path), .readOnly)
    defer { try? file.close() }
    var digest = SHA256()
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try unsafe block.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      if count == 0 { return digest.finish() }
      digest.update(block.span.extracting(0..<count))
    }
  }

  /// The people, written to a pipe in pieces of up to so many bytes, by a thread of its own.
  private final class Feeder: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var digest = ""

    init(_ input: FileDescriptor, pieces: Int) {
      Thread.detachNewThread { [self] in
        var random = SplitMix(seed: 11)
        var sizes = SplitMix(seed: UInt64(pieces))
        var digest = SHA256()
        for number in 1...RoundTripTests.count {
          let line = RoundTripTests.line(number, &random)
          digest.update(line.span)
          var sent = 0
          while sent < line.count {
            let size = min(line.count - sent, Int.random(in: 1...pieces, using: &sizes))
            _ = try? input.writeAll(line[sent..<sent + size])
            sent += size
          }
        }
        try? input.close()
        self.digest = digest.finish()
        done.signal()
      }
    }

    /// The digest of all lines, when they are written.
    func wait() -> String {
      done.wait()
      return digest
    }
  }

  @Test func `a million people come through whole, however small the pieces and the buffers`() throws {
    let directory = try TemporaryDirectory()
    var outcomes: [Outcome] = []
    for (pieces, bufferSize) in [(1 << 20, 64 << 10), (5, 1), (97, 61), (700, 4099)] {
      let (reading, writing) = try FileDescriptor.pipe()
      let feeder = Feeder(writing, pieces: pieces)
      let outcome = try pass("/dev/fd/\(reading.rawValue)", bufferSize: bufferSize, in: directory)
      try reading.close()
      #expect(feeder.wait() == outcome.lines)
      outcomes.append(outcome)
    }
    #expect(outcomes.allSatisfy { $0 == outcomes[0] })
    #expect(outcomes[0].users == Self.count)
  }
}
