import CLibXML2
package import Files
package import Patron
package import SystemPackage

/// Writes one `<users>` document, user by user, with libxml2's xmlTextWriter.
///
/// libxml2's writer gets each user from `FragmentWriter` as one piece of text or, for the forms `pretty` and
/// `elements`, element by element.
@safe
package struct DocumentWriter: ~Copyable {
  /// How the document is laid out.
  package enum Form: Sendable {
    /// One line for each user.
    case lines
    /// One line for each element, indented, for people to read.
    case pretty
    /// The same bytes as `lines`, written by the element API alone. The tests compare the two.
    case elements
  }

  private static let lineFeed: StaticString = "\n"

  /// The number of users written so far.
  package private(set) var users = 0
  private let path: String
  private let form: Form
  private let outline: UserOutline
  private let sink: OutputSink
  private let writer: xmlTextWriterPtr
  private var fragments: FragmentWriter

  /// Starts the document.
  /// - Parameters:
  ///   - file: it is not closed.
  ///   - path: the document's name in errors.
  ///   - bufferSize: in bytes.
  package init(
    _ file: FileDescriptor, path: String, outline: UserOutline, form: Form = .lines, bufferSize: Int = 64 << 10
  ) throws(FileError) {
    self.path = path
    self.form = form
    self.outline = outline
    sink = OutputSink(file, bufferSize: bufferSize)
    fragments = FragmentWriter(outline)
    unsafe writer = try Self.open(sink, path)
    if form == .pretty {
      unsafe xmlTextWriterSetIndent(writer, 1)
      unsafe xmlTextWriterSetIndentString(writer, "  ")
    }
    unsafe xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nil)
    unsafe xmlTextWriterStartElement(writer, "users")
    endLine()
  }

  /// Opens xmlNewTextWriter over xmlOutputBufferCreateIO, which writes to the sink.
  private static func open(_ sink: OutputSink, _ path: String) throws(FileError) -> xmlTextWriterPtr {
    let context = unsafe Unmanaged.passRetained(sink).toOpaque()
    let output = unsafe xmlOutputBufferCreateIO(
      { context, bytes, count in
        guard let context = unsafe context, count > 0 else { return 0 }
        let sink = unsafe Unmanaged<OutputSink>.fromOpaque(context).takeUnretainedValue()
        unsafe sink.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        return count
      },
      { context in
        if let context = unsafe context { unsafe Unmanaged<OutputSink>.fromOpaque(context).release() }
        return 0
      }, context, nil)
    guard let output = unsafe output, let writer = unsafe xmlNewTextWriter(output) else {
      throw FileError(.write, path, .noMemory)
    }
    return unsafe writer
  }

  deinit { unsafe xmlFreeTextWriter(writer) }

  /// Writes a user.
  ///
  /// Because of the buffer, an error of the file may be thrown by a later call, or by `finish()`.
  package mutating func write(_ user: borrowing AlmaUser, _ person: borrowing Person) throws(FileError) {
    if form == .lines {
      unsafe fragments.withFragment(of: user, person) { fragment in
        let text = unsafe fragment.bindMemory(to: xmlChar.self)
        unsafe xmlTextWriterWriteRawLen(writer, text.baseAddress, Int32(clamping: text.count))
      }
    } else {
      unsafe xmlTextWriterStartElement(writer, "user")
      writeElements(of: user, person)
      unsafe xmlTextWriterEndElement(writer)
      endLine()
    }
    users += 1
    if let failure = sink.failure { throw FileError(.write, path, failure) }
  }

  /// Ends the document and writes the rest of it to the file.
  /// - Returns: the document's length in bytes.
  package mutating func finish() throws(FileError) -> Int {
    unsafe xmlTextWriterEndElement(writer)
    unsafe xmlTextWriterEndDocument(writer)
    unsafe xmlTextWriterFlush(writer)
    sink.flush()
    if let failure = sink.failure { throw FileError(.write, path, failure) }
    return sink.byteCount
  }

  private func endLine() {
    if form != .pretty { unsafe xmlTextWriterWriteRawLen(writer, Self.lineFeed.utf8Start, 1) }
  }

  private func writeElements(of user: borrowing AlmaUser, _ person: borrowing Person) {
    let tags = outline.tags
    for step in outline.steps(of: user, person) {
      switch step {
      case .open(let tag): start(tags[Int(tag)])
      case .close: unsafe xmlTextWriterEndElement(writer)
      case .constant(let tag):
        start(tags[Int(tag)])
        writeLines(of: tags[Int(tag)].content ?? "")
        unsafe xmlTextWriterEndElement(writer)
      case .text(let tag, let field):
        start(tags[Int(tag)])
        writeLines(of: person.string(field) ?? "")
        unsafe xmlTextWriterEndElement(writer)
      case .describedText(let tag, let field):
        start(tags[Int(tag)])
        unsafe xmlTextWriterWriteAttribute(writer, "desc", person.string(field) ?? "")
        writeLines(of: person.string(field) ?? "")
        unsafe xmlTextWriterEndElement(writer)
      }
    }
  }

  /// Writes the content of an element, with `&#10;` for a line feed, which xmlTextWriterWriteString does not escape: a
  /// user is one line.
  private func writeLines(of text: String) {
    // By scalars: a carriage return and a line feed are one character.
    for (number, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if number > 0 { unsafe xmlTextWriterWriteRaw(writer, "&#10;") }
      unsafe xmlTextWriterWriteString(writer, String(line))
    }
  }

  private func start(_ tag: Tag) {
    unsafe xmlTextWriterStartElement(writer, tag.name)
    for (name, value) in tag.attributes { unsafe xmlTextWriterWriteAttribute(writer, name, value) }
  }
}
