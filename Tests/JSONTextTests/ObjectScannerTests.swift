import JSONText
import Testing

@Suite struct ObjectScannerTests {
  /// The values found for the members a, b and c, as text; `-` where there is none.
  private func scan(_ text: String, with scanner: inout ObjectScanner) -> [String] {
    let bytes = Array(text.utf8)
    do {
      let end = try scanner.scan(bytes.span, from: 0)
      guard bytes.span.skippingJSONSpace(from: end) == bytes.count else { return ["trailing at \(end)"] }
      return scanner.values.map { $0.shape == .absent ? "-" : bytes.span.string($0) }
    } catch {
      return ["\(error)"]
    }
  }

  @Test(arguments: [
    (#"{"a":"x","b":12,"c":[1,{"d":2}]}"#, ["x", "12", #"[1,{"d":2}]"#]),
    (#"{"c":null,"a":true}"#, ["true", "-", "null"]),
    (#" {}"#, ["unexpected 0x20 at byte 0"]),
    ("{}", ["-", "-", "-"]),
    ("{ \t\r\n}", ["-", "-", "-"]),
    (#"{ "a" : "x" , "b" : -1.5e+3 }  "#, ["x", "-1.5e+3", "-"]),
    (#"{"\u0061":1,"\u0062":2}"#, ["1", "2", "-"]),
    (#"{"A":1,"aa":2,"":3}"#, ["-", "-", "-"]),
    (#"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800"}"#, ["\"\\/\u{8}\u{C}\n\r\té😀\u{FFFD}", "-", "-"]),
    (#"{"a":1,}"#, ["unexpected '}' at byte 7"]),
    (#"{"a" 1}"#, ["unexpected '1' at byte 5"]),
    (#"{a:1}"#, ["unexpected 'a' at byte 1"]),
    (#"{"a":1"#, ["it ends at byte 6 in the middle of a value"]),
    (#"{"a":"x"#, ["it ends at byte 7 in the middle of a value"]),
    (#"{"a":"\u12"#, ["it ends at byte 10 in the middle of a value"]),
    (#"{"a":"\u12g4"}"#, ["invalid escape in a string at byte 6"]),
    (#"{"a":"\x"}"#, ["invalid escape in a string at byte 6"]),
    ("{\"a\":\"\u{1}\"}", ["raw control character 0x01 in a string at byte 6"]),
    (#"{"a":01}"#, ["unexpected '1' at byte 6"]),
    (#"{"a":1.}"#, ["unexpected '}' at byte 7"]),
    (#"{"a":-}"#, ["unexpected '}' at byte 6"]),
    (#"{"a":1e}"#, ["unexpected '}' at byte 7"]),
    (#"{"a":+1}"#, ["unexpected '+' at byte 5"]),
    (#"{"a":nul}"#, ["unexpected '}' at byte 8"]),
    (#"{"a":NaN}"#, ["unexpected 'N' at byte 5"]),
    (#"{"a":[1,]}"#, ["unexpected ']' at byte 8"]),
    (#"{"a":[1}"#, ["unexpected '}' at byte 7"]),
    (#"{"a":{"b":1]}"#, ["unexpected ']' at byte 11"]),
    (#"{"a":1} x"#, ["trailing at 7"]),
  ])
  func `values are found and faults are placed`(text: String, expected: [String]) {
    var scanner = ObjectScanner(members: ["a", "b", "c"])
    #expect(scan(text, with: &scanner) == expected)
  }

  @Test func `keys that were learned make no difference to what is found`() {
    let texts = [
      #"{"a":"1","x":"2","b":"3","c":"4"}"#, #"{"a":"1","x":"2","b":"3","c":"4"}"#,
      #"{"c":"4","b":"3","x":"2","a":"1"}"#,
      #"{"a":"1","b":"3","c":"4"}"#, #"{ "a": "1", "x": "2", "b": "3", "c": "4" }"#,
      #"{"x":"2","y":"5","a":"1","b":"3","c":"4"}"#,
      #"{"a":"1","x":"2","bb":"9","b":"3","c":"4","z":"0"}"#, #"{"a":"1"}"#, "{}",
      #"{"a":"1","x":"2","b":"3","c":"4"}"#,
    ]
    var practised = ObjectScanner(members: ["a", "b", "c"])
    for _ in 0..<3 {
      for text in texts {
        var fresh = ObjectScanner(members: ["a", "b", "c"])
        #expect(scan(text, with: &practised) == scan(text, with: &fresh), "\(text)")
      }
    }
  }

  @Test func `a member given twice is told, and the first value kept`() throws {
    var scanner = ObjectScanner(members: ["a", "b"])
    for (text, repeated) in [(#"{"a":1,"b":2,"a":3}"#, 0), (#"{"a":1,"x":2,"x":3}"#, nil), (#"{"b":1,"\u0062":2}"#, 1)]
    {
      let bytes = Array(text.utf8)
      _ = try scanner.scan(bytes.span, from: 0)
      #expect(scanner.repeated == repeated)
    }
  }

  @Test(arguments: [1, 2, 63, 64, 65, 128, 129, 1000])
  func `depth is counted however deep it is`(depth: Int) throws {
    var scanner = ObjectScanner(members: ["a"])
    let inner = depth - 1
    let text =
      #"{"a":"# + String(repeating: #"[{"b":"#, count: inner / 2) + (inner % 2 == 1 ? "[]" : "1")
      + String(repeating: "}]", count: inner / 2) + "}"
    let bytes = Array(text.utf8)
    #expect(try scanner.scan(bytes.span, from: 0) == bytes.count)
    #expect(scanner.depth == depth)
  }

  @Test func `strings are read alike wherever they begin and end in a word`() throws {
    for lead in 0..<9 {
      for length in 0..<20 {
        for mark in ["", "é", "\\n", "\u{10FFFF}"] {
          let value = String(repeating: "v", count: length) + mark + "w"
          let text = String(repeating: " ", count: lead) + #"{"a":""# + value + #"","b":1}"#
          let bytes = Array(text.utf8)
          var scanner = ObjectScanner(members: ["a", "b"])
          #expect(try scanner.scan(bytes.span, from: lead) == bytes.count)
          #expect(bytes.span.string(scanner.values[0]) == value.replacing("\\n", with: "\n"))
          let claims: JSONSlice.Claims =
            mark.isEmpty
            ? [] : mark == "\\n" ? .hasEscapes : length > 0 ? .isBeyondASCII : [.isBeyondASCII, .mayBeTrimmed]
          #expect(scanner.values[0].claims == claims)
        }
      }
    }
  }

  @Test(arguments: [
    ("", JSONSlice.Shape.blank, false), (" ", .blank, false), ("  ", .blank, false), ("            ", .blank, false),
    (" x", .string, true),
    ("x ", .string, true), ("x", .string, false), ("!", .string, false), ("x y", .string, false),
  ])
  func `blank strings and spaces around text are told`(text: String, shape: JSONSlice.Shape, hasOuterSpace: Bool) throws
  {
    var scanner = ObjectScanner(members: ["first_member", "b"])
    // Read without having learned the key, with it, and at the text's end.
    for object in 0..<3 {
      let tail = object < 2 ? #","b":"beyond the last word"}"# : "}"
      let bytes = Array((#"{"first_member":""# + text + #"""# + tail).utf8)
      #expect(try scanner.scan(bytes.span, from: 0) == bytes.count)
      #expect(scanner.values[0].shape == shape)
      #expect(scanner.values[0].claims == (hasOuterSpace ? .mayBeTrimmed : []))
      #expect(scanner.values[0].count == text.utf8.count)
    }
  }

  @Test func `with any bytes allowed strings hold all but a line feed`() throws {
    var scanner = ObjectScanner(members: ["a"], grammar: .anyBytes)
    for inside in [[0x01], [0xFF], [0x5C, 0x71], [0x0D], [0x09], [0x5C, 0x22]] as [[UInt8]] {
      let bytes = Array(#"{"a":""#.utf8) + inside + Array(#""}"#.utf8)
      #expect(try scanner.scan(bytes.span, from: 0) == bytes.count)
    }
    let bytes = Array("{\"a\":\"\n\"}".utf8)
    #expect(throws: JSONFault(offset: 6, problem: .controlCharacter(0x0A))) {
      _ = try scanner.scan(bytes.span, from: 0)
    }
  }

  @Test func `keys learned from one object do not hinder another that is spaced otherwise`() throws {
    var scanner = ObjectScanner(members: ["first_member", "last_member"])
    for colon in [":", " : ", ":\t", ":  ", ":"] {
      for value in ["\"x\"", "12", "null", "{\"d\":[]}", "[1]"] {
        // Names long enough to be learned.
        let text = "{\"first_member\"\(colon)\(value),\n\"b\"\(colon)\(value),\n\"last_member\"\(colon)\(value)}"
        let bytes = Array(text.utf8)
        #expect(try scanner.scan(bytes.span, from: 0) == bytes.count, "\(text)")
        #expect(scanner.values[0].count == scanner.values[1].count)
      }
    }
  }
}
