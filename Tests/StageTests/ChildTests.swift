import Foundation
import Stage
import SystemPackage
import TestSupport
import Testing

@Suite struct ChildTests {
  /// Runs a program to its end.
  /// - Returns: how it ended, and its standard output and error.
  func run(
    _ words: [String], variables: [String: String] = [:], input: String = "", within limit: Duration = .seconds(60)
  ) throws -> (end: Child.End?, output: String, errors: String) {
    let files = try [Array(input.utf8), [], []].map { try FileDescriptor.memory($0) }
    defer { for file in files { try? file.close() } }
    let child = try Child(words, variables: variables, input: files[0], output: files[1], errors: files[2])
    return (child.end(within: limit), files[1].text(limit: 4096), files[2].text(limit: 4096))
  }

  @Test func `a program gets its arguments and its standard files`() throws {
    let result = try run(["sh", "-c", "cat; echo $1 >&2", "sh", "a b"], input: "in")
    #expect(result.end == .exited(0) && result.output == "in" && result.errors == "a b\n")
  }

  /// Of the signals, the tests ignore 13, and their threads may block 15.
  @Test(arguments: [
    ("exit 0", Child.End.exited(0)), ("exit 75", .exited(75)), ("kill -9 $$", .signaled(9)),
    ("kill -13 $$", .signaled(13)), ("kill -15 $$", .signaled(15)),
  ])
  func `a program ends with a status or by a signal`(script: String, end: Child.End) throws {
    #expect(try run(["/bin/sh", "-c", script]).end == end)
  }

  @Test func `a result can be asked for again`() throws {
    let input = try FileDescriptor.memory()
    defer { try? input.close() }
    let child = try Child(["false"], input: input)
    for _ in 0..<2 { #expect(child.end(within: .seconds(60)) == .exited(1)) }
  }

  @Test(arguments: [("/none/such", Errno.noSuchFileOrDirectory), ("no-such-program", .noSuchFileOrDirectory)])
  func `a program that cannot be run is an error at the start`(program: String, errno: Errno) {
    #expect(throws: errno) { try run([program]) }
  }

  @Test func `variables are added and replaced`() throws {
    let result = try run(["env"], variables: ["ADDED": "yes", "PATH": "/bin"])
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains("ADDED=yes") && lines.count { $0.hasPrefix("PATH=") } == 1 && lines.contains("PATH=/bin"))
  }

  @Test func `a program that runs too long is killed when its value is dropped`() throws {
    let directory = try TemporaryDirectory()
    let start = ContinuousClock.now
    let result = try run(
      ["sh", "-c", "echo $$ > '\(directory.path("process"))'; exec sleep 1000"], within: .milliseconds(300))
    #expect(result.end == nil && start.duration(to: .now) < .seconds(20))
    let text = String(decoding: try directory.read("process"), as: UTF8.self)
    let process = try #require(pid_t(text.split(separator: "\n")[0]))
    #expect(kill(process, 0) != 0)
  }

  @Test func `a program inherits no other file`() throws {
    let file = try FileDescriptor.memory()
    defer { try? file.close() }
    #expect(try run(["test", "-e", "/proc/self/fd/\(file.rawValue)"]).end == .exited(1))
  }
}
