import Foundation
import Testing

@testable import Transfer

@Suite struct PartNameTests {
  let part = PartName(for: "a.zip")

  func entry(_ name: String, modified: Int = 1000) -> DropEntry {
    DropEntry(name: name, bytes: 1, modified: modified, mode: 0o640)
  }

  @Test func `the temporary name is hidden and does not end in .zip`() {
    #expect(part.name.hasPrefix(".a.zip.part-\(getpid())-"))
    #expect(!part.name.hasSuffix(".zip"))
  }

  @Test func `the file of this process is abandoned`() {
    #expect(part.isAbandoned(entry(part.name), now: 1000))
  }

  @Test func `the file of a process that has ended is abandoned`() throws {
    let process = try Process.run(URL(fileURLWithPath: "/bin/true"), arguments: [])
    process.waitUntilExit()
    let name = part.name.replacingOccurrences(of: "-\(getpid())-", with: "-\(process.processIdentifier)-")
    #expect(part.isAbandoned(entry(name), now: 1000))
  }

  @Test func `the file of a zombie process is abandoned`() throws {
    var number = pid_t()
    let status = unsafe "true".withCString { name in
      var arguments = unsafe [UnsafeMutablePointer(mutating: name), nil]
      return unsafe posix_spawn(&number, "/bin/true", nil, nil, &arguments, environ)
    }
    #expect(status == 0)
    defer { waitpid(number, nil, 0) }
    let name = part.name.replacingOccurrences(of: "-\(getpid())-", with: "-\(number)-")
    let end = Date(timeIntervalSinceNow: 20)
    while !part.isAbandoned(entry(name), now: 1000), Date() < end { usleep(1000) }
    #expect(part.isAbandoned(entry(name), now: 1000))
    #expect(FileManager.default.fileExists(atPath: "/proc/\(number)"))
  }

  @Test func `the file of a running process is not abandoned`() {
    let name = part.name.replacingOccurrences(of: "-\(getpid())-", with: "-1-")
    #expect(!part.isAbandoned(entry(name), now: 1000))
  }

  @Test func `a name without a host is one of this host`() {
    #expect(part.isAbandoned(entry(".a.zip.part-4000000"), now: 1000))
    #expect(!part.isAbandoned(entry(".a.zip.part-1"), now: 1000))
  }

  @Test func `the file of another host is abandoned after an hour`() {
    #expect(!part.isAbandoned(entry(".a.zip.part-1-elsewhere"), now: 4600))
    #expect(part.isAbandoned(entry(".a.zip.part-1-elsewhere"), now: 4601))
  }

  @Test(arguments: [".b.zip.part-1-elsewhere", ".feed-push-check.part-1-elsewhere"])
  func `the file of another zip, or of a check, is abandoned as well`(name: String) {
    #expect(!part.isAbandoned(entry(name), now: 4600))
    #expect(part.isAbandoned(entry(name), now: 4601))
    let mine = name.replacingOccurrences(of: "1-elsewhere", with: part.name.split(separator: ".part-")[1])
    #expect(part.isAbandoned(entry(mine), now: 1000))
  }

  @Test(arguments: [".a.part-1.zip.part-1-elsewhere", ".a.zip.part-1-else.part-2-where"])
  func `NAME and HOST may look like a temporary name`(name: String) {
    #expect(part.isTemporary(name) && part.isAbandoned(entry(name), now: 4601))
  }

  @Test func `a file whose time is unknown or in the future is not abandoned`() {
    #expect(!part.isAbandoned(DropEntry(name: ".a.zip.part-1-elsewhere"), now: 1_000_000))
    #expect(!part.isAbandoned(entry(".a.zip.part-1-elsewhere", modified: 2_000_000), now: 1_000_000))
  }

  @Test(arguments: [
    ".b.part-1-elsewhere", ".b.zip.part-1", ".b.zip.part-1-", ".b.zip.part-1-a b", ".b.zip.part-+1-elsewhere", "a.zip",
    ".a.zip.part-", ".a.zip.part-x-elsewhere",
    "a.zip.part-1-elsewhere",
  ])
  func `other files are never abandoned`(name: String) {
    #expect(!part.isAbandoned(entry(name, modified: 0), now: 1_000_000))
  }
}
