import Foundation
import JSONText

@testable import HTTPS
@testable import PeopleSoft

extension FuzzTarget {
  /// Responses of the API store: the same people whatever the pieces, each on a line, and those that Foundation finds.
  static let envelope = FuzzTarget("envelope") { input in
    guard let first = input.first else { return }
    let response = Array(input.dropFirst())
    let whole = Split(response, pieces: max(1, response.count), bufferSize: 256)
    let pieces = Split(response, pieces: 1 + Int(first) % 16, bufferSize: 1 + Int(first) / 16)
    // Before a fault, an element is handed on as soon as it is known to be whole.
    let isSame = whole.fault == nil ? whole.lines == pieces.lines : whole.lines.starts(with: pieces.lines)
    try require(isSame, "the same people come out of pieces")
    try require(
      whole.fault == pieces.fault, "the same fault is told: \(whole.fault ?? "none"), \(pieces.fault ?? "none")")
    try require(
      whole.lines.allSatisfy { !$0.contains { $0 == UInt8(ascii: "\n") } }, "an element is a line")
    guard whole.fault == nil,
      let value = try? JSONSerialization.jsonObject(with: Data(response), options: .fragmentsAllowed)
    else { return }
    if Split.isNull(value) { return }
    let people = try require(Split.people(in: value), "what has no fault has the form of people")
    try require(people.count == whole.lines.count, "nobody is lost: \(people.count) are \(whole.lines.count)")
    for (person, line) in zip(people, whole.lines) {
      let read = try JSONSerialization.jsonObject(with: Data(line), options: .fragmentsAllowed)
      try require(Split.isSame(read, person), "an element says the same on its line")
    }
  }

  /// Bodies packed with gzip: the same whatever the pieces.
  static let gzip = FuzzTarget("gzip") { input in
    guard let first = input.first else { return }
    let body = Array(input.dropFirst())
    let whole = Unpacked(body, pieces: max(1, body.count))
    let pieces = Unpacked(body, pieces: 1 + Int(first) % 16)
    if whole.isTooLong || pieces.isTooLong { return }
    try require(whole.isFaulty == pieces.isFaulty, "a body is faulty in pieces, too")
    // How much comes out before a fault is zlib's business.
    if !whole.isFaulty { try require(whole == pieces, "a body is the same in pieces") }
  }

  /// Answers that are no people: faults, tokens, and what is shown of them.
  static let gateway = FuzzTarget("gateway") { input in
    if let fault = GatewayFault(input.span) {
      try require(fault.code != nil || !fault.message.isEmpty, "a fault says something")
      _ = (fault.isTemporary, fault.description)
    }
    if let value = try? JSONValue(parsing: input.span) {
      _ = value["access_token"]?.string
      _ = value["expires_in"]?.integer
    }
    if let address = try? WebAddress(String(decoding: input, as: UTF8.self), from: "PS_BASE_URL") {
      try require(
        address.shown.hasPrefix("https://") || address.shown.hasPrefix("http://"), "people are sent over the web")
      _ = address.appending("/a?b").shown
    }
  }
}

/// What a response gives.
private struct Split {
  private(set) var lines: [[UInt8]] = []
  private(set) var fault: String?

  init(_ response: [UInt8], pieces: Int, bufferSize: Int) {
    // So short that its limits are met.
    var splitter = ResponseSplitter(bufferSize: bufferSize, maxValueLength: 4096)
    var offset = 0
    do {
      while offset < response.count {
        let end = min(offset + pieces, response.count)
        splitter.append(response.span.extracting(offset..<end))
        try splitter.split { line in
          lines.append(unsafe line.withUnsafeBufferPointer { unsafe Array($0) })
        }
        offset = end
      }
      try splitter.finish()
    } catch {
      fault = "\(error)"
    }
  }

  /// The people of a response that Foundation has read.
  static func people(in value: Any) -> [Any]? {
    if let list = value as? [Any] { return list }
    guard let records = (value as? [String: Any])?["records"] else { return nil }
    if let inner = records as? [String: Any], let record = inner["record"] { return list(record: record) }
    return list(record: records)
  }

  private static func list(record value: Any) -> [Any]? {
    switch value {
    case let list as [Any]: list
    case let one as [String: Any]: one.isEmpty ? [] : [one]
    case is NSNull, is String: []
    default: nil
    }
  }

  /// Two values that Foundation has read are the same.
  static func isSame(_ one: Any, _ other: Any) -> Bool {
    switch (one, other) {
    case (let one as [String: Any], let other as [String: Any]):
      one.count == other.count && one.allSatisfy { key, value in other[key].map { isSame(value, $0) } ?? false }
    case (let one as [Any], let other as [Any]): one.count == other.count && zip(one, other).allSatisfy(isSame)
    case (let one as String, let other as String): one == other
    case (let one as NSNumber, let other as NSNumber): one == other
    case (is NSNull, is NSNull): true
    default: false
    }
  }

  /// The people, or the object around them, are null as WSO2 writes it.
  static func isNull(_ response: Any) -> Bool {
    let records = (response as? [String: Any])?["records"] as? [String: Any]
    return records.map { $0["@nil"] != nil || ($0["record"] as? [String: Any])?["@nil"] != nil } ?? false
  }
}

/// What a packed body gives.
private struct Unpacked: Equatable {
  private static let longest = 1 << 20
  private(set) var bytes: [UInt8] = []
  private(set) var isAtEnd = false
  private(set) var isFaulty = false
  private(set) var isTooLong = false

  private struct TooLong: Error {}

  init(_ body: [UInt8], pieces: Int) {
    var offset = 0
    do {
      var inflater = try Inflater()
      while offset < body.count {
        let end = min(offset + pieces, body.count)
        try inflater.inflate(body.span.extracting(offset..<end)) { piece in
          unsafe piece.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
          if bytes.count > Self.longest { throw TooLong() }
        }
        offset = end
      }
      isAtEnd = inflater.isAtEnd
    } catch is TooLong {
      isTooLong = true
    } catch {
      isFaulty = true
    }
  }
}
