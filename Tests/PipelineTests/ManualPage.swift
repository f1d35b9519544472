import Foundation
import TestSupport

/// A page of the manual as it is written, in mdoc.
struct ManualPage {
  let lines: [String]

  /// - Parameter name: as `feed-zip.1`.
  init(_ name: String) throws {
    let url = Executable.root.appendingPathComponent("man/\(name)")
    lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// The names of all pages.
  static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: Executable.root.appendingPathComponent("man").path)) ?? [])
    .sorted()

  /// The lines of a section, or of a subsection, up to the next one.
  func section(_ heading: String) -> [String] {
    guard let start = lines.firstIndex(where: { $0 == ".Sh \(heading)" || $0 == ".Ss \(heading)" }) else { return [] }
    let isSubsection = lines[start].hasPrefix(".Ss")
    return Array(
      lines[(start + 1)...].prefix { !$0.hasPrefix(".Sh ") && !(isSubsection && $0.hasPrefix(".Ss ")) })
  }

  /// The long options that have an entry of their own.
  var options: Set<String> {
    Set(
      lines.filter { $0.hasPrefix(".It Fl ") }.flatMap { line in
        line.matches(of: /Fl -([a-z][a-z0-9-]*)/).map { String($0.1) }
      })
  }

  /// The environment variables, wherever they are named.
  var variables: Set<String> {
    Set(lines.filter { $0.contains("Ev ") }.flatMap(Self.variables(in:)))
  }

  static func variables(in text: String) -> [String] {
    text.matches(of: /\b[A-Za-z]+_[A-Za-z_]+\b/).map { String($0.0) }
  }

  /// The numbers listed under EXIT STATUS.
  var exitStatuses: [Int32] {
    section("EXIT STATUS").compactMap { line in
      line.firstMatch(of: /^\.It (?:[A-Z][a-z] )?([0-9]+)$/).flatMap { Int32($0.1) }
    }
  }

  /// The examples, without the escapes of mdoc.
  var examples: [String] {
    lines.split { $0.hasPrefix(".Bd -literal") }.dropFirst().map { block in
      block.prefix { $0 != ".Ed" }.joined(separator: "\n")
        .replacingOccurrences(of: "\\(dq", with: "\"").replacingOccurrences(of: "\\e", with: "\\")
    }
  }
}

extension [String] {
  /// Of the entries of a list, in their order, what stands behind this beginning.
  func entries(_ beginning: String) -> [String] {
    filter { $0.hasPrefix(beginning) }.map { line in
      String(line.dropFirst(beginning.count).prefix { $0 != " " })
    }
  }
}
