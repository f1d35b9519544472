import RecordStream

extension FuzzTarget {
  /// Records of other stages, and the ledger: what is read is written the same again, and no line of the ledger is read twice.
  static let records = FuzzTarget("records") { input in
    var reader = RecordReader()
    let lines = input.split(separator: UInt8(ascii: "\n")).prefix(16).map { Array($0) }
    for line in lines {
      guard case .record(let kind) = reader.role(of: line.span) else { continue }
      let place = LinePlace.somewhere
      switch kind {
      case .feed:
        guard let record = try? reader.feed(in: line.span, place: place) else { continue }
        try again(record.encoded(), &reader) { try $0.feed(in: $1, place: place) == record }
      case .file:
        guard let record = try? reader.file(in: line.span, place: place) else { continue }
        try again(record.encoded(), &reader) { try $0.file(in: $1, place: place) == record }
      case .delivery:
        guard let record = try? reader.delivery(in: line.span, place: place) else { continue }
        try again(record.encoded(), &reader) { try $0.delivery(in: $1, place: place) == record }
      case .reject:
        guard let record = try? reader.reject(in: line.span, place: place) else { continue }
        try again(record.encoded(text: "x"), &reader) { try $0.reject(in: $1, place: place) == record }
      case .summary:
        let record = reader.summary(in: line.span)
        try again(record.encoded(), &reader) { reader, line in reader.summary(in: line) == record }
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
    _ line: [UInt8], _ reader: inout RecordReader, _ isSame: (inout RecordReader, Span<UInt8>) throws -> Bool
  ) throws {
    try require(!line.contains(UInt8(ascii: "\n")), "a record is one line")
    guard case .record = reader.role(of: line.span) else { throw Violation("a record is not read as one") }
    try require(try isSame(&reader, line.span), "a record is read as it was written")
  }
}
