import Foundation
import TestSupport
import Testing

/// Drop directories on file systems that lack what those of Linux have: calls of the C library that fail, by
/// `FileSystem/lacks.c`.
extension FeedPushTests {
  /// Runs feed-push where calls fail.
  /// - Parameters:
  ///   - lacks: the calls and their error numbers.
  ///   - coming: a file that appears when the temporary one is put on the disk.
  func run(
    _ lacks: [String: Int32], _ arguments: [String] = [], coming: String? = nil
  ) throws -> Executable.Outcome {
    var environment = ["LD_PRELOAD": try FileSystem.library()]
    for (call, number) in lacks { environment["LACKS_\(call)"] = String(number) }
    if let coming { environment["LACKS_COMES"] = coming }
    return try push.run(["--to", target] + arguments, input: stream().data, environment: environment)
  }

  @Test(
    arguments: [
      ["RENAMEAT2": ENOSYS, "LINK": ENOSYS], ["RENAMEAT2": EINVAL, "LINK": EPERM],
      ["RENAMEAT2": ENOTSUP, "LINK": ENOTSUP], ["RENAMEAT2": EPERM, "LINK": EMLINK],
      ["RENAMEAT2": ENOTTY, "LINK": EINVAL], ["RENAMEAT2": EINVAL], ["RENAMEAT2": ENOTSUP], ["RENAMEAT2": EPERM],
      ["FSYNC_DIRECTORY": EIO], ["FSYNC_DIRECTORY": ENOTSUP], ["FSYNC_DIRECTORY": ENOENT], ["FSYNC_DIRECTORY": EBADF],
      ["FCHMOD": EPERM], ["FCHMOD": ENOSYS], ["FCHMOD": ENOTSUP],
      ["RENAMEAT2": EINVAL, "LINK": EPERM, "FSYNC_DIRECTORY": ENOTSUP, "FCHMOD": EPERM],
    ] as [[String: Int32]])
  func `a file system with limits gets the whole feed, and -v reports the limits`(
    lacks: [String: Int32]
  ) throws {
    let outcome = try run(lacks)
    #expect(outcome.status == 0 && outcome.errors == "" && outcome.text.contains("\"delivered\",\"status\""))
    #expect(dropped == [name])
    #expect(try directory.read("drop/\(name)") == Data("zip bytes".utf8))
    #expect(try run(lacks).text.contains("\"already-there\",\"status\""))
    try FileManager.default.removeItem(atPath: directory.path("drop/\(name)"))
    let check = try run(lacks, ["--check"])
    #expect(check.status == 0 && check.errors == "" && dropped == [])
    let told = try run(lacks, ["-v"]).errors
    if lacks["LINK"] != nil { #expect(told.contains("refuses to overwrite")) }
    if lacks["FSYNC_DIRECTORY"] != nil { #expect(told.contains("to the disk")) }
    if lacks["FCHMOD"] != nil { #expect(told.contains("permissions")) }
  }

  @Test(arguments: [[:], ["RENAMEAT2": EINVAL], ["RENAMEAT2": EINVAL, "LINK": EPERM]] as [[String: Int32]])
  func `if the rename overwrites, a file that was created meanwhile is still kept`(
    lacks: [String: Int32]
  ) throws {
    let outcome = try run(lacks, coming: directory.path("drop/\(name)"))
    #expect(outcome.status == 73 && dropped == [name])
    #expect(try directory.read("drop/\(name)") == Data("comes".utf8))
  }

  @Test func `a failed sync is no delivery`() throws {
    let outcome = try run(["FSYNC_FILE": EIO])
    #expect(outcome.status == 74 && outcome.errorLines.count == 1 && dropped == [])
    let check = try run(["FSYNC_FILE": EIO], ["--check"])
    #expect(check.status == 74 && dropped == [])
  }

  @Test func `a directory that does not show its files fails the check`() throws {
    try directory.write("drop/a.zip", "123")
    let outcome = try run(["LSTAT": EIO], ["--unhandled-for", "1h"])
    #expect(outcome.status == 69 && outcome.errors.contains("a.zip"))
  }

  @Test func `a listing that breaks off is not taken for a whole one`() throws {
    try directory.write("drop/a.zip", "123")
    let outcome = try run(["READDIR": EIO], ["--unhandled-for", "1h"])
    #expect(outcome.status == 73 && outcome.errorLines.count == 1)
    #expect(try run(["READDIR": EIO]).status == 0)
  }

  @Test func `a check does all steps of a delivery`() throws {
    let outcome = try run(["RENAMEAT2": EINVAL, "LINK": EPERM, "RENAME": EACCES], ["--check"])
    #expect(outcome.status == 73 && outcome.errorLines.count == 1 && dropped == [])
  }
}

/// The library that is loaded before the C library, made once.
enum FileSystem {
  static func library() throws -> String { try unsafe directory.get().path("lacks.so") }

  nonisolated(unsafe) private static let directory: Result<TemporaryDirectory, any Error> = Result {
    let directory = try TemporaryDirectory()
    let source = Executable.root.appendingPathComponent("Tests/PipelineTests/FileSystem/lacks.c").path
    let made = try Executable(program: "/usr/bin/gcc").run(
      ["-shared", "-fPIC", "-o", directory.path("lacks.so"), source, "-ldl"])
    guard made.status == 0 else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: source, "gcc": made.errors])
    }
    // What is static is never given up by itself.
    atexit { unsafe try? FileManager.default.removeItem(at: FileSystem.directory.get().url) }
    return directory
  }
}
