/// Writes JSON in the normal form of the stream: no spaces between tokens, and no escapes that JSON does not require.
///
/// The caller must end every object and array that it begins.
package struct JSONWriter: Sendable {
  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  /// Begins an object, as a member if it has a name.
  package mutating func beginObject(_ name: String? = nil) { open(Byte.openBrace, name) }
  /// Ends the innermost object.
  package mutating func endObject() { close(Byte.closeBrace) }
  /// Begins an array, as a member if it has a name.
  package mutating func beginArray(_ name: String? = nil) { open(Byte.openBracket, name) }
  /// Ends the innermost array.
  package mutating func endArray() { close(Byte.closeBracket) }

  /// Writes a string as an element of an array.
  package mutating func element(_ value: String) {
    begin(nil)
    append(quoted: value)
  }

  /// Writes a member with a string, or nothing if the value is nil.
  package mutating func string(_ value: String?, _ name: String) {
    guard let value else { return }
    begin(name)
    append(quoted: value)
  }

  /// Writes a member with an integer, or nothing if the value is nil.
  package mutating func integer(_ value: Int?, _ name: String) {
    if let value { literal(String(value), name) }
  }

  /// Writes a member with a boolean.
  package mutating func boolean(_ value: Bool, _ name: String) { literal(value ? "true" : "false", name) }

  /// Writes a member with a number or literal, given as JSON text.
  package mutating func literal(_ spelling: String, _ name: String) {
    begin(name)
    bytes.append(contentsOf: spelling.utf8)
  }

  /// Writes a member with any value, given as JSON text.
  package mutating func raw(_ text: Span<UInt8>, _ name: String) {
    begin(name)
    bytes.reserveCapacity(bytes.count + text.count)
    for offset in 0..<text.count { bytes.append(text.byte(offset)) }
  }

  /// Writes a member with any value. Numbers keep their spelling.
  package mutating func value(_ value: JSONValue?, _ name: String) {
    guard let value else { return }
    begin(name)
    needsComma = false
    element(value)
  }

  /// Writes any value as an element of an array, or as the whole text.
  package mutating func element(_ value: JSONValue) {
    switch value {
    case .null: word("null")
    case .boolean(let isTrue): word(isTrue ? "true" : "false")
    case .number(let spelling): word(spelling)
    case .string(let text): element(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.element(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members { self.value(member.value, member.name) }
      endObject()
    }
  }

  private mutating func word(_ spelling: String) {
    begin(nil)
    bytes.append(contentsOf: spelling.utf8)
  }

  private mutating func open(_ bracket: UInt8, _ name: String?) {
    begin(name)
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  /// Begins a value, after a comma if it is not the first, and after its name.
  private mutating func begin(_ name: String?) {
    if needsComma { bytes.append(Byte.comma) }
    needsComma = true
    guard let name else { return }
    append(quoted: name)
    bytes.append(Byte.colon)
  }

  private mutating func append(quoted text: String) {
    bytes.append(Byte.quote)
    for byte in text.utf8 {
      switch byte {
      case Byte.quote, Byte.backslash: bytes += [Byte.backslash, byte]
      case 0x08: bytes += [Byte.backslash, UInt8(ascii: "b")]
      case 0x0C: bytes += [Byte.backslash, UInt8(ascii: "f")]
      case Byte.lineFeed: bytes += [Byte.backslash, UInt8(ascii: "n")]
      case Byte.carriageReturn: bytes += [Byte.backslash, UInt8(ascii: "r")]
      case Byte.tab: bytes += [Byte.backslash, UInt8(ascii: "t")]
      case 0..<0x20:
        bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
        bytes.append(contentsOf: String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(Byte.quote)
  }
}
