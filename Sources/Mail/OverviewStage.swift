public import RecordStream
public import StageSupport
import SystemPackage

/// Tells streams in lines for people: a line a feed, and a line a file that waits in the drop directory. Copies nothing, sends nothing.
public struct OverviewStage: StreamStage, ~Copyable {
  public static var readsSeveralFeeds: Bool { true }
  public let counts: [(SummaryRecord.Count, Int)] = []

  private let print: (String) throws -> Void
  private var current = Section()
  /// Zips that are ready.
  private var zips: [FileRecord] = []

  /// - Parameter print: takes a line, without a line feed.
  public init(print: @escaping (String) throws -> Void) { self.print = print }

  public mutating func takeRecord(
    _ kind: RecordKind, _ records: borrowing RecordReader, _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter
  ) throws {
    switch kind {
    case .reject: if let reject = try records.reject(in: line, place: place) { current.take(reject, limit: 0) }
    case .delivery: if let delivery = try records.delivery(in: line, place: place) { current.take(delivery) }
    case .file:
      if let file = try records.file(in: line, place: place), file.format == .zip { zips.append(file) }
    case .drop:
      if let file = records.drop(in: line), !file.isHandled {
        let size = file.bytes.map { ", \($0) bytes" } ?? ""
        try print(Diagnostics.escaped(file.name) + size + (file.modified.map { ", since \($0)" } ?? ""))
      }
    default: break
    }
  }

  public mutating func endSection(_ account: StreamAccount) {
    try? tell(account)
  }

  public mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {
    guard !account.isEmpty, account.feed != nil || account.summaries.contains(where: { $0.stage == "ps-fetch" }) else {
      return
    }
    try tell(account)
  }

  private mutating func tell(_ account: StreamAccount) throws {
    current.end(account)
    try print(Self.line(of: current))
    if current.deliveries.isEmpty {
      for zip in zips {
        let name = FilePath(zip.path).lastComponent?.string ?? zip.path
        try print("would deliver \(Diagnostics.escaped(name)): \(zip.users) users, \(zip.bytes) bytes")
      }
    }
    current = Section()
    zips = []
  }

  /// `E  2026-11-21 to 2026-11-22  delivered: 8 accepted, 5 rejected, 0 excluded`
  private static func line(of section: Section) -> String {
    var window = "everybody"
    if let since = section.feed?.since, let until = section.feed?.until { window = "\(since) to \(until)" }
    let outcomes = Set(section.deliveries.all.map(\.outcome.rawValue)).sorted().joined(separator: ",")
    let counts = section.summaries.last { $0.stage == "patron-validate" }
    let numbers = [SummaryRecord.Count.accepted, .rejected, .excluded].map { count in
      "\(counts?[count].map(String.init) ?? "?") \(count.rawValue)"
    }
    let cause = section.summaries.first { $0.failure != nil }?.failure.map { "; \($0.error)" } ?? ""
    return "\(section.status ?? "any")  \(window)  \(outcomes.isEmpty ? "not delivered" : outcomes): "
      + numbers.joined(separator: ", ") + Diagnostics.escaped(cause)
  }
}

/// Copies streams without their reject records: what is kept of a run whose people's data are removed before they could be mailed.
public struct RejectRemoval: StreamStage {
  public static var readsSeveralFeeds: Bool { true }
  public let counts: [(SummaryRecord.Count, Int)] = []

  public init() {}

  public mutating func takeRecord(
    _ kind: RecordKind, _ records: borrowing RecordReader, _ line: Span<UInt8>, at place: LinePlace,
    _ output: inout LineWriter
  ) throws {
    if kind != .reject { try output.write(line: line) }
  }

  public mutating func finish(_ account: StreamAccount, _ output: inout LineWriter) throws {}
}
