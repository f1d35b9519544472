import Foundation
import JSONText
import TestSupport
import Testing

/// The scanner against two parsers that are not ours, on texts made by breaking good ones.
@Suite struct DifferentialTests {
  /// 20,000 texts: some JSON, most nearly.
  static let texts: [[UInt8]] = {
    var random = SplitMix(seed: 20_261_122)
    return (0..<20_000).map { _ in
      var text = Array(value(depth: 0, &random).utf8)
      for _ in 0..<Int.random(in: 0...2, using: &random) where !text.isEmpty { damage(&text, &random) }
      return text
    }
  }()

  private static func value(depth: Int, _ random: inout SplitMix) -> String {
    let space = ["", "", "", " ", "\t\r"].randomElement(using: &random)!
    return space + token(depth: depth, &random) + space
  }

  private static func token(depth: Int, _ random: inout SplitMix) -> String {
    let words = ["null", "true", "false"]
    let numbers = ["0", "-0", "17", "-3", "1.5", "1e5", "1E-2", "12345678901234567890", "0.10", "9007199254740993"]
    switch Int.random(in: 0...(depth < 4 ? 7 : 5), using: &random) {
    case 0: return words.randomElement(using: &random)!
    case 1, 2: return numbers.randomElement(using: &random)!
    case 3, 4, 5: return string(&random)
    case 6:
      var elements: [String] = []
      for _ in 0..<Int.random(in: 0...3, using: &random) { elements.append(value(depth: depth + 1, &random)) }
      return "[" + elements.joined(separator: ",") + "]"
    default:
      // No name twice: what a parser makes of that is its own affair.
      var members: [String] = []
      for index in 0..<Int.random(in: 0...4, using: &random) {
        members.append("\"m\(index)\":" + value(depth: depth + 1, &random))
      }
      return "{" + members.joined(separator: ",") + "}"
    }
  }

  private static func string(_ random: inout SplitMix) -> String {
    let parts = [
      "abc", "x", "", "é", "中文", "😀", #"\n"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\\"#, #"\""#, "/", #"\/"#,
      "a long run of plain text ",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...4, using: &random) { text += parts.randomElement(using: &random)! }
    return "\"" + text + "\""
  }

  private static func damage(_ text: inout [UInt8], _ random: inout SplitMix) {
    let place = Int.random(in: 0..<text.count, using: &random)
    let marks: [UInt8] =
      Array("{}[]\",:\\ux0123456789eE+-.ntf \t\r/".utf8) + [
        0x00, 0x01, 0x7F, 0x80, 0xBF, 0xC0, 0xED, 0xA0, 0xF4, 0xFF, 0xEF,
      ]
    switch Int.random(in: 0...3, using: &random) {
    case 0: text.remove(at: place)
    case 1: text.insert(marks.randomElement(using: &random)!, at: place)
    case 2: text[place] = marks.randomElement(using: &random)!
    default: text.removeSubrange(place...)
    }
  }

  /// A value in one spelling for all parsers: members sorted, numbers as doubles.
  private static func plain(_ value: JSONValue) -> String {
    switch value {
    case .null: return "null"
    case .boolean(let flag): return "\(flag)"
    case .number(let spelling): return "#\(Double(spelling) ?? .nan)"
    case .string(let text): return text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: ".")
    case .array(let elements): return "[\(elements.map(plain).joined(separator: ","))]"
    case .object(let members) where Set(members.map(\.name)).count < members.count: return "twice"
    case .object(let members):
      return "{\(members.map { "\($0.name):\(plain($0.value))" }.sorted().joined(separator: ","))}"
    }
  }

  private static func ours(_ text: [UInt8]) -> String? {
    // A number at the very end might go on; a space tells that it does not.
    let text = text + [0x20]
    return (try? JSONValue(parsing: text.span)).map(plain)
  }

  private static func foundation(_ value: Any) -> String {
    switch value {
    case is NSNull: return "null"
    // It keeps no difference between true and 1; Python does.
    case let number as NSNumber: return "#\(number.doubleValue)"
    case let text as String: return text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: ".")
    case let elements as [Any]: return "[\(elements.map(foundation).joined(separator: ","))]"
    case let members as [String: Any]:
      return "{\(members.map { "\($0.key):\(foundation($0.value))" }.sorted().joined(separator: ","))}"
    default: return "?"
    }
  }

  @Test func `it takes and refuses what Python's json does, with the same values`() throws {
    let program = #"""
      import json, sys
      def refuse(word): raise ValueError(word)
      def plain(v):
          if v is None: return "null"
          if v is True: return "true"
          if v is False: return "false"
          if isinstance(v, str): return ".".join(format(c, "x") for c in map(ord, v))
          if isinstance(v, list): return "[" + ",".join(map(plain, v)) + "]"
          if isinstance(v, dict): return "{" + ",".join(sorted(k + ":" + plain(x) for k, x in v.items())) + "}"
          return "#" + str(v)
      number = lambda s: float(s)
      for line in sys.stdin:
          try: print("=" + plain(json.loads(bytes.fromhex(line).decode("utf-8"), parse_constant=refuse, parse_int=number)).encode("utf-8", "replace").hex())
          except Exception: print("-")
      """#
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", program]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let hex = Self.texts.map { $0.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined() }
    let writer = Task.detached {
      try input.fileHandleForWriting.write(contentsOf: Data((hex.joined(separator: "\n") + "\n").utf8));
      try input.fileHandleForWriting.close()
    }
    let answers = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self).split(
      separator: "\n")
    _ = writer
    #expect(answers.count == Self.texts.count)
    var taken = 0
    for (text, answer) in zip(Self.texts, answers) {
      let mine = Self.ours(text)
      // Half a surrogate pair is text to Python and U+FFFD to us.
      if mine?.contains("fffd") == true || mine?.contains("twice") == true { continue }
      let theirs = answer == "-" ? nil : String(decoding: Self.bytes(answer.dropFirst()), as: UTF8.self)
      if mine != nil { taken += 1 }
      #expect(normalized(mine) == normalized(theirs), "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
    #expect(taken > 4000 && taken < 19_000)
  }

  @Test func `it takes and refuses what Foundation does, with the same values`() {
    for text in Self.texts {
      // Foundation takes a byte order mark and guesses other encodings from zero bytes; RFC 8259 asks for neither.
      if text.contains(0) || text.starts(with: [0xEF, 0xBB, 0xBF]) { continue }
      let mine = Self.ours(text)
      if mine?.contains("fffd") == true || mine?.contains("twice") == true { continue }
      // It lets a comma stand before a closing brace.
      if String(decoding: text, as: UTF8.self).contains(#/,\s*}/#) { continue }
      let theirs = (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)).map(
        Self.foundation)
      let numbered = mine?.replacing("true", with: "#1.0").replacing("false", with: "#0.0")
      // It refuses numbers that no Double can hold, has no -0, and rounds the last digit its own way.
      if numbered?.contains("inf") == true { continue }
      #expect(rounded(numbered) == rounded(theirs), "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
  }

  private static func bytes(_ hex: Substring) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
    }
  }

  private func rounded(_ text: String?) -> String? {
    text?.replacing(#/#[-+0-9.eE]+/#) { match in "#\((Float(match.output.dropFirst()) ?? .nan) + 0)" }
  }

  /// Python spells 1e16 and more its own way.
  private func normalized(_ text: String?) -> String? {
    text?.replacing(#/#[-+0-9.eE]+/#) { match in "#\(Double(match.output.dropFirst()) ?? .nan)" }
  }
}
