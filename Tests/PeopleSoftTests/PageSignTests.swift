import Foundation
import JSONText
import Testing

@testable import PeopleSoft

@Suite struct PageSignTests {
  private func find(_ name: String, _ value: String) throws -> String? {
    try PageSign.find(name, JSONValue(parsing: Array("\(value) ".utf8).span)).map { "\($0.sign) \($0.member)" }
  }

  /// What real paged APIs say where more follows.
  @Test(arguments: [
    ("done", "false"), ("DONE", #""False""#), ("hasMore", "true"), ("has_more", #""true""#), ("HasMore", "1"),
    ("has-more", #"" Y ""#), ("last", "false"), ("truncated", "true"), ("moreRecords", "17"), ("next", #""/p?page=2""#),
    ("nextRecordsUrl", #""/services/data/query/01g-2000""#), ("@odata.nextLink", #""https://x/y""#), ("next_page", "2"),
    ("nextPageToken", #""CAUQAA""#), ("NextToken", #""abc""#), ("totalPages", "2"), ("page_count", #""3""#),
    ("next", #"{"$ref":"https://x/y?page=1"}"#), ("LastEvaluatedKey", #"{"id":{"S":"7"}}"#),
  ])
  func `more pages are seen`(name: String, value: String) throws {
    #expect(try find(name, value) == "morePages \(name)")
  }

  @Test(arguments: [
    ("links", #"{"self":"/1","next":"/2"}"#, "links.next"), ("_links", #"{"next":{"href":"/2"}}"#, "_links.next"),
    ("links", #"[{"rel":"self","href":"/1"},{"rel":"next","href":"/2"}]"#, "links.next"),
    ("paging", #"{"next":{"after":"17","link":"/2"}}"#, "paging.next"),
    ("meta", #"{"pagination":{"total":9,"links":{"next":"/2"}}}"#, "meta.pagination.links.next"),
    ("page", #"{"size":20,"totalElements":99,"totalPages":5,"number":0}"#, "page.totalPages"),
    ("pageInfo", #"{"hasNextPage":true,"endCursor":"x"}"#, "pageInfo.hasNextPage"),
    ("response_metadata", #"{"next_cursor":"x"}"#, "response_metadata.next_cursor"),
  ])
  func `more pages are seen inside of other members`(name: String, value: String, member: String) throws {
    #expect(try find(name, value) == "morePages \(member)")
  }

  @Test(arguments: [
    ("error", #""x""#), ("errors", #"[{"code":5}]"#), ("fault", #"{"code":"900901"}"#), ("ERROR_CODE", "-1"),
    ("errorMessage", #""no back end""#), ("success", "false"), ("ok", #""false""#), ("status", #""error""#),
    ("statusCode", "500"), ("code", #""101503""#), ("exception", "true"),
  ])
  func `an error is seen`(name: String, value: String) throws {
    #expect(try find(name, value) == "failure \(name)")
  }

  @Test(arguments: [
    ("done", "true"), ("done", #""true""#), ("done", "null"), ("hasMore", "false"), ("hasMore", #""false""#),
    ("hasMore", "0"), ("hasMore", "null"), ("next", "null"), ("next", #"" ""#), ("next", "{}"), ("next", "[]"),
    ("next", #"{"@nil":"true"}"#), ("next", #"{"href":null,"rel":"next"}"#), ("next", "false"), ("nextOffset", "-1"),
    ("nextPage", "0"), ("last", "0"), ("last", #""/p?page=9""#), ("lastPage", "4"), ("totalPages", "1"),
    ("totalPages", "0"), ("links", #"{"self":"/1","last":"/9","next":null}"#),
    ("links", #"[{"rel":"self","href":"/1"},{"rel":"next","href":null}]"#), ("error", "null"), ("errors", "[]"),
    ("errorCode", #""000""#), ("errors", "0"), ("error", "false"), ("fault", #""""#), ("success", "true"),
    ("status", #""success""#), ("status", "200"), ("code", #""0""#), ("count", "5"), ("total_results", "5000"),
    ("message", #""no changes""#), ("nextRun", #""2026-11-23""#), ("page", "1"), ("limit", "500"), ("offset", "0"),
  ])
  func `all else says nothing`(name: String, value: String) throws {
    #expect(try find(name, value) == nil)
  }

  @Test(
    arguments: [
      ([#"<https://x/y?page=2>; rel="next""#], [], "Link"), (["</2>; rel=next"], [], "Link"),
      ([#"</1>; rel="prev", </3>; title="x;y"; rel="next last""#], [], "Link"),
      ([#"</1>;rel="prev",</3>;rel="last"; x=y"#, #"</2> ; REL = "Next""#], [], "Link"),
      ([#"</next>; rel="self""#], [], nil), ([], ["2"], "X-Next-Page"), ([], [""], nil), ([], ["0"], nil),
      ([], [], nil),
    ] as [([String], [String], String?)])
  func `headers lead to a next page`(links: [String], pages: [String], header: String?) {
    #expect(PageSign.header { $0 == "Link" ? links : pages } == header)
  }

  @Test func `the manual has every name`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("man/ps-fetch.1"), encoding: .utf8)
    let text = page.components(separatedBy: ".Ss Members beside the people")[1].components(separatedBy: "\n.El")[0]
    let words = Set(text.split { $0.isWhitespace || $0 == "," }.map(String.init))
    for name in [
      PageSign.more, PageSign.all, PageSign.next, PageSign.pages, PageSign.containers, PageSign.errors,
      PageSign.success,
      PageSign.status,
    ].joined() {
      #expect(words.contains(name), "\(name)")
    }
  }
}
