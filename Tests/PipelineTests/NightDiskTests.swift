import Foundation
import TestSupport
import Testing

/// The night on a disk that is full, and what has to be on the disk before the next step relies on it.
@Suite(.serialized) struct NightDiskTests {
  /// A file system in memory as the state directory, of a size or with a number of files. Only root can mount one.
  final class SmallDisk {
    let site: NightSite
    private let path: String

    init?(_ options: String) throws {
      site = try NightSite()
      path = site.directory.path("state")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      guard Self.mount(["-t", "tmpfs", "-o", options + ",mode=0700", "tmpfs", path]) else { return nil }
    }

    func remount(_ options: String) { _ = Self.mount(["-o", "remount," + options, path]) }

    deinit { _ = try? Executable(program: "/usr/bin/umount").run(["-l", path]) }

    private static func mount(_ arguments: [String]) -> Bool {
      (try? Executable(program: "/usr/bin/mount").run(arguments))?.status == 0
    }

    static let canMount: Bool = (try? SmallDisk("size=64k")) ?? nil != nil
  }

  /// Sizes in pages of 4 KB, which is what such a file system counts, from nothing to plenty; then numbers of files.
  static let sizes = (1...18).map { "size=\($0 * 4)k" } + (2...18).map { "nr_inodes=\($0)" }

  @Test(.enabled(if: SmallDisk.canMount, "mounting a file system needs root"), arguments: sizes)
  func `a full disk is an error with its cause, and the next run with room tells everybody, once`(size: String) throws {
    let disk = try #require(try SmallDisk(size))
    let site = disk.site
    let full = try site.run("run --status E")
    #expect([0, 73, 74].contains(full.status), "\(size): \(full.status) \(full.errors)")
    if full.status != 0 {
      #expect(full.errorLines.count == 1 && full.errors.contains("No space left on device"), "\(size): \(full.errors)")
    }
    for run in site.runs {
      for name in ["E.stream", "E.ndjson", "mail.ndjson"] where site.names(in: "state/runs/\(run)").contains(name) {
        let text = String(decoding: try site.directory.read("state/runs/\(run)/\(name)"), as: UTF8.self)
        #expect(text.split(separator: "\n").last?.hasPrefix(#"{"kind":"summary","stage":"#) == true, "\(size): \(name)")
      }
    }
    disk.remount("size=10m,nr_inodes=10000")
    let next = try site.run("run --status E")
    #expect(next.status == 0, "\(size): \(next.errors)")
    #expect(site.begun.isEmpty && site.names(in: "drop").filter { $0.hasSuffix("_E.xml.zip") }.count >= 1)
    // The rejects of each account are told once.
    let told = site.mails.filter { $0.contains("akim (960000008)") }.count
    #expect(told >= 1 && told <= 2, "\(size): \(told)")
    #expect(
      Set(
        site.mails.map { $0.split(separator: "\n").filter { !$0.hasPrefix("Date:") && !$0.hasPrefix("Message-ID:") } }
      ).count == site.mails.count)
  }

  @Test(.enabled(if: SmallDisk.canMount, "mounting a file system needs root"))
  func `a state directory that is read-only is told, and the next run goes on`() throws {
    let disk = try #require(try SmallDisk("size=1m"))
    let site = disk.site
    #expect(try site.run("run --status E", day: 21).status == 0)
    disk.remount("ro")
    let night = try site.run("run --status E", day: 22)
    #expect([73, 74].contains(night.status) && night.errorLines.count == 1, "\(night.errors)")
    #expect(night.errors.contains("Read-only file system"), "\(night.errors)")
    disk.remount("rw")
    #expect(try site.run("run --status E", day: 23).status == 0)
    #expect(site.names(in: "drop").count == 2)
  }

  /// By the byte: no file may be larger than this. What is written is whole, or is not there.
  @Test func `a stream, an account and a ledger are whole or absent, whatever byte is the last that fits`() throws {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      at: directory.url.appendingPathComponent("drop"), withIntermediateDirectories: false)
    let zip = try directory.write("a.zip", "zip bytes")
    let stream = directory.path("stream")
    try FeedStream(zips: [zip]).data.write(to: URL(fileURLWithPath: stream))
    let prlimit = Executable(program: "/usr/bin/prlimit")
    let push = Executable("feed-push").path
    var limit = 0
    var delivered = false
    while !delivered {
      for name in ["ledger", "account", "drop/a.zip"] {
        try? FileManager.default.removeItem(atPath: directory.path(name))
      }
      let arguments = [
        "--to", "file://" + directory.path("drop"), "--ledger", directory.path("ledger"), "--stream-to",
        directory.path("account"), stream,
      ]
      let outcome = try prlimit.run(["--fsize=\(limit):\(limit)", push] + arguments)
      delivered = outcome.status == 0
      let ledger = (try? String(contentsOfFile: directory.path("ledger"), encoding: .utf8)) ?? ""
      #expect(ledger.isEmpty || ledger.hasSuffix("}\n"), "\(limit): \(ledger)")
      let account = (try? String(contentsOfFile: directory.path("account"), encoding: .utf8)) ?? "}\n"
      #expect(account.hasSuffix("}\n"), "\(limit)")
      if !delivered {
        #expect(outcome.status == 74 && outcome.errorLines.count == 1, "\(limit): \(outcome.status) \(outcome.errors)")
        #expect(outcome.errors.contains("File too large"), "\(limit): \(outcome.errors)")
        // An account that says that it is delivered is only there where the ledger says so too.
        #expect(ledger.contains("delivered") || !account.contains(#""outcome":"delivered""#), "\(limit)")
      }
      limit += 1
      try #require(limit < 5000)
    }
    #expect(directory.names.filter { $0.contains(".part-") }.isEmpty)
  }

  @Test func `what the next step relies on is on the disk before it`() throws {
    let site = try NightSite()
    let trace = site.directory.path("trace")
    let night = try site.run(
      "run --status E", by: "strace -f -y -e trace=fsync,rename,renameat,renameat2,linkat,link -o '\(trace)'")
    #expect(night.status == 0, "\(night.errors)")
    let calls = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n").map(String.init)
    func first(_ what: String, after start: Int = 0) throws -> Int {
      let pattern = try Regex(".*(\(what)).*= 0.*")
      return try #require(calls[start...].firstIndex { $0.wholeMatch(of: pattern) != nil }, "\(what)")
    }
    let run = "runs/\(try #require(site.runs.first))"
    var last = 0
    // Each file is on the disk before it has its name, and its name is on the disk before the next one is begun.
    for (temporary, name) in [
      (#"\.E\.stream\.part-\d+"#, "E.stream"), (#"\.E\.ndjson\.part-\d+"#, "E.ndjson"),
      (#"\.E\.told\.part-\d+"#, "E.told"),
      ("finished.part", "finished"),
    ] {
      let file = try first("fsync.*\(run)/\(temporary)>", after: last)
      let rename = try first(#"rename.*\#(run)/\#(temporary)".*\#(run)/\#(name)""#, after: file)
      last = try first("fsync.*\(run)/?>", after: rename)
    }
    let window = try first("fsync.*ledger.ndjson>")
    let delivery = try first("fsync.*ledger.ndjson>", after: window + 1)
    #expect(try window < first(#"rename.*/E\.stream""#) && delivery < first(#"rename.*/E\.ndjson""#))
    #expect(try first(#"rename.*drop/.*E\.xml\.zip"#) < delivery)
    #expect(try first("fsync.*state/mailed>") < first(#"rename.*/E\.told""#))
  }

  /// A file that is opened later must not get the number of one of the three that were closed.
  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
  func `with standard files closed, nothing gets into a file that is opened later`(closing: String) throws {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      at: directory.url.appendingPathComponent("drop"), withIntermediateDirectories: false)
    let script = """
      ps-fetch --input '\(Executable.root.path)/examples/people-E.json' >people; cat people | patron-validate | patron-to-xml | feed-zip >zips
      ps-fetch --input '\(Executable.root.path)/examples/people-E.json' --ledger ledger --stream-to fetched -v \(closing)
      feed-push --to "file://$PWD/drop" --ledger ledger --stream-to account -v zips \(closing)
      patron-validate --stream-to judged -v people \(closing)
      patron-to-xml --stream-to converted -v judged \(closing)
      feed-zip --stream-to packed -v converted \(closing)
      notify-mail --maildir mail --once mailed --stream-to told -v account \(closing)
      true
      """
    _ = try Executable.shell(script, in: directory.url)
    for name in ["ledger", "fetched", "account", "judged", "converted", "packed", "told", "mailed"] {
      let lines = String(decoding: try directory.read(name), as: UTF8.self).split(separator: "\n")
      #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "\(name): \(lines)")
    }
    let zip = try #require(directory.names.first { $0.hasSuffix(".zip") })
    #expect(try Executable(program: "/usr/bin/unzip").run(["-tq", directory.path(zip)]).status == 0)
    let xml = try #require(directory.names.first { $0.hasSuffix(".xml") })
    #expect(try Executable(program: "/usr/bin/xmllint").run(["--noout", directory.path(xml)]).status == 0)
  }
}
