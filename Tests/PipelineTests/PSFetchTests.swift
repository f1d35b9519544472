import Foundation
import TestSupport
import Testing

/// ps-fetch on saved responses, as far as golden cases cannot show it; the network is in ServerTests.
@Suite struct PSFetchTests {
  let fetch = Executable("ps-fetch")

  @Test func `the feed line is printed before the response is there, and each person when it is whole`() throws {
    let running = try fetch.start(["--input", "-"])
    running.errors.collect()
    let output = running.output.pipe.fileHandleForReading
    let input = running.input.fileHandleForWriting
    #expect(String(decoding: output.availableData, as: UTF8.self).hasPrefix(#"{"kind":"feed""#))
    try input.write(contentsOf: Data(#"{"records":[{"EMPLID":"1"}"#.utf8))
    #expect(String(decoding: output.availableData, as: UTF8.self) == #"{"EMPLID":"1"}"# + "\n")
    try input.write(contentsOf: Data(#",{"EMPLID":"#.utf8))
    try input.write(contentsOf: Data(#""2"}"#.utf8))
    #expect(String(decoding: output.availableData, as: UTF8.self) == #"{"EMPLID":"2"}"# + "\n")
    try input.write(contentsOf: Data("]}".utf8))
    try input.close()
    #expect(String(decoding: running.output.collect().wait(), as: UTF8.self).hasPrefix(#"{"kind":"summary""#))
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 0)
  }

  @Test func `lines are printed when they are there`() throws {
    let running = try fetch.start(["--input", "-", "--input-format", "ndjson"])
    running.errors.collect()
    let output = running.output.pipe.fileHandleForReading
    #expect(String(decoding: output.availableData, as: UTF8.self).hasPrefix(#"{"kind":"feed""#))
    try running.input.fileHandleForWriting.write(contentsOf: Data("{\"EMPLID\":\"1\"}\n".utf8))
    #expect(String(decoding: output.availableData, as: UTF8.self) == "{\"EMPLID\":\"1\"}\n")
    try running.input.fileHandleForWriting.close()
    running.output.collect()
    running.process.waitUntilExit()
  }

  @Test func `bytes that are no UTF-8 are printed as they came`() throws {
    let person = Data([0x7B, 0x22, 0x41, 0x22, 0x3A, 0x22, 0xE9, 0xFF, 0x22, 0x7D])
    let outcome = try fetch.run(["--input", "-"], input: Data("[".utf8) + person + Data("]".utf8))
    #expect(outcome.status == 0)
    #expect(outcome.output.range(of: person + Data("\n".utf8)) != nil)
  }

  @Test func `people of many sizes come out byte for byte`() throws {
    // Some are larger than the buffers, and none begins where a buffer does.
    var people: [String] = []
    for size in [1, 100, 70_000, 3, 262_130, 1, 600_000, 5] + (1...200).map({ $0 * 13 }) {
      people.append("{\"EMPLID\":\"\(people.count)\",\"NAME\":\"\(String(repeating: "é", count: size))\"}")
    }
    let response = "{\"records\":{\"record\":[" + people.joined(separator: ",\n") + "]}}"
    let outcome = try fetch.run(["--input", "-"], input: Data(response.utf8))
    #expect(outcome.status == 0)
    #expect(outcome.lines.dropFirst().dropLast() == people[...])
  }

  @Test func `a reader that goes away ends it as any filter`() throws {
    let outcome = try Executable(program: "/bin/bash").run(
      [
        "-c",
        "yes '{},' 2>/dev/null | { echo '['; cat 2>/dev/null; } | '\(fetch.path)' --input - | head -n 2 >/dev/null; echo ${PIPESTATUS[2]}",
      ])
    #expect(outcome.text == "141\n")
    #expect(outcome.errors == "")
  }

  @Test(arguments: ["json", "ndjson"])
  func `a full disk is reported`(format: String) throws {
    let outcome = try Executable(program: "/bin/bash").run(
      ["-c", "echo '[]' | '\(fetch.path)' --input - --input-format \(format) >/dev/full"])
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("No space left on device") && outcome.errorLines.count == 1)
  }
}
