import JSONText

/// What a member beside the people means: that more pages follow, or that something failed.
///
/// Names are compared by their letters and digits, ignoring case: `has_more` is `hasMore`. ps-fetch(1) lists them too.
enum PageSign: Equatable {
  case morePages, failure

  /// More pages follow if one of these is true, or a number above 0.
  static let more = [
    "hasMore", "hasNext", "hasNextPage", "hasMorePages", "hasMoreRecords", "hasMoreResults", "hasMoreItems", "more",
    "moreAvailable", "morePages", "moreRecords", "moreResults", "moreItems", "moreData", "truncated", "isTruncated",
    "incomplete", "incompleteResults", "partial", "isPartial",
  ]
  /// More pages follow if one of these is false.
  static let all = [
    "done", "isDone", "complete", "isComplete", "completed", "finished", "last", "isLast", "lastPage", "isLastPage",
    "endOfStream", "endOfRecords", "endOfResults", "endOfList",
  ]
  /// More pages follow if one of these has a value that is not false, a word such as `none`, or a number below 1.
  static let next = [
    "next", "nextLink", "@odata.nextLink", "nextRecords", "nextRecordsUrl", "nextResults", "nextResultsUrl", "nextUrl",
    "nextUri", "nextHref", "nextPage", "nextPageUrl", "nextPageUri", "nextPageLink", "nextPageToken", "nextToken",
    "nextCursor", "nextMarker", "nextKey", "nextOffset", "nextStart", "nextStartIndex", "nextBatch",
    "nextContinuationToken", "continuationToken", "continuation", "continue", "resumptionToken", "lastEvaluatedKey",
  ]
  /// More pages follow if one of these is above 1.
  static let pages = ["totalPages", "pageCount", "pagesTotal"]
  /// Objects that are searched for the members above and below, or lists of links, of which one can have
  /// `"rel":"next"`.
  static let containers = [
    "links", "_links", "link", "paging", "pagination", "page", "pages", "pageInfo", "meta", "metadata",
    "responseMetadata", "navigation", "cursor", "cursors",
  ]
  /// Something failed if one of these has a value that is not 0, false, or a word such as `none` or `ok`.
  static let errors = [
    "error", "errors", "fault", "faults", "exception", "exceptions", "failure", "failures", "errorCode", "errorMessage",
    "errorMsg", "errorText", "errorDescription", "errorDetail", "errorDetails", "errorList", "faultCode", "faultString",
    "faultMessage", "faultDescription",
  ]
  /// Something failed if one of these is false.
  static let success = ["success", "isSuccess", "successful", "isSuccessful", "succeeded", "ok"]
  /// Something failed if one of these is a word like `error`, or an error code of HTTP or WSO2.
  static let status = [
    "status", "statusCode", "httpStatus", "httpStatusCode", "responseCode", "responseStatus", "returnCode",
    "resultCode", "code",
  ]

  private enum Group { case more, all, next, pages, containers, errors, success, status }

  private static let groups = [String: Group](
    [
      (more, Group.more), (all, .all), (next, .next), (pages, .pages), (containers, .containers), (errors, .errors),
      (success, .success), (status, .status),
    ].flatMap { names, group in names.map { (plain($0), group) } }, uniquingKeysWith: { first, _ in first })

  /// Whether the value of a member with this name can be a sign.
  static func canBe(_ name: String) -> Bool { groups[plain(name)] != nil }

  /// Finds a sign in a member.
  /// - Returns: the sign with the member's name, or its path such as `links.next`; nil if there is none.
  static func find(_ name: String, _ value: JSONValue) -> (sign: PageSign, member: String)? {
    switch groups[plain(name)] {
    case .more: value.isTrue ? (.morePages, name) : nil
    // A number can be that of the last page.
    case .all where value.integer != nil && plain(name).contains("last"): nil
    case .all: value.isFalse ? (.morePages, name) : nil
    case .next: value.isLink ? (.morePages, name) : nil
    case .pages: value.wholeNumber ?? 0 > 1 ? (.morePages, name) : nil
    case .containers: find(inside: name, value)
    case .errors: value.isEmpty ? nil : (.failure, name)
    case .success: value.isFalse ? (.failure, name) : nil
    case .status: value.isErrorStatus ? (.failure, name) : nil
    case nil: nil
    }
  }

  private static func find(inside name: String, _ value: JSONValue) -> (sign: PageSign, member: String)? {
    switch value {
    case .object(let members):
      for member in members {
        if let found = find(member.name, member.value) { return (found.sign, "\(name).\(found.member)") }
      }
    case .array(let links):
      let isNext = links.contains { $0["rel"]?.string.map(plain) == "next" && $0.isLink }
      if isNext { return (.morePages, "\(name).next") }
    default: break
    }
    return nil
  }

  private static func plain(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil })
    )
    .lowercased()
  }

  /// The header of a response that names a next page; nil if there is none.
  /// - Parameter values: gives the values of all headers of a name.
  static func header(_ values: (String) -> [String]) -> String? {
    let isLinked = values("Link").contains { line in
      line.lowercased().split(separator: ";").dropFirst().contains { parameter in
        // The next link of the line follows after a comma.
        let words = parameter.prefix { $0 != "," }.split { $0.isWhitespace || $0 == "=" || $0 == "\"" }
        return words.first == "rel" && words.dropFirst().contains("next")
      }
    }
    if isLinked { return "Link" }
    return values("X-Next-Page").contains { JSONValue.string($0).isLink } ? "X-Next-Page" : nil
  }
}

extension JSONValue {
  private var word: String? {
    string.map { text in text.filter { !$0.isWhitespace }.lowercased() }
  }

  fileprivate var wholeNumber: Int? { integer ?? string.flatMap { Int($0.filter { !$0.isWhitespace }) } }

  fileprivate var isTrue: Bool {
    boolean == true || wholeNumber ?? 0 > 0 || ["true", "yes", "y", "t"].contains(word)
  }

  fileprivate var isFalse: Bool {
    boolean == false || wholeNumber == 0 || ["false", "no", "n", "f"].contains(word)
  }

  /// Whether the value is null, blank, false, 0 or a word such as `none`, or contains only such values.
  fileprivate var isEmpty: Bool {
    switch self {
    case .null: true
    case .boolean(let value): !value
    case .number: wholeNumber == 0
    case .string: wholeNumber == 0 || ["", "null", "none", "nil", "false", "no", "ok", "success", "n/a"].contains(word)
    case .array(let elements): elements.allSatisfy(\.isEmpty)
    case .object(let members): isNull || members.allSatisfy(\.value.isEmpty)
    }
  }

  /// Whether the value is null as WSO2 writes it: `{"@nil":"true"}`.
  var isNull: Bool {
    guard case .object(let members) = self, members.count == 1, members[0].name == "@nil" else { return false }
    return members[0].value.boolean == true || ["true", "1"].contains(members[0].value.string)
  }

  /// Whether the value is a link: a URL, a token, the number of a page, or an object with one of them.
  fileprivate var isLink: Bool {
    if isEmpty { return false }
    if let number = wholeNumber { return number > 0 }
    let target = ["href", "url", "uri", "$ref", "link"].compactMap { self[$0] }.first
    return target?.isEmpty != true
  }

  /// Whether the value is a word for a failure, a status of HTTP from 400 on, or a number of WSO2, which has six
  /// digits.
  fileprivate var isErrorStatus: Bool {
    if let number = wholeNumber { return (400..<600).contains(number) || (100_000..<1_000_000).contains(number) }
    return ["error", "errors", "fail", "failed", "failure", "fault", "exception"].contains(word)
  }
}
