import Foundation
import TestSupport
import Testing

@Suite struct FeedZipTests {
  let directory: TemporaryDirectory
  let stage = Executable("feed-zip")
  let stem = "alma_people_2026-11-21_2026-11-22_E"
  var zip: String { stem + ".xml.zip" }

  init() throws { directory = try TemporaryDirectory() }

  static let feed =
    #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22","source":"x","started":"2026-11-22T00:45:00Z"}"#

  func document(_ users: Int) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users>\n"
      + (0..<users).map { "<user><primary_id>\($0)</primary_id></user>\n" }.joined() + "</users>\n"
  }

  /// Writes a document.
  /// - Returns: its record.
  func file(_ users: Int, _ name: String? = nil, text: String? = nil, announced: Int? = nil) throws -> String {
    let text = text ?? document(users)
    let path = try directory.write(name ?? "\(stem).xml", text)
    return
      #"{"kind":"file","path":"\#(path)","format":"xml","users":\#(announced ?? users),"bytes":\#(text.utf8.count)}"#
  }

  func summary(of users: Int, files: Int = 1, complete: Bool = true) -> String {
    #"{"kind":"summary","stage":"patron-to-xml","complete":\#(complete),"people":\#(users),"users":\#(users),"files":\#(files),"seconds":0}"#
  }

  /// The stream of a feed of one document.
  func stream(_ users: Int) throws -> [String] { [Self.feed, try file(users), summary(of: users)] }

  @Test(arguments: ["ARCHIVE", "ENTRY"])
  func `lack of memory in libarchive is an error`(call: String) throws {
    let environment = ["LD_PRELOAD": try FileSystem.library(), "LACKS_\(call)": String(ENOMEM)]
    let outcome = try run(try stream(2), environment: environment)
    #expect(outcome.status == 74 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("\(zip): Cannot allocate memory"))
    #expect(directory.names == [stem + ".xml"])
  }

  @Test(arguments: [true, false])
  func `documents are removed only after a complete stream`(isComplete: Bool) throws {
    let lines = try stream(2).dropLast(isComplete ? 0 : 1)
    #expect(try run(["--remove-documents"], Array(lines)).status == 0)
    #expect(directory.names.contains(stem + ".xml") == !isComplete && directory.names.contains(zip))
  }

  func run(_ lines: [String], environment: [String: String] = [:]) throws -> Executable.Outcome {
    try run([], lines, environment: environment)
  }

  func run(
    _ arguments: [String], _ lines: [String], environment: [String: String] = [:]
  ) throws -> Executable.Outcome {
    try stage.run(
      arguments, input: Data(lines.map { $0 + "\n" }.joined().utf8), environment: environment, in: directory.url)
  }

  func record(of name: String, users: Int, entries: Int = 1) throws -> String {
    let bytes = try directory.read(name)
    return
      #"{"kind":"file","path":"\#(directory.path(name))","format":"zip","users":\#(users),"bytes":\#(bytes.count),"sha256":"\#(FeedStream.digest(bytes))","entries":\#(entries)}"#
  }

  func summary(_ complete: Bool, users: Int, files: Int = 1, zips: Int = 1, bytes: Int) -> String {
    #"{"kind":"summary","stage":"feed-zip","complete":\#(complete),"users":\#(users),"files":\#(files),"zips":\#(zips),"bytes":\#(bytes),"seconds":0}"#
  }

  var zips: [String] { directory.names.filter { $0.contains("zip") } }

  func unzip(_ arguments: String...) throws -> Executable.Outcome {
    try Executable(program: "/usr/bin/unzip").run(arguments)
  }

  func expectRefusal(_ outcome: Executable.Outcome, _ status: Int32, _ texts: String...) {
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == 1)
    for text in texts { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
    #expect(outcome.lines.last?.hasPrefix(#"{"kind":"summary","stage":"feed-zip","complete":false,"#) == true)
    #expect(zips == [], "no zip is left")
  }

  // Packing

  @Test func `XML records are removed, other lines are copied, and the zip's record follows`() throws {
    let others = [
      #"{"EMPLID":"1", "x" : [1]}"#, #"{"kind":"weather", "sky" :"blue"}"#, "not JSON",
      #"{"kind":"file","path":"/x/y","format":"csv"}"#,
      #"{"kind":"file","path":"/x/y.zip","format":"zip","users":1,"bytes":1,"sha256":"00","entries":1}"#,
    ]
    let lines =
      try [Self.feed, file(1, "\(stem)_001.xml")] + others + [file(2, "\(stem)_002.xml"), summary(of: 3, files: 2)]
    let outcome = try run(lines)
    #expect(outcome.status == 0 && outcome.errors == "")
    let size = try directory.read(zip).count
    #expect(
      try outcome.lines == [Self.feed] + others + [
        summary(of: 3, files: 2), record(of: zip, users: 3, entries: 2),
        summary(true, users: 3, files: 2, bytes: size),
      ])
    #expect(try unzip("-tq", directory.path(zip)).status == 0)
    #expect(try unzip("-Z1", directory.path(zip)).lines == ["\(stem)_001.xml", "\(stem)_002.xml"])
    #expect(try unzip("-p", directory.path(zip), "\(stem)_002.xml").text == document(2))
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path(zip))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `a number at the end of a name is kept if there is one document`() throws {
    let outcome = try run([Self.feed, file(2, "dept_101.xml"), summary(of: 2)])
    #expect(outcome.status == 0 && zips == ["dept_101.xml.zip"])
    #expect(try outcome.lines.contains(record(of: "dept_101.xml.zip", users: 2)))
    #expect(try run([Self.feed, file(1, "b_001.xml"), file(1, "b_002.xml"), summary(of: 2, files: 2)]).status == 0)
    #expect(zips == ["b.xml.zip", "dept_101.xml.zip"])
  }

  @Test(arguments: [["--schema"], ["--max-change", "10", "--ledger"]])
  func `a schema or a ledger that cannot be read ends with a summary, and the account of the run is copied`(
    flags: [String]
  ) throws {
    let lines = try stream(2)
    let outcome = try run(flags + ["/dev/null/x"], lines)
    #expect(outcome.status != 0 && outcome.errors.contains("/dev/null/x"))
    expectRefusal(outcome, outcome.status)
    #expect(outcome.lines.dropLast() == [lines[0], lines[2]], "the feed line, and the summary of the stage before")
  }

  @Test func `the same input gives the same bytes, whatever the day, the time zone and the place`() throws {
    let lines = try stream(500)
    var seen: Set<Data> = []
    for (zone, locale) in [
      ("UTC", "C"), ("America/New_York", "C.UTF-8"), ("Pacific/Kiritimati", "POSIX"), ("XXX+12", "C"),
    ] {
      let now = Double(seen.count + zone.count) * 86_400
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: now), .posixPermissions: 0o640],
        ofItemAtPath: directory.path("\(stem).xml"))
      let environment = ["TZ": zone, "LC_ALL": locale, "SOURCE_DATE_EPOCH": zone.count.isMultiple(of: 2) ? "" : "1"]
      #expect(try run(lines, environment: environment).status == 0)
      seen.insert(try directory.read(zip))
    }
    #expect(seen.count == 1)
  }

  @Test func `compression begins when the first file arrives`() throws {
    let running = try stage.start(["-v"], in: directory.url)
    let first = try stream(1000)[1]
    try running.input.fileHandleForWriting.write(contentsOf: Data((Self.feed + "\n" + first + "\n").utf8))
    // The input is still open, and says nothing more, when the file has been packed.
    let note = String(decoding: running.errors.pipe.fileHandleForReading.availableData, as: UTF8.self)
    #expect(note.contains("1000 users") && note.contains("packed into"))
    #expect(zips.count == 1 && zips[0].hasPrefix(".\(zip).part-"))
    let output = running.output.collect()
    running.write(Data((summary(of: 1000) + "\n").utf8))
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 0 && zips == [zip])
    #expect(
      String(decoding: output.wait(), as: UTF8.self).contains(#""complete":true,"users":1000,"files":1,"zips":1,"#))
  }

  @Test func `a feed without people has no zip`() throws {
    let outcome = try run([Self.feed, summary(of: 0, files: 0)])
    #expect(outcome.status == 0 && outcome.errors == "" && zips == [])
    #expect(
      outcome.lines == [Self.feed, summary(of: 0, files: 0), summary(true, users: 0, files: 0, zips: 0, bytes: 0)])
  }

  @Test func `an incomplete stream is packed, and says so`() throws {
    for lines in try [[Self.feed, file(2), summary(of: 2, complete: false)], [Self.feed, file(2)]] {
      let outcome = try run(lines)
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(try outcome.lines.suffix(2).first == record(of: zip, users: 2))
      #expect(try outcome.lines.last == summary(false, users: 2, bytes: directory.read(zip).count))
    }
  }

  @Test func `the zip may be in another directory, if that exists`() throws {
    try FileManager.default.createDirectory(atPath: directory.path("out"), withIntermediateDirectories: false)
    let lines = try stream(1)
    for arguments in [["--output-dir", "out"], ["--output-dir", directory.path("out")]] {
      #expect(try run(arguments, lines).text.contains(#""path":"\#(directory.path("out/\(zip)"))","#))
    }
    #expect(try run(lines, environment: ["FEED_ZIP_OUTPUT_DIR": "out"]).text.contains("/out/\(zip)"))
    expectRefusal(try run(["--output-dir", "none"], lines), 73, directory.path("none"), "No such file or directory")
    expectRefusal(try run(["--output-dir", "none"], [Self.feed, summary(of: 0)]), 73, directory.path("none"))
  }

  @Test func `the stream may be in files`() throws {
    let path = try directory.write("stream.ndjson", stream(1).map { $0 + "\n" }.joined())
    #expect(try stage.run([path]).status == 0)
    #expect(zips == [zip])
    #expect(try stage.run([directory.path("none.ndjson")]).status == 66)
  }

  @Test func `a full disk leaves nothing under the final name`() throws {
    // Text that does not compress well.
    var state: UInt64 = 1
    let noise = (0..<400_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return String(UnicodeScalar(UInt8(ascii: "a") + UInt8(state >> 60)))
    }.joined()
    let lines = try [file(1, text: "<users><user>\(noise)</user></users>"), summary(of: 1)]
    let place = directory.path("small")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    // A small file system that is there for this process alone.
    let script = "mount -t tmpfs -o size=64k tmpfs \"$1\" && { \"$0\" --output-dir \"$1\"; echo $?; ls -A \"$1\"; }"
    let outcome = try Executable(program: "/usr/bin/unshare").run(
      ["-rm", "sh", "-c", script, stage.path, place], input: Data(lines.map { $0 + "\n" }.joined().utf8))
    #expect(outcome.lines.last == "74", "\(outcome.text)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("\(place)/\(zip): No space left on device"))
  }

  @Test func `a full standard output is reported`() throws {
    let script = "\"$0\" > /dev/full"
    let input = Data(try stream(1).map { $0 + "\n" }.joined().utf8)
    let outcome = try Executable(program: "/bin/sh").run(["-c", script, stage.path], input: input)
    #expect(outcome.status == 74 && outcome.errorLines.count == 1 && outcome.errors.contains("standard output"))
  }

  @Test func `it ends when the reader of its output ends`() throws {
    let input = Data(try stream(1).map { $0 + "\n" }.joined().utf8)
    let script = "(\"$0\"; echo $? >&2) | true"
    #expect(try Executable(program: "/bin/sh").run(["-c", script, stage.path], input: input).errors == "141\n")
  }

  @Test func `a run that was killed leaves no zip, and the next run makes it`() throws {
    let lines = try stream(1000)
    let running = try stage.start(["-v"], in: directory.url)
    try running.input.fileHandleForWriting.write(contentsOf: Data((lines[1] + "\n").utf8))
    _ = running.errors.pipe.fileHandleForReading.availableData
    kill(running.process.processIdentifier, SIGKILL)
    running.process.waitUntilExit()
    #expect(zips.count == 1 && zips[0].hasPrefix("."))
    #expect(try run(lines).status == 0)
    #expect(zips == [zip])
  }
}
