import RecordStream
import Testing

@testable import Transfer

@Suite struct DeliveryCheckTests {
  static let whole = [
    #"{"kind":"feed","status":"E"}"#,
    #"{"kind":"summary","stage":"ps-fetch","complete":true,"people":5}"#,
    #"{"kind":"summary","stage":"patron-validate","complete":true,"people":5,"accepted":3,"rejected":1,"excluded":1,"warned":2}"#,
    #"{"kind":"summary","stage":"patron-to-xml","complete":true,"people":3,"users":3,"files":2}"#,
    #"{"kind":"summary","stage":"feed-zip","complete":true,"users":3,"files":2,"zips":2,"bytes":20}"#,
  ]
  static let zips = [2, 1].map { FileRecord(path: "/x.zip", format: .zip, users: $0, bytes: 10) }

  func objection(_ lines: [String], zips: [FileRecord] = Self.zips) throws -> String? {
    var account = StreamAccount()
    var reader = RecordReader()
    for line in lines {
      let bytes = Array(line.utf8)
      guard let record = reader.record(in: bytes.span, at: try Self.place()) else {
        account.noteLine()
        continue
      }
      try account.take(record)
    }
    return DeliveryCheck(account: account, zips: zips).objection
  }

  /// Any place will do.
  static func place() throws -> LinePlace { LineReader([]).place }

  @Test func `a complete stream whose counts agree is delivered`() throws {
    #expect(try objection(Self.whole) == nil)
  }

  @Test func `records of unknown kinds are ignored`() throws {
    #expect(try objection([#"{"kind":"weather","sky":"blue"}"#] + Self.whole) == nil)
  }

  @Test func `without patron-validate its counts are not compared`() throws {
    #expect(try objection(Self.whole.filter { !$0.contains("patron-validate") }) == nil)
  }

  @Test func `a second patron-validate is judged by what the first accepted`() throws {
    let second = Self.whole[2].replacing("\"people\":5,\"accepted\":3", with: "\"people\":3,\"accepted\":1")
    var lines = Self.whole
    lines.insert(second, at: 3)
    lines = lines.map {
      $0.replacing("\"people\":3,\"users\":3", with: "\"people\":1,\"users\":1")
        .replacing("\"users\":3,\"files\":2,\"zips\":2", with: "\"users\":1,\"files\":1,\"zips\":1")
    }
    #expect(try objection(lines, zips: [Self.zips[1]]) == nil)
    #expect(
      try objection(lines.map { $0.replacing("\"people\":3,\"accepted\":1", with: "\"people\":4,\"accepted\":2") })
        == "the counts disagree: patron-validate.accepted 3, but patron-validate.people 4")
  }

  @Test func `the summary of an earlier feed-push is ignored`() throws {
    let earlier = [
      #"{"kind":"delivery","outcome":"delivered"}"#,
      #"{"kind":"summary","stage":"feed-push","complete":true,"delivered":2,"already_there":0,"empty":0,"failed":0}"#,
    ]
    #expect(try objection(Self.whole + earlier) == nil)
  }

  @Test(arguments: ["{\"kind\":\"weather\"}", "{\"EMPLID\":\"1\"}"])
  func `a last line that is no summary is refused`(line: String) throws {
    #expect(try objection(Self.whole + [line]) == "the stream was cut off: its last line is not a summary")
  }

  @Test func `nothing at all is refused`() throws {
    #expect(try objection([], zips: []) == "the stream was cut off: its last line is not a summary")
  }

  @Test(arguments: [1, 2, 3, 4])
  func `a summary that is not complete is refused`(index: Int) throws {
    var lines = Self.whole
    lines[index] = lines[index].replacing("true", with: "false")
    #expect(try objection(lines)?.hasPrefix("the stream is incomplete: ") == true)
  }

  @Test(arguments: [(1, "ps-fetch"), (3, "patron-to-xml"), (4, "feed-zip")])
  func `a stage that is missing is named`(index: Int, stage: String) throws {
    var lines = Self.whole
    lines.remove(at: index)
    #expect(try objection(lines) == "the stream has no summary of \(stage)")
  }

  @Test(arguments: [
    (1, "\"people\":5", "\"people\":6", "ps-fetch.people 6, but patron-validate.people 5"),
    (2, "\"people\":5", "\"people\":4", "ps-fetch.people 5, but patron-validate.people 4"),
    (
      2, "\"rejected\":1", "\"rejected\":2",
      "patron-validate.people 5, but its accepted, rejected and excluded together 6"
    ),
    (3, "\"users\":3", "\"users\":2", "patron-validate.accepted 3, but patron-to-xml.users 2"),
    (4, "\"users\":3", "\"users\":4", "patron-to-xml.users 3, but feed-zip.users 4"),
    (4, "\"zips\":2", "\"zips\":3", "the number of zips 2, but feed-zip.zips 3"),
  ])
  func `the counts that disagree are named`(index: Int, text: String, other: String, expected: String) throws {
    var lines = Self.whole
    lines[index] = lines[index].replacing(text, with: other)
    #expect(try objection(lines) == "the counts disagree: \(expected)")
  }

  @Test func `zips with fewer users are refused`() throws {
    #expect(
      try objection(Self.whole, zips: [Self.zips[0]])
        == "the counts disagree: patron-to-xml.users 3, but the users of the zips 2")
  }

  @Test func `a count that is missing is named`() throws {
    var lines = Self.whole
    lines[1] = lines[1].replacing(",\"people\":5", with: "")
    #expect(try objection(lines) == "the counts cannot be compared: ps-fetch.people is missing")
  }
}
