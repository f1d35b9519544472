import HTTPS
package import JSONText

/// Why a response is not a list of people. Offsets are bytes from its start.
package enum EnvelopeFault: Error, Equatable {
  /// It has only white space.
  case empty
  /// It may be JSON, but does not have a form of a response.
  /// - Parameter seen: what is found at the offset instead.
  case notPeople(seen: String, offset: Int)
  /// It breaks the grammar of JSON.
  case notJSON(JSONFault)
  /// It ends in the middle of its JSON.
  case endsEarly(offset: Int)
  /// There is text after the end of its JSON.
  case trailing(offset: Int)
  /// A value is longer than `ResponseSplitter.maxValueLength`.
  case longElement(offset: Int)
  /// A person has a member `kind`, as the records of the stream do.
  case kind(offset: Int)
  /// A second `records` or `record`.
  case repeated(member: String, offset: Int)
  /// A member beside the people says that more pages follow.
  case morePages(member: String, offset: Int)
  /// A header says that a next page follows.
  case nextPage(header: String)
  /// A member beside the people reports a failure.
  case failure(member: String, offset: Int)

  /// Whether the people are valid, but not all.
  var isOfPages: Bool {
    switch self {
    case .morePages, .nextPage: true
    default: false
    }
  }

  /// Whether the response ends early.
  var isCut: Bool { if case .endsEarly = self { true } else { false } }
}

extension EnvelopeFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the response is empty, not a list of people"
    case .notPeople(let seen, let offset): "not a list of people: \(seen) at byte \(offset)"
    case .notJSON(let fault): "not JSON: \(fault)"
    case .endsEarly(let offset): "the response ends early, at byte \(offset), in the middle of its JSON; fetch it again"
    case .trailing(let offset): "something follows the end of the JSON, at byte \(offset)"
    case .longElement(let offset):
      "the value at byte \(offset) is longer than \(ResponseSplitter.maxValueLength >> 20) MiB, so it is not a person"
    case .kind(let offset): "the element at byte \(offset) has a member \"kind\", which only records of the stream have"
    case .repeated(let member, let offset): "a second \"\(member)\" at byte \(offset)"
    case .morePages(let member, let offset):
      "the response is not whole: its member \(member.quotedName), at byte \(offset), says that more pages follow; \(Self.advice)"
    case .nextPage(let header):
      "the response is not whole: its header \(header) names a next page; \(Self.advice)"
    case .failure(let member, let offset):
      "an error beside the list of people: the member \(member.quotedName) at byte \(offset)"
    }
  }

  private static let advice =
    "ps-fetch reads one page only; make the API store send all people in one, perhaps with a query in --feed-path"
}

extension Span<UInt8> {
  /// The length of the byte order mark at the start, 3 or 0. RFC 8259 allows readers of JSON to ignore it.
  var byteOrderMarkLength: Int { count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF ? 3 : 0 }
}

extension [UInt8] {
  var withoutByteOrderMark: [UInt8] { Array(dropFirst(span.byteOrderMarkLength)) }
}
