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
      "the value at byte \(offset) is longer than \(ResponseSplitter.longestValue >> 20) MiB, so no person"
    case .kind(let offset): "the element at byte \(offset) has a member \"kind\", which only records of the stream have"
    case .repeated(let member, let offset): "a second \"\(member)\" at byte \(offset)"
    }
  }
}
