import JSONText

/// Codes, compared exactly.
struct CodeList: Sendable {
  /// The codes of up to seven bytes, each as one word with its length in the last byte: the fewer, the sooner they are looked through.
  private let short: [UInt64]
  private let all: Set<[UInt8]>
  private static let mostLookedThrough = 16

  init(_ codes: [String]) {
    all = Set(codes.map { Array($0.utf8) })
    short = all.filter { $0.count < 8 }.map { code in
      code.span.word(at: 0, upTo: code.count) | UInt64(code.count) << 56
    }
  }

  func contains(_ code: ArraySlice<UInt8>) -> Bool { all.contains(Array(code)) }

  /// The text of a person's field is one of the codes.
  func contains(_ field: Field, of person: borrowing Person) -> Bool {
    guard let code = person.shortCode(field), short.count <= Self.mostLookedThrough else {
      return person[field].isText && contains(person.bytes(field))
    }
    let short = short.span
    for index in short.indices where short[index] == code { return true }
    return false
  }
}
