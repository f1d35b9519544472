import CLibXML2
import Glibc
package import StageErrors

/// Checks that a document is whole, well-formed, UTF-8, and a list of users, from its bytes in pieces.
///
/// It uses libxml2's push parser (`xmlParseChunk`), which builds no tree, so memory does not grow with the document. It
/// reads nothing but the given bytes and prints nothing. A document type declaration is refused, so that no entities
/// are expanded.
@safe
package struct DocumentProof: ~Copyable {
  private let path: String
  private let parser: xmlParserCtxtPtr
  private let events: UnsafeMutablePointer<DocumentEvents>
  private let validation: SchemaProof?
  private var hasBegun = false
  private var utf8 = UTF8Proof()
  /// The number of line feeds so far.
  private var lines = 0

  /// Starts a document.
  /// - Parameters:
  ///   - path: the document's name in errors.
  ///   - schema: a schema that the document must be valid against, or nil.
  /// - Throws: `MemoryError` if libxml2 cannot allocate a parser.
  package init(path: String, schema: Schema? = nil) throws(MemoryError) {
    xmlInitParser()
    var handler = unsafe DocumentEvents.handler
    let events = UnsafeMutablePointer<DocumentEvents>.allocate(capacity: 1)
    // The handler is copied. This fails only if there is no memory left.
    guard let parser = unsafe xmlCreatePushParserCtxt(&handler, events, nil, 0, nil) else {
      unsafe events.deallocate()
      throw MemoryError()
    }
    unsafe xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue))
    unsafe events.initialize(to: DocumentEvents(parser: parser))
    do throws(MemoryError) {
      validation = if let schema { unsafe try SchemaProof(schema, of: parser, reportingTo: events) } else { nil }
    } catch {
      unsafe xmlFreeParserCtxt(parser)
      unsafe events.deallocate()
      throw error
    }
    self.path = path
    unsafe self.parser = parser
    unsafe self.events = events
  }

  /// Checks the next bytes. The first error ends the proof.
  package mutating func take(_ bytes: Span<UInt8>) throws(ProofError) {
    if bytes.isEmpty { return }
    if !hasBegun {
      // It may begin with a byte order mark or be UTF-16. Alma refuses bytes before the prolog.
      guard bytes[0] == UInt8(ascii: "<") else { throw error("it does not begin with '<'", line: 1) }
      hasBegun = true
    }
    let invalid = utf8.take(bytes)
    let valid = bytes.extracting(0..<(invalid ?? bytes.count))
    unsafe valid.withUnsafeBytes { piece in
      unsafe parse(piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count))
    }
    try check()
    if unsafe parser.pointee.input?.pointee.buf?.pointee.encoder != nil {
      throw error("its encoding is not UTF-8", line: 1)
    }
    lines += Self.lineFeeds(in: valid)
    if invalid != nil { throw error(DocumentEvents.badCharacter, line: lines + 1) }
  }

  private static func lineFeeds(in bytes: Span<UInt8>) -> Int {
    unsafe bytes.withUnsafeBytes { piece in
      var count = 0
      var rest = unsafe piece[...]
      // memchr(3) stays within the piece.
      while let start = unsafe UnsafeRawBufferPointer(rebasing: rest).baseAddress,
        let found = unsafe memchr(start, 0x0A, rest.count)
      {
        count += 1
        unsafe rest = rest.dropFirst(UnsafeRawPointer(found) - start + 1)
      }
      return count
    }
  }

  /// Ends the document.
  /// - Returns: the number of its users.
  package consuming func finish() throws(ProofError) -> Int {
    unsafe events.pointee.isEnding = true
    unsafe parse(nil, 0)
    try check()
    return unsafe events.pointee.users
  }

  private func parse(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
    // The handler of the thread gets all errors, even when a schema has replaced the parser's own handlers.
    unsafe xmlSetStructuredErrorFunc(events, DocumentEvents.takeError)
    _ = unsafe xmlParseChunk(parser, bytes, count, events.pointee.isEnding ? 1 : 0)
    xmlSetStructuredErrorFunc(nil, nil)
  }

  private func check() throws(ProofError) {
    if let fault = unsafe events.pointee.fault { throw error(fault.problem, line: fault.line) }
    if unsafe parser.pointee.wellFormed == 0 { throw error("not well-formed", line: 1) }
  }

  private func error(_ problem: String, line: Int) -> ProofError {
    ProofError(path: path, line: line, problem: problem)
  }

  deinit {
    validation?.unplug()
    unsafe xmlFreeParserCtxt(parser)
    unsafe events.deinitialize(count: 1)
    unsafe events.deallocate()
  }
}

/// Why a document must not be given to Alma, and where. Exit status 65.
package struct ProofError: StageError, Equatable {
  /// The document's name.
  package let path: String
  /// The line, from 1.
  package let line: Int
  /// What is wrong, without any text of the document.
  package let problem: String

  package var description: String { "\(path) line \(line): \(problem); make it again with patron-to-xml" }
  package var exitStatus: ExitStatus { .badData }
}
