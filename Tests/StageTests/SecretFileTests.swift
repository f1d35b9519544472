import ArgumentParser
import Command
import Foundation
import Stage
import StageErrors
import Testing

@Suite struct SecretFileTests {
  private func secret(_ bytes: [UInt8], mode: Int = 0o600) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("secret-\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    return try SecretFileOptions.parse([]).secret(in: file.path).value
  }

  @Test(arguments: [
    ("a b ", "a b "), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("\u{FEFF}a\n", "a"), ("pä", "pä"),
  ])
  func `a byte order mark and one line end are no part of a secret`(text: String, value: String) throws {
    #expect(try secret(Array(text.utf8)) == value)
  }

  @Test func `a file that others can read is refused, one for the group is not`() throws {
    #expect(try secret([0x61], mode: 0o640) == "a")
    for mode in [0o644, 0o604, 0o666] {
      #expect(throws: SettingError.self) { try secret([0x61], mode: mode) }
    }
  }

  @Test(arguments: [[], [0x0A], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE, 0x61, 0x00], [0xE4], [0x61, 0x00]] as [[UInt8]])
  func `a file without a secret, or with one that is no text, is refused`(bytes: [UInt8]) {
    #expect(throws: SettingError.self) { try secret(bytes) }
  }

  @Test(arguments: ["", ".", "..", "a/b", "../a", "a b", "a:b", "ä", "a\n"])
  func `the name of a credential has only letters, digits, dots, underscores and hyphens`(name: String) {
    #expect {
      try Secret.path(of: "credential:" + name)
    } throws: {
      "\($0)".contains("the name of a credential")
    }
  }

  @Test func `a path that is no credential stays as it is`() throws {
    for path in ["/etc/credential:a", "credential", "a b"] { #expect(try Secret.path(of: path) == path) }
  }
}
