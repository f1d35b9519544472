import Patron

/// Writes what is inside a `<user>` as one piece of text.
///
/// The element API of libxml2 costs eight times all the rest; so it is called once a user, with this. The tests hold it to the bytes
/// that the element API makes of the same people.
struct FragmentWriter: ~Copyable {
  /// A literal, however many tags it has; or a text between two literals.
  private struct Piece {
    let before: EscapedBytes.Literal
    var text: Text?
  }

  private struct Text {
    let field: Field
    let after: EscapedBytes.Literal
    /// Where the text stands in an attribute too: what is between the two.
    var between: EscapedBytes.Literal?
  }

  private var bytes = EscapedBytes()
  /// All literals, one behind the other, and room to spare.
  private var literals: [UInt8] = []
  /// Those of all parts, one part behind the other.
  private var pieces: [Piece] = []
  private var parts: [Range<Int>] = []

  init(_ outline: UserOutline) {
    for part in outline.parts {
      let start = pieces.count
      var pending = ""
      for step in part {
        switch step {
        case .open(let tag): pending += Self.open(outline.tags[Int(tag)])
        case .close(let tag): pending += Self.close(outline.tags[Int(tag)])
        case .constant(let tag):
          let tag = outline.tags[Int(tag)]
          pending += Self.open(tag) + Self.escaped(tag.content ?? "") + Self.close(tag)
        case .text(let tag, let field):
          addLiteral(&pending)
          let tag = outline.tags[Int(tag)]
          let before = add(Self.open(tag))
          pieces.append(Piece(before: before, text: Text(field: field, after: add(Self.close(tag)))))
        case .describedText(let tag, let field):
          addLiteral(&pending)
          let tag = outline.tags[Int(tag)]
          let before = add(Self.open(tag).dropLast() + " desc=\"")
          let between = add("\">")
          pieces.append(
            Piece(before: before, text: Text(field: field, after: add(Self.close(tag)), between: between)))
        }
      }
      addLiteral(&pending)
      parts.append(start..<pieces.count)
    }
    literals += [UInt8](repeating: 0, count: EscapedBytes.padding)
  }

  private static func open(_ tag: Tag) -> String {
    "<\(tag.name)\(tag.attributes.map { " \($0.name)=\"\(escaped($0.value, inAttribute: true))\"" }.joined())>"
  }

  private static func close(_ tag: Tag) -> String { "</\(tag.name)>" }

  private mutating func addLiteral(_ pending: inout String) {
    if !pending.isEmpty { pieces.append(Piece(before: add(pending))) }
    pending = ""
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
    let (literals, pieces, parts) = (literals, pieces, parts)
    person.withTexts { text in
      Self.write(user.parts.span, person, text, literals.span, pieces.span, parts.span, into: &bytes)
    }
    return unsafe bytes.withBytes(body)
  }

  private static func write(
    _ user: Span<UInt16>, _ person: borrowing Person, _ text: Span<UInt8>, _ literals: Span<UInt8>,
    _ pieces: Span<Piece>, _ parts: Span<Range<Int>>, into bytes: inout EscapedBytes
  ) {
    for place in user.indices {
      let part = parts[Int(user[place])]
      var index = part.lowerBound
      while index < part.upperBound {
        let piece = pieces[index]
        index &+= 1
        guard let element = piece.text else {
          bytes.append(piece.before, of: literals)
          continue
        }
        let range = person.range(of: element.field)
        if range.isEmpty { continue }
        if let between = element.between {
          bytes.append(piece.before, of: literals)
          bytes.append(escaping: text, range, inAttribute: true)
          bytes.append(between, text, range, element.after, of: literals)
        } else {
          bytes.append(piece.before, text, range, element.after, of: literals)
        }
      }
    }
  }
}
