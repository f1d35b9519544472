import CLibXML2
import Glibc

/// Proves, while the bytes of a document pass by, that it is whole, well-formed, UTF-8, and a list of users.
///
/// It is libxml2's push parser (`xmlParseChunk`), which builds no tree: memory stays flat. Nothing but the bytes given is
/// read, and nothing is printed. A document type declaration is refused, so that there are no entities to expand.
@safe
public struct DocumentProof: ~Copyable {
  private let path: String
  private let parser: xmlParserCtxtPtr
  private let events: UnsafeMutablePointer<DocumentEvents>
  private let validation: SchemaProof?
  private var hasBegun = false
  private var utf8 = UTF8Proof()
  /// The lines before the bytes that come next.
  private var lines = 0

  /// - Parameters:
  ///   - path: for the errors.
  ///   - schema: what the document has to be valid by, too.
  public init(path: String, schema: Schema? = nil) {
    xmlInitParser()
    var handler = unsafe DocumentEvents.handler
    let events = UnsafeMutablePointer<DocumentEvents>.allocate(capacity: 1)
    // The handler is copied. This fails only where there is no memory left.
    guard let parser = unsafe xmlCreatePushParserCtxt(&handler, events, nil, 0, nil) else {
      fatalError("libxml2 has no memory for a parser")
    }
    unsafe xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue))
    unsafe events.initialize(to: DocumentEvents(parser: parser))
    self.path = path
    unsafe self.parser = parser
    unsafe self.events = events
    validation = if let schema { unsafe SchemaProof(schema, of: parser, telling: events) } else { nil }
  }

  /// Takes the bytes that come next.
  public mutating func take(_ bytes: Span<UInt8>) throws(ProofError) {
    if bytes.isEmpty { return }
    if !hasBegun {
      // A byte order mark, or an encoding of two bytes. Alma refuses what has bytes before its prolog.
      guard bytes[0] == UInt8(ascii: "<") else { throw error("it does not begin with '<'", line: 1) }
      hasBegun = true
    }
    let wrong = utf8.take(bytes)
    let sound = bytes.extracting(0..<(wrong ?? bytes.count))
    unsafe sound.withUnsafeBytes { piece in
      unsafe parse(piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count))
    }
    try check()
    if unsafe parser.pointee.input?.pointee.buf?.pointee.encoder != nil {
      throw error("its encoding is not UTF-8", line: 1)
    }
    lines += Self.lineFeeds(in: sound)
    if wrong != nil { throw error(DocumentEvents.badCharacter, line: lines + 1) }
  }

  private static func lineFeeds(in bytes: Span<UInt8>) -> Int {
    unsafe bytes.withUnsafeBytes { piece in
      var count = 0
      var rest = unsafe piece[...]
      // memchr(3) is within the piece.
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
  /// - Returns: how many users are in it.
  public consuming func finish() throws(ProofError) -> Int {
    unsafe events.pointee.isEnding = true
    unsafe parse(nil, 0)
    try check()
    return unsafe events.pointee.users
  }

  private func parse(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
    // The handler of the thread hears everything, also where a schema has taken the parser's own handlers away.
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
