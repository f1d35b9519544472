package import RecordStream
import Stage
import SystemPackage

/// Prints a line for each feed, for each load, and for each file in the drop directory that Alma has not taken.
package struct OverviewStage: StreamStage, ~Copyable {
  package static var readsSeveralFeeds: Bool { true }
  package let counts: [(RecordField, Int)] = []

  private let print: (String) throws -> Void
  private var section = Section(listLimit: 0)
  /// The zips of the section.
  private var zips: [FileRecord] = []

  /// - Parameter print: is called with each line, which has no line feed.
  package init(print: @escaping (String) throws -> Void) { self.print = print }

  package mutating func takeRecord(_ record: Record, _ output: inout LineWriter) throws {
    try section.take(record)
    switch record.kind {
    case .file:
      if let file = try FileRecord(record), file.format == .zip { zips.append(file) }
    case .drop:
      if let file = DropRecord(record), !file.isHandled {
        let size = file.bytes.map { ", \($0) bytes" } ?? ""
        try print(Diagnostics.escaped(file.name) + size + (file.modified.map { ", since \($0)" } ?? ""))
      }
    case .load:
      if let load = try LoadRecord(record) { try print(Diagnostics.escaped(LoadText.line(of: load))) }
    default: break
    }
  }

  package mutating func endSection(_ account: StreamAccount) {
    try? printSection(account)
  }

  package mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    guard !account.isEmpty, account.feed != nil || account.summaries.contains(where: { $0.stage == StageName.fetch })
    else {
      return
    }
    try printSection(account)
  }

  private mutating func printSection(_ account: StreamAccount) throws {
    section.end(account)
    try print(Self.line(of: section))
    if section.deliveries.isEmpty {
      for zip in zips {
        let name = FilePath(zip.path).lastComponent?.string ?? zip.path
        try print("would deliver \(Diagnostics.escaped(name)): \(zip.users) users, \(zip.bytes) bytes")
      }
    }
    section = Section(listLimit: 0)
    zips = []
  }

  /// `E  2026-11-21 to 2026-11-22  delivered: 8 accepted, 5 rejected, 0 excluded`
  private static func line(of section: Section) -> String {
    let window = Phrase.window(section.feed?.since, section.feed?.until)
    let deliveries = section.deliveries.kept + section.deliveries.failures
    let outcomes = Set(deliveries.map(\.outcome.rawValue)).sorted().joined(separator: ",")
    let counts = section.summaries.last { $0.stage == StageName.validate }
    let numbers = [RecordField.accepted, .rejected, .excluded].map { count in
      "\(counts?[count].map(String.init) ?? "?") \(count.rawValue)"
    }
    let cause = section.summaries.first { $0.failure != nil }?.failure.map { "; \($0.error)" } ?? ""
    return "\(section.status ?? "any")  \(window)  \(outcomes.isEmpty ? "not delivered" : outcomes): "
      + numbers.joined(separator: ", ") + Diagnostics.escaped(cause)
  }
}
