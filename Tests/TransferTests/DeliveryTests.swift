import Foundation
import RecordStream
import Stage
import StageErrors
import TestSupport
import Testing

@testable import Transfer

/// What others do to the drop directory between two operations of a delivery.
@Suite struct DeliveryTests {
  let files: TemporaryDirectory
  let zip: ReadyZip
  let drop = SharedDirectory()

  init() throws {
    files = try TemporaryDirectory()
    let path = try files.write("a.zip", "zip bytes")
    let digest = FeedStream.digest(try files.read("a.zip"))
    zip = try ReadyZip(FileRecord(path: path, format: .zip, users: 2, bytes: 9, sha256: digest))
  }

  func deliver(_ change: (inout DeliveryOptions) -> Void = { _ in }) throws -> DeliveryRecord.Outcome {
    var options = DeliveryOptions()
    change(&options)
    var delivery = Delivery(
      zip: zip, options: options, location: .directory("/drop"), diagnostics: Diagnostics(program: "test"),
      clock: try Clock(), progress: Progress(program: "test", mode: .never), mayBeThere: false)
    return try delivery.run(in: drop)
  }

  /// Alma takes the zip, if it is there.
  func take() { if let file = drop.files.removeValue(forKey: "a.zip") { drop.files["a.zip.handled"] = file } }

  @Test(arguments: ["zip bytes", "zip bytez"])
  func `a zip that waits may be taken before any operation`(waiting: String) throws {
    for count in 1... {
      drop.files = ["a.zip": Array(waiting.utf8)]
      drop.operations = 0
      drop.before = { if drop.operations == count { take() } }
      // What waits until the end is refused, and all else ends well.
      let outcome = Result { try deliver() }
      if drop.files["a.zip"] == Array(waiting.utf8), drop.operations < count { break }
      if waiting == "zip bytes" {
        #expect(try outcome.get() == .alreadyThere, "before operation \(count)")
        #expect(drop.files == ["a.zip.handled": Array("zip bytes".utf8)])
      } else {
        #expect(try outcome.get() == .delivered, "before operation \(count)")
        #expect(drop.files == ["a.zip": Array("zip bytes".utf8), "a.zip.handled": Array("zip bytez".utf8)])
      }
    }
  }

  @Test func `a zip may be taken before any operation that follows its delivery`() throws {
    for count in 1...20 {
      drop.files = [:]
      drop.operations = 0
      drop.before = { if drop.operations >= count { take() } }
      #expect(try deliver() == .delivered, "before operation \(count)")
      #expect(drop.files.count == 1)
    }
  }

  @Test(arguments: ["zip bytes", "other bytes"])
  func `a file of the name may come before any operation, and is taken again before any other`(coming: String) throws {
    for count in 1...10 {
      for gap in 1...4 {
        drop.files = [:]
        drop.operations = 0
        drop.before = {
          if drop.operations == count, drop.files["a.zip"] == nil { drop.files["a.zip"] = Array(coming.utf8) }
          if drop.operations == count + gap, drop.files["a.zip"] == Array(coming.utf8) { take() }
        }
        let outcome = Result { try deliver() }
        #expect(drop.files.keys.allSatisfy { !$0.contains(".part-") }, "\(count), \(gap)")
        let place = "before operation \(count), taken \(gap) later: \(outcome)"
        switch outcome {
        case .success: #expect(drop.files.values.contains(Array("zip bytes".utf8)), "\(place)")
        case .failure(let error):
          // It waited when it was looked at, and looked at twice.
          #expect(error as? TransferError == .nameTaken("file:///drop/a.zip") && coming != "zip bytes", "\(place)")
        }
      }
    }
  }

  @Test func `files that appear and disappear without end are a temporary failure`() throws {
    drop.before = {
      drop.files["a.zip"] = drop.files["a.zip"] == nil ? Array("zip bytes".utf8) : nil
    }
    var status: StageErrors.ExitStatus?
    do { _ = try deliver() } catch { status = (error as? any StageError)?.exitStatus }
    #expect(status == nil || status == .temporary || status == .cannotCreate)
  }

  @Test func `a connection that is lost after the last rename is no failure`() throws {
    drop.after = { if drop.files["a.zip"] != nil { drop.isLost = true } }
    #expect(try deliver() == .delivered)
  }

  @Test func `a connection that is lost before the rename is reported`() throws {
    for count in 1...8 {
      drop.files = [:]
      (drop.operations, drop.isLost) = (0, false)
      drop.before = { if drop.operations == count { drop.isLost = true } }
      #expect(throws: TransferError.other("lost", .temporary), "\(count)") { _ = try deliver() }
    }
  }

  @Test func `a zip that grows while it is sent is an error`() throws {
    var rounds = 0
    #expect(throws: TransferError.self) {
      try zip.read { _ in
        rounds += 1
        let file = try FileHandle(forWritingTo: files.url.appendingPathComponent("a.zip"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("zip bytes".utf8))
        if rounds > 100 { throw CocoaError(.fileReadTooLarge) }
      }
    }
    #expect(rounds == 1)
  }

  @Test func `in a directory that may not be listed, only this process's temporary file is removed`() throws {
    drop.files = [PartName(for: "a.zip").name: [1]]
    drop.isListable = false
    #expect(try deliver() == .delivered)
  }
}

/// A drop directory in memory, in which others can do something between two operations.
final class SharedDirectory: DropDirectory {
  var files: [String: [UInt8]] = [:]
  var operations = 0
  var before: () -> Void = {}
  var after: () -> Void = {}
  var isListable = true
  var isLost = false
  private var written = ""

  private func operate<Result>(_ work: () throws -> Result) throws -> Result {
    operations += 1
    before()
    // Any error that is temporary stands for it.
    if isLost { throw TransferError.other("lost", .temporary) }
    defer { after() }
    return try work()
  }

  func entry(_ name: String) throws -> DropEntry? {
    try operate { files[name].map { DropEntry(name: name, bytes: $0.count, modified: 1000, mode: 0o640) } }
  }

  func entries(where isWanted: (String) -> Bool) throws -> [DropEntry] {
    try operate {
      guard isListable else { throw TransferError.other("not listable", .accessDenied) }
      return files.keys.filter(isWanted).map { DropEntry(name: $0) }
    }
  }

  func create(_ name: String, mode: UInt16) throws {
    try operate {
      guard files[name] == nil else { throw TransferError.nameTaken(name) }
      files[name] = []
      written = name
    }
  }

  func append(_ bytes: Span<UInt8>) throws {
    var copy: [UInt8] = []
    for index in bytes.indices { copy.append(bytes[index]) }
    try operate { files[written]? += copy }
  }

  func finishFile() throws { try operate {} }

  func read(_ name: String, atMost maxBytes: Int, _ body: (Span<UInt8>) -> Void) throws -> ReadResult {
    try operate {
      guard let file = files[name] else { return .missing }
      let bytes = Array(file.prefix(maxBytes))
      body(bytes.span)
      return .done
    }
  }

  func rename(_ name: String, to newName: String) throws -> Bool {
    try operate {
      guard files[newName] == nil else { return false }
      files[newName] = files.removeValue(forKey: name)
      return true
    }
  }

  func replace(_ name: String, with temporary: String) throws {
    try operate { files[name] = files.removeValue(forKey: temporary) }
  }

  func remove(_ name: String) throws { _ = try operate { files.removeValue(forKey: name) } }
}
