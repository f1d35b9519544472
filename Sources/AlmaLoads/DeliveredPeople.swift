import JSONText
import RecordStream
import ZipArchive

/// The people in documents for Alma, as far as events name them.
struct DeliveredPeople {
  /// Primary identifiers that are a word of one of the events.
  private var identifiers: Set<String> = []

  private static let tag = Array("<primary_id>".utf8)

  /// Reads documents, and zips with documents, and keeps the identifiers that are words of the events.
  init(in documents: [String], namedBy events: [JSONValue]) throws {
    guard !documents.isEmpty, !events.isEmpty else { return }
    let words = Set(events.flatMap(\.words))
    var found: Set<String> = []
    func take(_ line: Span<UInt8>) {
      if let identifier = Self.identifier(line), words.contains(identifier) { found.insert(identifier) }
    }
    for zip in documents where zip.hasSuffix(".zip") {
      try ZipReader.forEachLine(in: zip) { line in
        take(line)
        return true
      }
    }
    let documents = documents.filter { !$0.hasSuffix(".zip") }
    var input = LineReader(documents.isEmpty ? ["/dev/null"] : documents)
    while try input.advance() { input.withLine(take) }
    identifiers = found
  }

  /// The person that an event is about; nil if it names nobody who was delivered, or several people.
  func person(of event: JSONValue) -> String? {
    let named = Set(event.words).intersection(identifiers)
    return named.count == 1 ? named.first : nil
  }

  /// The text of the first primary identifier in a line. Documents have at most one user on a line.
  private static func identifier(_ line: Span<UInt8>) -> String? {
    guard let start = line.offset(of: tag) else { return nil }
    let text = line.extracting((start + tag.count)...)
    let end = text.offset(of: [tag[0]]) ?? text.count
    return String(decoding: (0..<end).map { text[$0] }, as: UTF8.self)
  }
}

extension JSONValue {
  /// The words of all strings and numbers in a value: letters and digits.
  fileprivate var words: [String] {
    switch self {
    case .string(let text), .number(let text):
      text.split { !($0.isLetter || $0.isNumber) }.map(String.init)
    case .array(let elements): elements.flatMap(\.words)
    case .object(let members): members.flatMap(\.value.words)
    default: []
    }
  }
}
