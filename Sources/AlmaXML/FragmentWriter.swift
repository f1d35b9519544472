import Patron

/// Writes what is inside a `<user>` as one piece of text.
///
/// The element API of libxml2 costs eight times all the rest; so it is called once a user, with this. The tests hold it to the bytes
/// that the element API makes of the same people.
struct FragmentWriter: ~Copyable {
  private struct Pieces {
    let open, close, constant, beforeDescription, afterDescription: EscapedBytes.Literal
  }

  private var bytes = EscapedBytes()
  /// The start and end tags of all elements, one behind the other, and room to spare.
  private var literals: [UInt8] = []
  private var pieces: [Pieces] = []

  init(tags: [Tag]) {
    for tag in tags {
      let attributes = tag.attributes.map { " \($0.name)=\"\(Self.escaped($0.value, inAttribute: true))\"" }.joined()
      let close = "</\(tag.name)>"
      pieces.append(
        Pieces(
          open: add("<\(tag.name)\(attributes)>"), close: add(close),
          constant: add("<\(tag.name)\(attributes)>\(Self.escaped(tag.content ?? ""))\(close)"),
          beforeDescription: add("<\(tag.name)\(attributes) desc=\""), afterDescription: add("\">")))
    }
    literals += [UInt8](repeating: 0, count: EscapedBytes.padding)
  }

  private mutating func add(_ text: String) -> EscapedBytes.Literal {
    let start = literals.count
    literals += Array(text.utf8)
    return EscapedBytes.Literal(start: start, count: literals.count - start)
  }

  private static func escaped(_ text: String, inAttribute: Bool = false) -> String {
    var bytes = EscapedBytes()
    let source = Array(text.utf8)
    bytes.append(escaping: source.span, 0..<source.count, inAttribute: inAttribute)
    return unsafe bytes.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Writes a user, and lends its bytes.
  mutating func withFragment<Result>(
    of user: borrowing AlmaUser, _ person: borrowing Person, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    bytes.removeAll()
    let (literals, pieces) = (literals, pieces)
    person.withTexts { text in
      Self.write(user.steps, person, text, literals.span, pieces, into: &bytes)
    }
    return unsafe bytes.withBytes(body)
  }

  private static func write(
    _ steps: [AlmaUser.Step], _ person: borrowing Person, _ text: Span<UInt8>, _ literals: Span<UInt8>,
    _ pieces: [Pieces], into bytes: inout EscapedBytes
  ) {
    for step in steps {
      switch step {
      case .open(let tag): bytes.append(literals, pieces[Int(tag)].open)
      case .close(let tag): bytes.append(literals, pieces[Int(tag)].close)
      case .constant(let tag): bytes.append(literals, pieces[Int(tag)].constant)
      case .text(let tag, let field):
        bytes.append(literals, pieces[Int(tag)].open)
        bytes.append(escaping: text, person.range(of: field))
        bytes.append(literals, pieces[Int(tag)].close)
      case .describedText(let tag, let field):
        bytes.append(literals, pieces[Int(tag)].beforeDescription)
        bytes.append(escaping: text, person.range(of: field), inAttribute: true)
        bytes.append(literals, pieces[Int(tag)].afterDescription)
        bytes.append(escaping: text, person.range(of: field))
        bytes.append(literals, pieces[Int(tag)].close)
      }
    }
  }
}
