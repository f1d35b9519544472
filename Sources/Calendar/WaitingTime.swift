/// How long a feed may wait to be taken: `90m`, `24h`, `2d`, or `5400s`.
package struct WaitingTime: Equatable, Sendable, CustomStringConvertible {
  package let seconds: Int
  private let text: String

  /// Returns nil if the text is not one to nine digits and a unit.
  package init?(_ text: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last, let unit = units[last] else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits)
    else { return nil }
    seconds = number * unit
    self.text = text
  }

  /// As it was written.
  package var description: String { text }
}
