import JSONText
import Testing

@Suite struct ObjectScannerTests {
  @Test(arguments: [
    #"{"a":"x","b":12,"c":[1,{"d":2}]}"#, #"{ "b" : null , "kind":true}"#, "{}", "{ }", #"{"\u0061":1.5e+3}"#,
  ])
  func `an object is read to its closing brace`(text: String) throws {
    var scanner = ObjectScanner(members: ["a", "b"])
    let bytes = Array(text.utf8)
    #expect(try scanner.scan(bytes.span, from: 0) == bytes.count)
  }
}
