import RecordStream

extension FuzzTarget {
  /// Records of other stages, and the ledger: what is read is written the same again, and no line of the ledger is read
  /// twice.
  static let records = FuzzTarget("records") { input in
    var reader = RecordReader()
    let lines = input.split(separator: UInt8(ascii: "\n")).prefix(16).map { Array($0) }
    for line in lines {
      guard let record = reader.record(in: line.span, at: .somewhere) else { continue }
      switch record.kind {
      case .feed:
        guard let feed = try? FeedRecord(record) else { continue }
        try again(feed.encoded(), &reader) { try FeedRecord($0) == feed }
      case .file:
        guard let file = try? FileRecord(record) else { continue }
        try again(file.encoded(), &reader) { try FileRecord($0) == file }
      case .delivery:
        guard let delivery = try? DeliveryRecord(record) else { continue }
        try again(delivery.encoded(), &reader) { try DeliveryRecord($0) == delivery }
      case .reject:
        guard let reject = try? RejectRecord(record) else { continue }
        try again(reject.encoded(text: "x"), &reader) { try RejectRecord($0) == reject }
      case .summary:
        let summary = SummaryRecord(record)
        try again(summary.encoded(), &reader) { SummaryRecord($0) == summary }
      default: continue
      }
    }
    let file = try MemoryFile()
    try file.write(input)
    if let ledger = try? Ledger(path: file.path) {
      try require(ledger.entries.count <= input.split(separator: UInt8(ascii: "\n")).count, "a record has a line")
    }
  }

  private static func again(
    _ line: [UInt8], _ reader: inout RecordReader, _ isSame: (Record) throws -> Bool
  ) throws {
    try require(!line.contains(UInt8(ascii: "\n")), "a record is one line")
    guard let record = reader.record(in: line.span, at: .somewhere) else {
      throw Violation("a record is not read as one")
    }
    try require(try isSame(record), "a record is read as it was written")
  }
}
