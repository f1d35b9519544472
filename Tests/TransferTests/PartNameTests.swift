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

  @Test func `what this process has left is dead`() {
    #expect(part.isDead(entry(part.name), now: 1000))
  }

  @Test func `what a process that has died has left is dead`() throws {
    let process = try Process.run(URL(fileURLWithPath: "/bin/true"), arguments: [])
    process.waitUntilExit()
    let name = part.name.replacingOccurrences(of: "-\(getpid())-", with: "-\(process.processIdentifier)-")
    #expect(part.isDead(entry(name), now: 1000))
  }

  @Test func `a process that has ended and that nobody has waited for is dead too`() throws {
    var number = pid_t()
    let status = unsafe "true".withCString { name in
      var arguments = unsafe [UnsafeMutablePointer(mutating: name), nil]
      return unsafe posix_spawn(&number, "/bin/true", nil, nil, &arguments, environ)
    }
    #expect(status == 0)
    defer { waitpid(number, nil, 0) }
    let name = part.name.replacingOccurrences(of: "-\(getpid())-", with: "-\(number)-")
    let end = Date(timeIntervalSinceNow: 20)
    while !part.isDead(entry(name), now: 1000), Date() < end { usleep(1000) }
    #expect(part.isDead(entry(name), now: 1000))
    #expect(FileManager.default.fileExists(atPath: "/proc/\(number)"))
  }

  @Test func `what a process that lives is writing is left alone`() {
    let name = part.name.replacingOccurrences(of: "-\(getpid())-", with: "-1-")
    #expect(!part.isDead(entry(name), now: 1000))
  }

  @Test func `a name without a host is one of this host`() {
    #expect(part.isDead(entry(".a.zip.part-4000000"), now: 1000))
    #expect(!part.isDead(entry(".a.zip.part-1"), now: 1000))
  }

  @Test func `what another host is writing is left alone for an hour`() {
    #expect(!part.isDead(entry(".a.zip.part-1-elsewhere"), now: 4600))
    #expect(part.isDead(entry(".a.zip.part-1-elsewhere"), now: 4601))
  }

  @Test(arguments: [".b.zip.part-1-elsewhere", ".feed-push-check.part-1-elsewhere"])
  func `what is left of another night's zip, or of a check, is dead as well`(name: String) {
    #expect(!part.isDead(entry(name), now: 4600))
    #expect(part.isDead(entry(name), now: 4601))
    let mine = name.replacingOccurrences(of: "1-elsewhere", with: part.name.split(separator: ".part-")[1])
    #expect(part.isDead(entry(mine), now: 1000))
  }

  @Test(arguments: [".a.part-1.zip.part-1-elsewhere", ".a.zip.part-1-else.part-2-where"])
  func `names and hosts may look like a part themselves`(name: String) {
    #expect(part.isOurs(name) && part.isDead(entry(name), now: 4601))
  }

  @Test func `a time that is not known, or not yet, is no silence`() {
    #expect(!part.isDead(DropEntry(name: ".a.zip.part-1-elsewhere"), now: 1_000_000))
    #expect(!part.isDead(entry(".a.zip.part-1-elsewhere", modified: 2_000_000), now: 1_000_000))
  }

  @Test(arguments: [
    ".b.part-1-elsewhere", ".b.zip.part-1", ".b.zip.part-1-", ".b.zip.part-1-a b", ".b.zip.part-+1-elsewhere", "a.zip",
    ".a.zip.part-", ".a.zip.part-x-elsewhere",
    "a.zip.part-1-elsewhere",
  ])
  func `other files are never dead`(name: String) {
    #expect(!part.isDead(entry(name, modified: 0), now: 1_000_000))
  }
}
