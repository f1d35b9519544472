import Foundation
import Testing

@testable import Mail

@Suite struct TransferEncodingTests {
  @Test(arguments: [
    "plain\n", "= and ü at the end of a line \nand a tab\t\n", String(repeating: "é", count: 500), "\n\n",
    String(repeating: "x", count: 76) + "\n" + String(repeating: "x", count: 77),
    String(repeating: "x", count: 75) + "=",
  ])
  func `quoted-printable comes back as it was, in lines of at most 76`(text: String) {
    let encoded = String(decoding: QuotedPrintable.encoded(text), as: UTF8.self)
    #expect(encoded.split(separator: "\n").allSatisfy { $0.utf8.count <= 76 && $0.last != " " && $0.last != "\t" })
    #expect(encoded.utf8.allSatisfy { $0 < 0x7F })
    #expect(Self.decoded(encoded) == text)
  }

  private static func decoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.replacingOccurrences(of: "=\n", with: "").utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "=") else {
        bytes.append(byte)
        continue
      }
      bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)!)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
