import Files
import Foundation
import StageErrors
import TestSupport
import Testing

@Suite struct PendingFileTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path("name") }

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ text: String, to file: borrowing PendingFile) throws { try file.write(Array(text.utf8).span) }

  @Test func `a file has its name only after a commit, and replaces what had it`() throws {
    _ = try directory.write("name", "old")
    let file = try PendingFile(path)
    try write("new", to: file)
    #expect(try directory.read("name") == Data("old".utf8))
    try file.commit()
    #expect(try directory.read("name") == Data("new".utf8))
    #expect(directory.names == ["name"])
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `a file that is not committed is removed`() throws {
    do {
      let file = try PendingFile(path)
      try write("half", to: file)
      #expect(directory.names.count == 1)
    }
    #expect(directory.names == [])
  }

  @Test func `files of processes that have ended are removed, and others are left alone`() throws {
    for name in [".name.part-4194305", ".name.part-1", ".other.part-4194305", ".name.part-x"] {
      _ = try directory.write(name, "x")
    }
    try PendingFile(path).commit()
    #expect(directory.names.sorted() == [".name.part-1", ".name.part-x", ".other.part-4194305", "name"])
  }

  @Test func `a device is written to and never replaced`() throws {
    let file = try PendingFile("/dev/null")
    try write("x", to: file)
    try file.commit()
    var status = stat()
    #expect(unsafe stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func `a directory that is missing, and a name that is a directory, are told with their status`() throws {
    #expect { try PendingFile(directory.path("none/name")).commit() } throws: { error in
      (error as? FileError)?.exitStatus == .cannotCreate && "\(error)".contains("none/name")
    }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect { try PendingFile(path).commit() } throws: { ($0 as? FileError)?.exitStatus == .cannotCreate }
  }
}

@Suite struct DirectoryTests {
  @Test(arguments: [
    ("/a/b", "/a/b"), ("b", "HERE/b"), ("./b", "HERE/b"), (".", "HERE"), ("../b", "HERE/../b"),
  ])
  func `an absolute path`(path: String, absolute: String) throws {
    let here = FileManager.default.currentDirectoryPath
    #expect(try Directory.absolute(path) == absolute.replacingOccurrences(of: "HERE", with: here))
  }

  @Test func `a directory that cannot be listed is an error`() throws {
    #expect { try Directory.names(in: "/nonexistent") } throws: { ($0 as? FileError)?.exitStatus == .cannotCreate }
  }
}

@Suite struct FileContentsTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `a list has an entry a line, without comments and blank lines`() throws {
    let path = try directory.write("list", "\u{FEFF}a\r\n# comment\n\n  b c \u{2003}\n#\nd")
    #expect(try FileContents.readList(path) == ["a", "b c", "d"])
  }

  @Test func `a file above the limit, a missing one and one that is no text are refused`() throws {
    let path = try directory.write("file", "12345")
    #expect(try FileContents.read(path, limit: 5).count == 5)
    #expect { try FileContents.read(path, limit: 4) } throws: { ($0 as? FileError)?.exitStatus == .inputOutput }
    #expect { try FileContents.read("/nonexistent") } throws: { ($0 as? FileError)?.exitStatus == .missingInput }
    try Data([0xFF]).write(to: directory.url.appendingPathComponent("bytes"))
    #expect(throws: SettingError.self) { try FileContents.readList(directory.path("bytes")) }
  }
}
