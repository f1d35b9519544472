import JSONText
public import RecordStream

/// A file of people, one a line.
public struct SavedPeople: Sendable {
  private let path: String

  /// - Parameter path: `-` for standard input.
  public init(path: String) { self.path = path }

  /// Writes the lines as they are; whether they are people, patron-validate judges.
  /// - Parameter count: told how many there have been.
  public func write(to output: inout LineWriter, count: (Int) -> Void) throws {
    var people = 0
    var scanner = ObjectScanner(members: ["kind"], grammar: .anyBytes)
    var input = LineReader([path], longestLine: ResponseSplitter.longestValue)
    while try input.advance(beforeWaiting: { () throws(StreamError) in try output.flush() }) {
      let place = input.place
      if place.isCut {
        throw PeopleSoftError.savedPerson(
          place: place.description, problem: "longer than \(ResponseSplitter.longestValue >> 20) MiB, so no person")
      }
      try input.withLine { line in
        if (try? scanner.scan(line, from: line.skippingJSONSpace(from: 0))) != nil, scanner.values[0].shape != .absent {
          throw PeopleSoftError.savedPerson(
            place: place.description, problem: "a member \"kind\", which only records of the stream have")
        }
        try output.write(line: line)
      }
      people += 1
      count(people)
    }
  }
}
