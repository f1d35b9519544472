/// The reject lines that ride along with the message, where that was asked for. Bounded in size: whole lines, as many as fit.
struct Attachment: Sendable {
  /// As much as gets through where messages may have 10 MB, once it is in base64.
  static let mostBytes = 5_000_000

  let name = "rejects.ndjson"
  private(set) var bytes: [UInt8] = []
  private(set) var lines = 0
  /// How many lines did not fit.
  private(set) var leftOut = 0

  mutating func add(_ line: Span<UInt8>) {
    guard leftOut == 0, bytes.count + line.count < Self.mostBytes else {
      leftOut += 1
      return
    }
    unsafe line.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(0x0A)
    lines += 1
  }
}
