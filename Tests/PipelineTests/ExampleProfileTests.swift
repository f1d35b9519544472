import Foundation
import Patron
import TestSupport
import Testing

/// Runs the examples of `examples/profiles`: each directory has a profile, its people, the command line `users` and the
/// XML that it must give.
@Suite struct ExampleProfileTests {
  private static let directory = Executable.root.appendingPathComponent("examples/profiles")

  private static let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()) ?? []

  @Test func `there are examples`() { #expect(Self.names == ["banner", "college", "peoplesoft", "workday"]) }

  @Test(arguments: names)
  func `an example gives its XML`(name: String) throws {
    let directory = Self.directory.appendingPathComponent(name)
    let outcome = try Executable(program: directory.appendingPathComponent("users").path).run()
    #expect(outcome.status == 0 && outcome.errors == "")
    let expected = try String(contentsOf: directory.appendingPathComponent("users.xml"), encoding: .utf8)
    #expect(outcome.text == expected)
  }

  @Test func `what --print-profile prints is the built-in document`() throws {
    let outcome = try Executable("patron-to-xml").run(["--print-profile"])
    #expect(Array(outcome.text.utf8) == Profile.builtInDocument)
    let file = Self.directory.appendingPathComponent("banner/profile.json")
    let given = try Executable("patron-to-xml").run(["--print-profile", "--profile", file.path])
    #expect(given.text == (try String(contentsOf: file, encoding: .utf8)))
  }
}

/// Holds the JSON Schema of profiles to what patron-to-xml reads.
@Suite struct ProfileSchemaTests {
  /// Validates documents with Debian's python3-jsonschema.
  private func areValid(_ documents: [String]) throws -> [Bool] {
    let schema = try Executable("patron-to-xml").run(["--print-profile-schema"]).text
    let program = """
      import json, sys
      from jsonschema import Draft202012Validator
      schema, *documents = json.load(sys.stdin)
      Draft202012Validator.check_schema(json.loads(schema))
      validator = Draft202012Validator(json.loads(schema))
      for document in documents: print(validator.is_valid(json.loads(document)))
      """
    let outcome = try Executable(program: "/usr/bin/python3").run(
      ["-c", program], input: JSONEncoder().encode([schema] + documents))
    #expect(outcome.errors == "")
    return outcome.lines.map { $0 == "True" }
  }

  @Test func `all examples are valid`() throws {
    let directory = Executable.root.appendingPathComponent("examples/profiles")
    let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path).filter {
      $0.hasSuffix("profile.json")
    }
    #expect(files.count == 3)
    let documents = try files.map { try String(contentsOf: directory.appendingPathComponent($0), encoding: .utf8) }
    let builtIn = String(decoding: Profile.builtInDocument, as: UTF8.self)
    #expect(try areValid(documents + [builtIn]) == [true, true, true, true])
  }

  @Test func `what is no profile is not valid`() throws {
    let user = #""primary_id": "{ID}""#
    let documents = [
      #"{ "user": { \#(user) } }"#, #"{ "profile": 2, "user": { \#(user) } }"#, #"{ "profile": 1, "user": {} }"#,
      #"{ "profile": 1, "user": { \#(user), "lastname": "{L}" } }"#,
      #"{ "profile": 1, "user": { \#(user), "last_name": 5 } }"#,
      #"{ "profile": 1, "user": { \#(user), "status": { "use": "A", "latest": ["B"] } } }"#,
      #"{ "profile": 1, "user": { \#(user), "emails": { "email_address": "{E}" } } }"#,
      #"{ "profile": 1, "user": { \#(user) }, "rules": { "too_long": "warn" } }"#,
    ]
    #expect(try areValid(documents) == documents.map { _ in false })
  }
}
