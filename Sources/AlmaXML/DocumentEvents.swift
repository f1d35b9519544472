import CLibXML2

/// What libxml2 has reported of a document so far. Its handlers get it as their context pointer.
@safe
struct DocumentEvents {
  /// The maximum nesting of elements. No user is nested as deep, and deep nesting fills the parser's memory.
  static let maxDepth = 100

  private let parser: xmlParserCtxtPtr
  private var depth = 0
  private var hasRoot = false
  /// The number of elements `user` directly in the root.
  private(set) var users = 0
  /// The first problem, with its line from 1.
  private(set) var fault: (problem: String, line: Int)?
  /// Whether the parser has all bytes of the document.
  var isEnding = false

  init(parser: xmlParserCtxtPtr) { unsafe self.parser = parser }

  /// libxml2's handlers (`xmlSAXHandler`), without those for text, which is not checked.
  static var handler: xmlSAXHandler {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe handler.internalSubset = { context, _, _, _ in
      unsafe DocumentEvents.events(context).pointee.refuse("a document type declaration, which is not allowed")
    }
    unsafe handler.startElementNs = { context, name, _, namespace, _, _, _, _, _ in
      unsafe DocumentEvents.events(context).pointee.begin(name, namespace)
    }
    unsafe handler.endElementNs = { context, _, _, _ in
      unsafe DocumentEvents.events(context).pointee.depth -= 1
    }
    return unsafe handler
  }

  /// libxml2's `xmlStructuredErrorFunc`, for the parser and for the schema.
  static let takeError: xmlStructuredErrorFunc = { context, error in
    guard let error = unsafe error?.pointee, unsafe error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
    let events = unsafe DocumentEvents.events(context)
    unsafe events.pointee.refuse(events.pointee.problem(error))
  }

  private static func events(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<DocumentEvents> {
    // The context is what DocumentProof has given to libxml2.
    unsafe context!.assumingMemoryBound(to: DocumentEvents.self)
  }

  private mutating func begin(_ name: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?) {
    if depth == 0 {
      hasRoot = true
      if unsafe namespace != nil || xmlStrEqual(name, "users") == 0 { refuse("its root element is not 'users'") }
    } else if depth == 1 {
      if unsafe namespace == nil, unsafe xmlStrEqual(name, "user") == 1 { users += 1 }
    } else if depth == Self.maxDepth {
      refuse("elements nested deeper than \(Self.maxDepth)")
    }
    depth += 1
  }

  private mutating func refuse(_ problem: String) {
    guard fault == nil else { return }
    fault = (problem, unsafe Int(parser.pointee.input?.pointee.line ?? 1))
  }

  /// A description of an error that quotes nothing from the document, because it has personal data.
  private func problem(_ error: xmlError) -> String {
    if unsafe error.domain == XML_FROM_SCHEMASV.rawValue { return unsafe SchemaProof.problem(error) }
    switch unsafe xmlParserErrors(UInt32(error.code)) {
    case XML_ERR_INVALID_CHAR, XML_ERR_INVALID_CHARREF, XML_ERR_INVALID_ENCODING:
      return Self.badCharacter
    case XML_ERR_UNDECLARED_ENTITY, XML_ERR_NAME_REQUIRED, XML_ERR_ENTITYREF_SEMICOL_MISSING:
      return "not well-formed: an undefined entity, or a '&' or '<' that is not escaped"
    case XML_ERR_UNSUPPORTED_ENCODING, XML_ERR_UNKNOWN_ENCODING: return "its encoding is not UTF-8"
    case XML_ERR_DOCUMENT_EMPTY, XML_ERR_DOCUMENT_END: return endProblem
    case _ where isEnding: return endProblem
    case XML_ERR_TAG_NAME_MISMATCH: return "not well-formed: an end tag that does not fit its start tag"
    case let code: return "not well-formed (libxml2's error \(code.rawValue))"
    }
  }

  static let badCharacter = "not well-formed: a character that XML forbids, or bytes that are not UTF-8"

  private var endProblem: String {
    if !hasRoot { return "it has no element 'users'" }
    return depth > 0 ? "it is truncated: it ends before </users>" : "there is content after </users>"
  }
}
