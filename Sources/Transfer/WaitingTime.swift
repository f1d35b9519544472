/// How long a feed may wait to be taken: `90m`, `24h`, `2d`, or seconds as `5400s`.
public struct WaitingTime: Equatable, Sendable {
  public let seconds: Int
  private let spelling: String

  public init?(_ text: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last, let unit = units[last] else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(digits)
    else { return nil }
    seconds = number * unit
    spelling = text
  }
}

extension WaitingTime: CustomStringConvertible {
  public var description: String { spelling }
}
