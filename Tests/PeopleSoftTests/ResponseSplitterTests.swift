import JSONText
import PeopleSoft
import Testing

/// What a splitter made of a response.
struct Split: Equatable {
  var people: [String] = []
  var fault: EnvelopeFault?

  /// - Parameter piece: how many bytes arrive at once; nil for all.
  init(_ response: [UInt8], piece: Int? = nil, maxValueLength: Int = 1 << 20) {
    var splitter = ResponseSplitter(bufferSize: 16, maxValueLength: maxValueLength)
    do {
      var rest = response[...]
      while !rest.isEmpty {
        let taken = min(piece ?? rest.count, rest.count)
        splitter.append(Array(rest.prefix(taken)).span)
        rest = rest.dropFirst(taken)
        try splitter.split { element in
          people.append(String(decoding: (0..<element.count).map { element[$0] }, as: UTF8.self))
        }
      }
      try splitter.finish()
    } catch {
      fault = error as? EnvelopeFault
    }
    #expect(splitter.people == people.count)
  }

  init(_ response: String) { self.init(Array(response.utf8)) }

  init(people: [String]) { self.people = people }
}

@Suite struct ResponseSplitterTests {
  /// Every form in which people come, and the lines that they make.
  static let forms: [(String, [String])] = [
    (#"[{"A":"1"},{"A":"2"}]"#, [#"{"A":"1"}"#, #"{"A":"2"}"#]),
    (#"{"records":[{"A":"1"},{"A":"2"}]}"#, [#"{"A":"1"}"#, #"{"A":"2"}"#]),
    (#"{"records":{"record":[{"A":"1"},{"A":"2"}]}}"#, [#"{"A":"1"}"#, #"{"A":"2"}"#]),
    (#"{"records":{"A":"1"}}"#, [#"{"A":"1"}"#]),
    (#"{"records":{"record":{"A":"1"}}}"#, [#"{"A":"1"}"#]),
    (#"{"records":{"A":{"record":1},"B":[2]}}"#, [#"{"A":{"record":1},"B":[2]}"#]),
    ("[]", []), (" [ ] \n", []), (#"{"records":null}"#, []), (#"{"records":""}"#, []),
    (#"{"records":" \t\u00a0"}"#, []),
    (#"{"records":{}}"#, []), (#"{"records":{ }}"#, []), (#"{"records":[]}"#, []),
    (#"{"records":{"record":null}}"#, []), (#"{"records":{"@nil":"true"}}"#, []),
    (#"{"records":{"record":{"@nil":"true"}}}"#, []), (#"{"records":{ "@nil" : true }}"#, []),
    (#"{"records":{"@nil":"false"}}"#, [#"{"@nil":"false"}"#]), (#"[{"@nil":"true"}]"#, [#"{"@nil":"true"}"#]),
    (#"{"records":{"record":" "}}"#, []), (#"{"records":{"record":{ }}}"#, []), (#"{"records":{"record":[]}}"#, []),
    // Members beside those that are looked for, before and behind them.
    (#"{"count":2,"records":[{"A":1}],"next":{"a":[null]}}"#, [#"{"A":1}"#]),
    (#"{"records":{"count":1,"x":[{}],"record":[{"A":1}],"next":null}}"#, [#"{"A":1}"#]),
    (#"{"fault":null,"records":[1]}"#, ["1"]), (#"{"fault":{"@nil":"true"},"records":[1]}"#, ["1"]),
    // The members of one person in place of a list say nothing of the response.
    (#"{"records":{"A":1,"next":"x","error":"y","done":false}}"#, [#"{"A":1,"next":"x","error":"y","done":false}"#]),
    (#"{"records":[1],"links":{"next":{"href":null}},"success":"true","code":200,"last":3}"#, ["1"]),
    (#"{"\u0072ecords":[1]}"#, ["1"]),
    // Elements are handed on whatever they are.
    (
      #"[1,-2.50e+3 , null,true,"a,]}","",[],{},[[{"kind":1}]]]"#,
      ["1", "-2.50e+3", "null", "true", #""a,]}""#, #""""#, "[]", "{}", #"[[{"kind":1}]]"#]
    ),
    // Line breaks and tabs between tokens go; spaces, and all that is in strings, stay.
    ("[ {\n\t\"A\" : \"x\\n\\\"\ty\\\\\" ,\r\n \"B\":[1,\n2]\n} ]", [#"{"A" : "x\n\""# + "\t" + #"y\\" , "B":[1,2]}"#]),
    (#"[{"A":"\q\u12","B":01e}]"#.replacing("01e", with: "1"), [#"{"A":"\q\u12","B":1}"#]),
    // Found by fuzzing: a member's name whose last escape is cut.
    (#"[{"\u":1,"k\u12":2,"\uXYZW":3,"\ud800\u":4}]"#, [#"{"\u":1,"k\u12":2,"\uXYZW":3,"\ud800\u":4}"#]),
    (#"{"a\u":1,"records":[1]}"#, ["1"]),
    ("\u{FEFF}[{\"A\":\"é😀\"}]", [#"{"A":"é😀"}"#]),
  ]

  @Test(arguments: forms)
  func `people come out of every form`(response: String, people: [String]) {
    #expect(Split(response) == Split(people: people))
  }

  @Test(arguments: [1, 2, 3, 7, 16, 33])
  func `people are the same in however small pieces they arrive`(piece: Int) {
    for (response, people) in Self.forms {
      #expect(Split(Array(response.utf8), piece: piece) == Split(people: people), "\(response)")
    }
  }

  @Test(arguments: [1, 2, 5, nil])
  func `a response cut anywhere ends early, and no person of it is lost or made up`(piece: Int?) {
    for (response, people) in Self.forms {
      let bytes = Array(response.utf8)
      let last = bytes.lastIndex { $0 > 0x20 }!
      for count in 4..<max(4, last) {
        let split = Split(Array(bytes[..<count]), piece: piece)
        #expect(people.starts(with: split.people))
        guard case .endsEarly(let offset) = split.fault else {
          Issue.record("\(response) cut at \(count): \(String(describing: split.fault))")
          continue
        }
        #expect(offset == count)
      }
    }
  }

  /// What is no list of people, and how that is told.
  static let faults: [(String, EnvelopeFault)] = [
    ("", .empty), (" \n", .empty), ("\u{FEFF}", .empty),
    ("null", .notPeople(seen: "null", offset: 0)),
    ("{}", .notPeople(seen: "an empty object", offset: 1)),
    (" \"\"", .notPeople(seen: "a text", offset: 1)),
    ("12", .notPeople(seen: "a number", offset: 0)),
    ("<!DOCTYPE html>", .notPeople(seen: "HTML or XML", offset: 0)),
    (#"{"A":"1"}"#, .notPeople(seen: #"an object without "records", whose first member is "A","#, offset: 8)),
    (#"{"fault":{"code":900901}}"#, .notPeople(seen: "a fault", offset: 9)),
    (#"{"records":[],"fault":{"code":900901}}"#, .notPeople(seen: "a fault", offset: 22)),
    (#"{"records":5}"#, .notPeople(seen: "a number", offset: 11)),
    (#"{"records":"nobody"}"#, .notPeople(seen: "a text", offset: 11)),
    (#"{"records":{"record":true}}"#, .notPeople(seen: "true or false", offset: 21)),
    (#"{"records":[],"fault":"x"}"#, .notPeople(seen: "a fault", offset: 22)),
    (#"{"records":[1],"fault":"x"}"#, .failure(member: "fault", offset: 23)),
    (#"{"records":[1],"a":{"next":1},"Has-More":1}"#, .morePages(member: "Has-More", offset: 41)),
    (#"{"records":{"next":"x","record":[1]}}"#, .morePages(member: "next", offset: 19)),
    (#"{"records":{"record":[1],"error":{"code":5}}}"#, .failure(member: "error", offset: 33)),
    (#"{"_links":{"next":{"href":"/2"}},"records":[1]}"#, .morePages(member: "_links.next", offset: 10)),
    (#"{"records":null,"records":[]}"#, .repeated(member: "records", offset: 16)),
    (#"{"records":{"record":null,"record":[]}}"#, .repeated(member: "record", offset: 26)),
    (#"[{"A":1,"kind":"summary"}]"#, .kind(offset: 1)),
    (#"[{"k\u0069nd":null}]"#, .kind(offset: 1)),
    (#"{"records":{"kind":"x"}}"#, .kind(offset: 11)),
    (#"{"records":{"record":{"kind":"x"}}}"#, .kind(offset: 21)),
    ("[] x", .trailing(offset: 3)), ("[][]", .trailing(offset: 2)), (#"{"records":[]}}"#, .trailing(offset: 14)),
    ("[1,]", .notJSON(JSONFault(offset: 3, problem: .unexpectedByte(UInt8(ascii: "]"))))),
    ("[1 2]", .notJSON(JSONFault(offset: 3, problem: .unexpectedByte(UInt8(ascii: "2"))))),
    (#"{"records" []}"#, .notJSON(JSONFault(offset: 11, problem: .unexpectedByte(UInt8(ascii: "["))))),
    (#"{"a":1 "records":[]}"#, .notJSON(JSONFault(offset: 7, problem: .unexpectedByte(UInt8(ascii: "\""))))),
    (#"{"a":x,"records":[]}"#, .notJSON(JSONFault(offset: 5, problem: .unexpectedByte(UInt8(ascii: "x"))))),
    (#"[{"A":}]"#, .notJSON(JSONFault(offset: 6, problem: .unexpectedByte(UInt8(ascii: "}"))))),
    ("[\"a\nb\"]", .notJSON(JSONFault(offset: 3, problem: .controlCharacter(0x0A)))),
    // Found by fuzzing: behind a number that arrives in pieces, nonsense passed for an end that comes early, which is
    // tried again.
    (#"{"":1.50Ù"#, .notJSON(JSONFault(offset: 8, problem: .unexpectedByte(0xC3)))),
    (#"{"records":1{}"#, .notPeople(seen: "a number", offset: 11)),
    ("[4d", .notJSON(JSONFault(offset: 2, problem: .unexpectedByte(UInt8(ascii: "d"))))),
    ("[1-2", .notJSON(JSONFault(offset: 2, problem: .unexpectedByte(UInt8(ascii: "-"))))),
    ("[01", .notJSON(JSONFault(offset: 2, problem: .unexpectedByte(UInt8(ascii: "1"))))),
    (#"[1"a"]"#, .notJSON(JSONFault(offset: 2, problem: .unexpectedByte(UInt8(ascii: "\""))))),
    ("[1[2]]", .notJSON(JSONFault(offset: 2, problem: .unexpectedByte(UInt8(ascii: "["))))),
    ("[nullx]", .notJSON(JSONFault(offset: 5, problem: .unexpectedByte(UInt8(ascii: "x"))))),
    ("[\u{0}1\u{0}]", .notJSON(JSONFault(offset: 1, problem: .unexpectedByte(0)))),
  ]

  @Test(arguments: faults)
  func `all else is a fault, never nobody`(response: String, fault: EnvelopeFault) {
    for piece in [nil, 1, 2, 5] { #expect(Split(Array(response.utf8), piece: piece).fault == fault) }
  }

  @Test func `bytes that are no UTF-8 are handed on in a person, and refused elsewhere`() {
    var people: [[UInt8]] = []
    var splitter = ResponseSplitter()
    let response = Array("[{\"A\":\"".utf8) + [0xE9, 0xFF] + Array("\"}]".utf8)
    splitter.append(response.span)
    #expect(throws: Never.self) {
      try splitter.split { element in people.append((0..<element.count).map { element[$0] }) }
    }
    #expect(people == [Array(response.dropFirst().dropLast())])
    guard case .notPeople(_, offset: 0) = Split([0xFF, 0xFE, 0x5B, 0]).fault else {
      Issue.record("UTF-16 has passed")
      return
    }
  }

  @Test(arguments: [1, 7, 64, nil])
  func `an element that is too long is refused, one that just fits is not`(piece: Int?) {
    #expect(ResponseSplitter.maxValueLength == 16 << 20)
    let text = String(repeating: "x", count: 998)
    for (before, after) in [("[", "]"), (#"{"records":"#, "}"), (#"{"records":{"record":"#, "}}")] {
      let fits = "{\"A\":\"\(text.dropFirst(6))\"}"
      let split = Split(Array("\(before)\(fits)\(after)".utf8), piece: piece, maxValueLength: 1000)
      #expect(split == Split(people: [fits]))
      let long = "{\"A\":\"\(text.dropFirst(5))\"}"
      let fault = Split(Array("\(before)\(long)\(after)".utf8), piece: piece, maxValueLength: 1000).fault
      #expect(fault == .longElement(offset: before.utf8.count))
    }
  }

  @Test(arguments: [1, 7, 64, nil])
  func `white space in an object that may be a person counts to its length`(piece: Int?) {
    let spaces = String(repeating: " ", count: 1000)
    for response in [
      #"{"records":{"A":1\#(spaces)"#, #"{"records":{"A":1\#(spaces)x"#, #"{"records":{"A":1,\#(spaces)"B":2}}"#,
    ] {
      #expect(Split(Array(response.utf8), piece: piece, maxValueLength: 1000).fault == .longElement(offset: 11))
    }
  }

  @Test(arguments: [1, 7, 64, nil])
  func `a fault in an element is told where it is, however long the element`(piece: Int?) {
    let text = String(repeating: "x", count: 2000)
    let fault = JSONFault(offset: 6, problem: .unexpectedByte(UInt8(ascii: "x")))
    let early = Array("[{\"a\":x,\"b\":\"\(text)\"}]".utf8)
    #expect(Split(early, piece: piece, maxValueLength: 1000).fault == .notJSON(fault))
    let late = Array("[{\"b\":\"\(text)\",\"a\":x}]".utf8)
    #expect(Split(late, piece: piece, maxValueLength: 1000).fault == .longElement(offset: 1))
  }
}
