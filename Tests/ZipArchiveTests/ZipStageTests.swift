import Foundation
import RecordStream
import Stage
import StageErrors
import SystemPackage
import TestSupport
import Testing

@testable import ZipArchive

@Suite struct ZipStageTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Counts the users by their beginnings.
  static let counting: Proof = { _, blocks in
    var bytes: [UInt8] = []
    while blocks.next({ block in for index in 0..<block.count { bytes.append(block[index]) } }) {}
    return String(decoding: bytes, as: UTF8.self).components(separatedBy: "<user/>").count - 1
  }

  func stage(
    _ limits: ZipLimits = .alma, sizeGuard: SizeGuard = SizeGuard(), proof: @escaping Proof = Self.counting
  ) throws -> ZipStage {
    try ZipStage(
      outputDirectory: nil, level: 6, limits: limits, sizeGuard: sizeGuard,
      progress: Progress(program: "test", mode: .never), diagnostics: Diagnostics(program: "test"), proof: proof)
  }

  /// A document of so many users, and its record.
  func record(_ name: String, users: Int, folder: String = "") throws -> String {
    let text = "<users>" + String(repeating: "<user/>", count: users) + "</users>"
    let path = try directory.write(folder + name, text)
    return #"{"kind":"file","path":"\#(path)","format":"xml","users":\#(users),"bytes":\#(text.utf8.count)}"#
  }

  /// Runs a stage over records.
  /// - Returns: the zips' records.
  func run(_ stage: inout ZipStage, _ lines: [String]) throws -> [String] {
    let file = try FileDescriptor.open(
      FilePath(directory.path("output")), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    defer { try? file.close() }
    var input = LineReader([try directory.write("input", lines.map { $0 + "\n" }.joined())])
    var output = LineWriter(file)
    var records = RecordReader()
    while try input.advance() {
      let place = input.place
      try input.withLine { line in
        guard let record = records.record(in: line, at: place) else { return }
        try stage.takeRecord(record, &output)
      }
    }
    try stage.finish(StreamAccount(), &output)
    try output.flush()
    return String(decoding: try directory.read("output"), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The names in a zip, as `unzip` sees them after it has tested it.
  func entries(of zip: String) throws -> [String] {
    let test = try Executable(program: "/usr/bin/unzip").run(["-tq", directory.path(zip)])
    #expect(test.status == 0, "\(test.text)\(test.errors)")
    return try Executable(program: "/usr/bin/unzip").run(["-Z1", directory.path(zip)]).lines
  }

  var zips: [String] { directory.names.filter { $0.contains("zip") } }

  @Test func `a zip that is full is followed by a second`() throws {
    var stage = try stage(ZipLimits(entries: 2, bytes: 1000))
    let output = try run(&stage, (1...5).map { try record("a_00\($0).xml", users: $0) })
    #expect(zips == ["a.xml.zip", "a_2.xml.zip", "a_3.xml.zip"])
    #expect(try zips.map(entries) == [["a_001.xml", "a_002.xml"], ["a_003.xml", "a_004.xml"], ["a_005.xml"]])
    #expect(output.map { $0.contains(#""entries":2"#) } == [true, true, false])
    #expect(zip(output, [3, 7, 5]).allSatisfy { $0.contains("\"users\":\($1),") })
    let bytes = try zips.map { try directory.read($0).count }.reduce(0, +)
    #expect(stage.counts.map(\.1) == [15, 5, 3, bytes])
  }

  @Test(arguments: [(88, 1), (87, 2), (44, 2), (43, 4), (10, 4)])
  func `a zip has at most its maximum bytes of XML`(limit: Int, count: Int) throws {
    // Each document has 22 bytes. A zip has one at least, however large.
    var stage = try stage(ZipLimits(entries: 50, bytes: limit))
    _ = try run(&stage, (1...4).map { try record("a_00\($0).xml", users: 1) })
    #expect(zips.count == count)
  }

  @Test func `no zip has its name before all zips are complete`() throws {
    var stage = try stage(ZipLimits(entries: 1, bytes: 1000))
    let lines = try [record("a_001.xml", users: 1), record("a_002.xml", users: 1)]
    try directory.write("a_002.xml", "<users></users>")
    #expect(throws: ZipError.self) { try run(&stage, lines) }
    #expect(zips.allSatisfy { $0.hasPrefix(".") })
    stage = try self.stage()
    #expect(zips == [])
  }

  @Test(arguments: [50, 1])
  func `two documents of one name are refused, also where they would be in two zips`(entries: Int) throws {
    try FileManager.default.createDirectory(atPath: directory.path("b"), withIntermediateDirectories: false)
    let first = try record("a.xml", users: 1)
    for (second, path) in [(try record("a.xml", users: 1, folder: "b/"), "b/a.xml"), (first, "a.xml")] {
      var stage = try stage(ZipLimits(entries: entries, bytes: 1000))
      #expect {
        try run(&stage, [first, second])
      } throws: { error in
        (error as? ZipError)?.exitStatus == .badData && "\(error)".contains("line 2: \(directory.path(path))")
      }
    }
  }

  @Test(arguments: [3_000_000, 3_500_022])
  func `a document that changes while it is read is refused`(length: Int) throws {
    let line = try record("a.xml", users: 500_000)
    let path = directory.path("a.xml")
    var stage = try stage { name, blocks in
      // The first blocks have been read; the last cannot have been.
      _ = blocks.next { _ in }
      let file = try FileDescriptor.open(FilePath(name), .writeOnly)
      try file.resize(to: Int64(length))
      try file.close()
      return try Self.counting(name, blocks)
    }
    let error = #expect(throws: ZipError.self) { try run(&stage, [line]) }
    let message = "\(path): \(length) bytes, but its record announces 3500015; make it again with patron-to-xml"
    #expect(error == ZipError(message, .badData))
  }

  @Test func `the error of the proof is reported`() throws {
    struct Doubt: StageError, Equatable {
      let description = "no"
      let exitStatus = ExitStatus.badData
    }
    var stage = try stage { _, _ in throw Doubt() }
    let line = try record("a.xml", users: 100_000)
    #expect(throws: Doubt()) { try run(&stage, [line]) }
  }
}
