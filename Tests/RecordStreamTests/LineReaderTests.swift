import Foundation
import RecordStream
import SystemPackage
import TestSupport
import Testing

@Suite struct LineReaderTests {
  /// Reads a file and writes what was lent, through buffers of a size.
  private func copy(_ text: String, buffer: Int, longest: Int = 1 << 20) throws -> String {
    let directory = try TemporaryDirectory()
    try directory.write("in", text)
    let file = try FileDescriptor.open(
      FilePath(directory.path("out")), .writeOnly, options: .create, permissions: .ownerReadWrite)
    defer { try? file.close() }
    var input = LineReader([directory.path("in")], bufferSize: buffer, longestLine: longest)
    var output = LineWriter(file, bufferSize: buffer)
    while try input.advance() {
      try input.withLine { (line) throws(StreamError) in try output.write(line) }
      try input.passRest { (rest) throws(StreamError) in try output.write(rest) }
      try output.endLine()
    }
    try output.flush()
    return String(decoding: try directory.read("out"), as: UTF8.self)
  }

  @Test(arguments: [1, 2, 3, 7, 64, 4096])
  func `lines come through whole, whatever the buffers`(buffer: Int) throws {
    var random = SplitMix(seed: 3)
    let lines = (0..<200).map { "\($0) " + String(repeating: "é", count: Int.random(in: 0...150, using: &random)) }
    let text = lines.joined(separator: "\n")
    #expect(try copy(text, buffer: buffer) == text + "\n")
    #expect(try copy(text + "\n", buffer: buffer) == text + "\n")
    #expect(try copy("\n \t\r\n" + text + "\n\n", buffer: buffer) == text + "\n")
  }

  @Test(arguments: [8, 64])
  func `a line longer than the reader keeps is handed on piece by piece`(longest: Int) throws {
    let text = "short\n" + String(repeating: "long", count: 1000) + "\nshort\n" + String(repeating: "end", count: 99)
    #expect(try copy(text, buffer: 8, longest: longest) == text + "\n")
  }

  /// Found by fuzzing: a ledger that cannot be read left its file open.
  @Test func `a reader that is given up before the end closes its file`() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("in", "one\ntwo\n")
    let opened = {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == path
      }
    }
    do {
      var input = LineReader([path])
      #expect(try input.advance())
      #expect(try opened() == 1)
    }
    #expect(try opened() == 0)
  }
}
