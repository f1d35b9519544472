import Foundation
import TestSupport
import Testing

/// Runs what the README and the manual tell people to type.
///
/// In the README those are the fences marked `sh run`; in the manual, the examples that name files of `examples/`.
@Suite struct ExampleCommandTests {
  let checkout: TemporaryDirectory

  /// A copy of what is in a checkout after `make`, as far as examples are concerned.
  init() throws {
    checkout = try TemporaryDirectory()
    for name in ["examples", "bin"] {
      try FileManager.default.copyItem(
        at: Executable.root.appendingPathComponent(name), to: checkout.url.appendingPathComponent(name))
    }
  }

  func run(_ commands: String) throws {
    let outcome = try Executable(program: "/bin/bash").run(["-euc", commands], in: checkout.url)
    #expect(outcome.status == 0 && outcome.errors == "", "\(commands)\n\(outcome.errors)")
    #expect(!outcome.text.isEmpty)
    #expect(!outcome.text.contains(#""complete":false"#) || commands.contains("head "), "\(outcome.text)")
  }

  static let readme: [String] = fences(
    in: (try? String(contentsOf: Executable.root.appendingPathComponent("README.md"), encoding: .utf8)) ?? "")

  static func fences(in text: String) -> [String] {
    text.components(separatedBy: "\n```sh run\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
  }

  static let manual: [String] = ManualPage.names.flatMap { name in
    ((try? ManualPage(name).examples) ?? []).filter { $0.contains("examples/") && !$0.contains("/usr/") }
  }

  @Test func `the README has commands to be run`() { #expect(!Self.readme.isEmpty) }

  @Test(arguments: readme)
  func `the commands of the README work`(commands: String) throws { try run(commands) }

  @Test(arguments: manual)
  func `the examples of the manual work`(commands: String) throws { try run(commands) }

  @Test func `the example night does not read the settings of an installation`() throws {
    let script = """
      mkdir etc && cp /etc/passwd /etc/group etc && mkdir etc/alma-people && echo NONSENSE >etc/alma-people/settings
      exec unshare -rm sh -c 'mount --bind etc /etc && exec examples/a-night night'
      """
    let outcome = try Executable.shell(script, in: checkout.url)
    #expect(outcome.status == 0 && outcome.text.contains("exit status 0"), "\(outcome.errors)")
    #expect(outcome.text.contains("== All of it is in"), "\(outcome.text)")
  }

  @Test func `the README is short`() throws {
    let text = try String(contentsOf: Executable.root.appendingPathComponent("README.md"), encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 120)
  }
}
