import JSONText
import Patron

/// Writes a whole `<user>` as one piece of text, with the line feed that ends its line.
///
/// The element API of libxml2 costs eight times as much as everything else, so libxml2 is called once for each user,
/// with this text. The tests compare it with the bytes that the element API writes for the same people.
struct FragmentWriter: ~Copyable {
  /// A part of a user: the elements with text, each with the literal before it, and the literal after the last element.
  private struct Part {
    let elements: Range<Int>
    let tail: EscapedBytes.Literal
  }

  private struct Element {
    let slot: Slot
    let frame: EscapedBytes.Frame
  }

  private var bytes = EscapedBytes()
  /// All literals, one after the other, then padding.
  private var literals: [UInt8] = []
  /// The elements of all parts, one part after the other.
  private var elements: [Element] = []
  private var parts: [Part] = []
  private let start, end: EscapedBytes.Literal

  init(_ outline: UserOutline) {
    start = Self.add("<user>", to: &literals)
    end = Self.add("</user>\n", to: &literals)
    for part in outline.parts {
      let first = elements.count
      var lead = ""
      for step in part {
        switch step {
        case .open(let tag): lead += Self.open(outline.tags[Int(tag)])
        case .close(let tag): lead += Self.close(outline.tags[Int(tag)])
        case .constant(let tag):
          let tag = outline.tags[Int(tag)]
          lead += Self.open(tag) + Self.escaped(tag.content ?? "") + Self.close(tag)
        case .text(let tag, let slot):
          let tag = outline.tags[Int(tag)]
          add(slot, after: &lead, Self.open(tag), Self.close(tag))
        case .describedText(let tag, let slot):
          let tag = outline.tags[Int(tag)]
          add(slot, after: &lead, Self.open(tag).dropLast() + " desc=\"", "\">", inAttribute: true)
          add(slot, after: &lead, "", Self.close(tag))
        }
      }
      parts.append(Part(elements: first..<elements.count, tail: Self.add(lead, to: &literals)))
    }
    literals += [UInt8](repeating: 0, count: EscapedBytes.padding)
  }

  /// Adds a field whose text is written between two literals if it is not empty, after a lead that is always written.
  private mutating func add(
    _ slot: Slot, after lead: inout String, _ before: String, _ after: String, inAttribute: Bool = false
  ) {
    let start = Self.add(lead + before, to: &literals)
    let end = Self.add(after, to: &literals)
    let frame = EscapedBytes.Frame(
      leadCount: lead.utf8.count, before: start, afterCount: end.count, isInAttribute: inAttribute)
    elements.append(Element(slot: slot, frame: frame))
    lead = ""
  }

  private static func open(_ tag: Tag) -> String {
    "<\(tag.name)\(tag.attributes.map { " \($0.name)=\"\(escaped($0.value, inAttribute: true))\"" }.joined())>"
  }

  private static func close(_ tag: Tag) -> String { "</\(tag.name)>" }

  private static func add(_ text: String, to literals: inout [UInt8]) -> EscapedBytes.Literal {
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
    let (literals, elements, parts) = (literals, elements, parts)
    person.withTexts { text, values in
      bytes.append(start, of: literals.span)
      user.withParts { Self.write($0, text, values, literals.span, elements.span, parts.span, into: &bytes) }
      bytes.append(end, of: literals.span)
    }
    return unsafe bytes.withBytes(body)
  }

  private static func write(
    _ user: Span<UInt16>, _ text: Span<UInt8>, _ values: Span<JSONSlice>, _ literals: Span<UInt8>,
    _ elements: Span<Element>, _ parts: Span<Part>, into bytes: inout EscapedBytes
  ) {
    for place in user.indices {
      let part = parts[Int(user[place])]
      var index = part.elements.lowerBound
      while index < part.elements.upperBound {
        let value = values[elements[index].slot.index]
        if value.isBlank {
          bytes.appendLead(of: elements[index].frame, of: literals)
        } else {
          bytes.append(text, value.start..<value.end, in: elements[index].frame, of: literals)
        }
        index &+= 1
      }
      bytes.append(part.tail, of: literals)
    }
  }
}
