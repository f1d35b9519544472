public import JSONText

/// Why a response is not a list of people. Offsets are bytes from its start.
public enum EnvelopeFault: Error, Equatable {
  case empty
  /// It may be JSON, but has none of the forms in which people come.
  case notPeople(seen: String, offset: Int)
  case notJSON(JSONFault)
  case endsEarly(offset: Int)
  case trailing(offset: Int)
  case longElement(offset: Int)
  case kind(offset: Int)
  case repeated(member: String, offset: Int)
  /// A member beside the people says that they are not all.
  case morePages(member: String, offset: Int)
  /// A header of the response says so.
  case nextPage(header: String)
  /// A member beside the people tells of an error.
  case failure(member: String, offset: Int)

  /// The people are good, but not all.
  var isOfPages: Bool {
    switch self {
    case .morePages, .nextPage: true
    default: false
    }
  }

  /// A fault in a text that begins at an offset of the response.
  init(_ fault: JSONFault, offset: Int) {
    self =
      fault.problem == .endsEarly
      ? .endsEarly(offset: fault.offset + offset)
      : .notJSON(JSONFault(offset: fault.offset + offset, problem: fault.problem))
  }
}

extension EnvelopeFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "the response is empty, not a list of people"
    case .notPeople(let seen, let offset): "not a list of people: \(seen) at byte \(offset)"
    case .notJSON(let fault): "not JSON: \(fault)"
    case .endsEarly(let offset): "the response ends early, at byte \(offset), in the middle of its JSON; fetch it again"
    case .trailing(let offset): "something follows the end of the JSON, at byte \(offset)"
    case .longElement(let offset):
      "the value at byte \(offset) is longer than \(ResponseSplitter.maxValueLength >> 20) MiB, so no person"
    case .kind(let offset): "the element at byte \(offset) has a member \"kind\", which only records of the stream have"
    case .repeated(let member, let offset): "a second \"\(member)\" at byte \(offset)"
    case .morePages(let member, let offset):
      "the response is not whole: its member \(member.asName), at byte \(offset), says that more pages follow; \(Self.advice)"
    case .nextPage(let header):
      "the response is not whole: its header \(header) leads to a next page; \(Self.advice)"
    case .failure(let member, let offset):
      "not a list of people alone: an error beside them, in the member \(member.asName) at byte \(offset)"
    }
  }

  private static let advice =
    "ps-fetch reads one page only, so the API store has to send all people in one, perhaps by a query in --feed-path"
}

extension String {
  /// A name that the other side has given, for people. A long one is not cut, which could leave a part of a secret in it.
  var asName: String { count > 64 ? "(a name of \(count) characters)" : "\"\(self)\"" }
}

extension Span<UInt8> {
  /// The length of the byte order mark at the start, 3 or 0. RFC 8259 lets readers of JSON pass over it.
  var byteOrderMarkLength: Int { count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF ? 3 : 0 }
}

extension [UInt8] {
  var withoutByteOrderMark: [UInt8] { Array(dropFirst(span.byteOrderMarkLength)) }
}
