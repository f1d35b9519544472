import Foundation
import JSONText
import Testing

@Suite struct JSONWriterTests {
  @Test func `objects are written in normal form`() throws {
    var writer = JSONWriter()
    writer.beginObject()
    writer.string("a/b é 😀 \"\\ \u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}", "text")
    writer.string(nil, "unknown")
    writer.integer(-5, "number")
    writer.integer(nil, "none")
    writer.boolean(true, "yes")
    writer.beginArray("list")
    writer.element("x")
    writer.beginObject()
    writer.endObject()
    writer.endArray()
    writer.integer(1, "a\"b")
    writer.value(.string("v"), "\n")
    writer.raw(Array(#"{ "as" : "it came" }"#.utf8).span, "raw")
    writer.endObject()
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(
      text
        == #"{"text":"a/b é 😀 \"\\ \b\f\n\r\t\u0001\u001f\#u{7F}","number":-5,"yes":true,"list":["x",{}],"a\"b":1,"\n":"v","raw":{ "as" : "it came" }}"#
    )
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(writer.bytes)) }
  }
}
