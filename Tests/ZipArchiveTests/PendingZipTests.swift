import Foundation
import RecordStream
import TestSupport
import Testing

@testable import ZipArchive

@Suite struct PendingZipTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func add(_ contents: Data, _ name: String, to zip: PendingZip) throws {
    try zip.begin(name, bytes: contents.count)
    try unsafe contents.withUnsafeBytes { try unsafe zip.compress($0) }
    try zip.end(users: 1)
  }

  /// Text of which a zip can make little, but not nothing.
  func text(_ seed: Int, count: Int) -> Data {
    var state = UInt64(seed &+ 1)
    return Data(
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return UInt8(ascii: "a") + UInt8(state >> 60)
      })
  }

  func python(_ program: String, _ arguments: [String]) throws -> Executable.Outcome {
    try Executable(program: "/usr/bin/python3").run(["-c", "import sys, zipfile, hashlib\n" + program] + arguments)
  }

  @Test func `a zip is read by others, byte for byte`() throws {
    let contents = [text(1, count: 3 << 20), Data(), text(2, count: 1), text(3, count: 70_000)]
    let names = ["a_001.xml", "empty.xml", "Zoë 李.xml", "b.xml"]
    let path = directory.path("a.zip")
    let zip = try PendingZip(path, level: 6)
    for (name, contents) in Swift.zip(names, contents) { try add(contents, name, to: zip) }
    try zip.close()
    #expect(directory.names.allSatisfy { $0 != "a.zip" })
    let record = try zip.commit()
    let bytes = try directory.read("a.zip")
    #expect(record.bytes == bytes.count && record.entries == 4 && record.users == 4 && record.path == path)
    #expect(record.sha256 == FeedStream.digest(bytes))
    let digests = contents.map(FeedStream.digest)
    let list = "for e in zipfile.ZipFile(sys.argv[1]).infolist(): "
    let seen = try python(
      list + "print(e.filename, hashlib.sha256(zipfile.ZipFile(sys.argv[1]).read(e)).hexdigest())", [path])
    #expect(seen.lines == Swift.zip(names, digests).map { "\($0) \($1)" })
    let attributes = try python(list + "print(e.date_time, oct(e.external_attr >> 16), e.compress_type)", [path])
    #expect(Set(attributes.lines) == ["(1980, 1, 1, 0, 0, 0) 0o100600 8"])
    #expect(try Executable(program: "/usr/bin/unzip").run(["-tq", path]).status == 0)
    if let java = Self.java { try #expect(self.names(in: path, java) == names) }
  }

  /// What `java.util.zip.ZipInputStream`, which reads from front to end as Alma may, finds in a zip.
  func names(in path: String, _ java: String) throws -> [String] {
    let program = try directory.write(
      "List.java",
      """
      public class List {
        public static void main(String[] arguments) throws Exception {
          var out = new java.io.PrintStream(System.out, true, "UTF-8");
          try (var zip = new java.util.zip.ZipInputStream(new java.io.FileInputStream(arguments[0]))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
              zip.transferTo(java.io.OutputStream.nullOutputStream());
              out.println(entry.getName());
            }
          }
        }
      }
      """)
    let outcome = try Executable(program: java).run([program, path])
    #expect(outcome.errors == "")
    return outcome.lines
  }

  static let java: String? = ["/usr/bin/java"].first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test func `a zip is read line by line, and one with a wrong byte is an error`() throws {
    let text = "<users>\n<user>Zoë</user>\n\n</users>"
    let zip = try PendingZip(directory.path("a.zip"), level: 6)
    try add(Data(text.utf8), "a.xml", to: zip)
    try add(Data("<users/>".utf8), "b.xml", to: zip)
    try zip.close()
    let bytes = try directory.read(zip.commit().path.split(separator: "/").last.map(String.init) ?? "")
    func lines(_ path: String) throws -> [String] {
      var lines: [String] = []
      try ZipReader.forEachLine(in: path) { line in
        lines.append(String(decoding: line.indices.map { line[$0] }, as: UTF8.self))
        return true
      }
      return lines
    }
    #expect(try lines(directory.path("a.zip")) == ["<users>", "<user>Zoë</user>", "", "</users>", "<users/>"])
    var failures = 0
    for offset in bytes.indices {
      var damaged = bytes
      damaged[offset] ^= 0xFF
      let path = directory.path("damaged.zip")
      try damaged.write(to: URL(fileURLWithPath: path))
      // Of some bytes, such as those of times, nothing depends.
      do { _ = try lines(path) } catch let error as ZipError {
        #expect("\(error)".hasPrefix("cannot read \(path): "))
        failures += 1
      }
    }
    #expect(failures > bytes.count / 3, "\(failures) of \(bytes.count)")
  }

  @Test func `the level decides how small a zip is`() throws {
    let sizes = try [1, 9].map { level in
      let zip = try PendingZip(directory.path("\(level).zip"), level: level)
      try add(Data(String(repeating: "a few words for a zip to find again ", count: 10_000).utf8), "a", to: zip)
      try zip.close()
      return try zip.commit().bytes
    }
    #expect(sizes[0] > sizes[1])
  }

  @Test func `a zip that is not committed is removed`() throws {
    for part in 0..<4 {
      let zip = try PendingZip(directory.path("a.zip"), level: 6)
      if part > 0 { try zip.begin("a", bytes: 1000) }
      if part > 1 { try unsafe text(1, count: 500).withUnsafeBytes { try unsafe zip.compress($0) } }
      if part > 2 { try zip.end(users: 0) }
      #expect(directory.names.count == 1)
      _ = consume zip
      #expect(directory.names == [])
    }
  }

  @Test func `a file of more than 4 GiB is a ZIP64 entry`() throws {
    let path = directory.path("a.zip")
    let zip = try PendingZip(path, level: 1)
    let block = Data(count: 16 << 20)
    let blocks = 257
    try zip.begin("large.xml", bytes: block.count * blocks)
    for _ in 0..<blocks { try unsafe block.withUnsafeBytes { try unsafe zip.compress($0) } }
    try zip.end(users: 1)
    try add(text(1, count: 1000), "after.xml", to: zip)
    try zip.close()
    _ = try zip.commit()
    let seen = try python(
      """
      z = zipfile.ZipFile(sys.argv[1])
      for e in z.infolist(): print(e.filename, e.file_size, e.extract_version)
      print(hashlib.sha256(z.read("after.xml")).hexdigest())
      """, [path])
    #expect(
      seen.lines == [
        "large.xml \(block.count * blocks) 45", "after.xml 1000 20", FeedStream.digest(text(1, count: 1000)),
      ])
  }
}
