import JSONText
package import RecordStream
import StageErrors

/// A file of people, one a line.
package struct SavedPeople: Sendable {
  private let path: String

  /// Does not open the file.
  /// - Parameter path: `-` for standard input.
  package init(path: String) { self.path = path }

  /// Copies the lines. patron-validate checks whether they are people.
  /// - Parameter count: called with the number of lines so far.
  /// - Throws: `PeopleSoftError` for a line that is too long, has a member `kind`, or is the last and ends in the
  ///   middle of a value; `StreamError` for a file that cannot be read.
  package func write(to output: inout LineWriter, count: (Int) -> Void) throws {
    var people = 0
    var scanner = ObjectScanner(members: ["kind"], grammar: .anyBytes)
    var input = LineReader([path], longestLine: ResponseSplitter.maxValueLength)
    // A line that ends in the middle of a value, until it is known whether it is the last.
    var cut: (line: [UInt8], error: PeopleSoftError)?
    while try input.advance(beforeWaiting: { () throws(StreamError) in try output.flush() }) {
      if let line = cut?.line {
        try output.write(line: line.span)
        people += 1
        cut = nil
      }
      let place = input.place
      if place.isCut {
        let limit = ResponseSplitter.maxValueLength >> 20
        throw PeopleSoftError("\(place): longer than \(limit) MiB, so it is not a person")
      }
      try input.withLine { line in
        let start = place.number == 1 ? line.byteOrderMarkLength : 0
        switch Self.fault(of: line, from: start, &scanner)?.problem {
        case .endsEarly:
          let fault = EnvelopeFault.endsEarly(offset: line.count)
          return cut = ((start..<line.count).map { line[$0] }, PeopleSoftError("\(place): \(fault)", .badData))
        case nil where scanner.values[0].shape != .absent:
          throw PeopleSoftError("\(place): a member \"kind\", which only records of the stream have")
        default: break
        }
        try output.write(line: line.extracting(start..<line.count))
        people += 1
      }
      count(people)
    }
    if let error = cut?.error { throw error }
  }

  /// What is wrong with a line that should be an object, or nil.
  private static func fault(of line: Span<UInt8>, from start: Int, _ scanner: inout ObjectScanner) -> JSONFault? {
    do throws(JSONFault) {
      _ = try scanner.scan(line, from: line.skippingJSONSpace(from: start))
      return nil
    } catch {
      return error
    }
  }
}
