/// Where a line stands.
public struct LinePlace: Sendable {
  /// The line's number in the whole input, from 1.
  public let number: Int
  /// Only the beginning of the line is lent, because it is longer than `LineReader.longestLine`.
  public let isCut: Bool
  /// The file, as it was named, or `standard input`.
  public let path: String
  let numberInFile: Int
}

extension LinePlace: CustomStringConvertible {
  /// For people: `people.ndjson line 3`.
  public var description: String { "\(path) line \(numberInFile)" }
}
