import AlmaXML
import CExpat
import Foundation

/// Documents, read by two parsers that have nothing in common.
enum DocumentRead {
  /// How many users are in a document that comes in pieces of so many bytes; throws a `ProofError` for one that is no
  /// good.
  static func byLibXML2(_ document: [UInt8], pieces: Int, schema: Schema?) throws -> Int {
    var proof = try DocumentProof(path: "users.xml", schema: schema)
    var offset = 0
    while offset < document.count {
      let end = min(offset + pieces, document.count)
      try proof.take(document.span.extracting(offset..<end))
      offset = end
    }
    return try proof.finish()
  }

  /// What expat finds in a document; throws a `Violation` for one that is not well-formed.
  static func byExpat(_ document: [UInt8]) throws -> ExpatEvents {
    let parser = unsafe XML_ParserCreateNS("UTF-8", 0x0A)
    defer { unsafe XML_ParserFree(parser) }
    let events = ExpatEvents()
    // The events outlive the parser.
    unsafe XML_SetUserData(parser, Unmanaged.passUnretained(events).toOpaque())
    unsafe XML_SetElementHandler(
      parser,
      { context, name, attributes in unsafe ExpatEvents.of(context).start(name, attributes) },
      { context, name in unsafe ExpatEvents.of(context).end(name) })
    unsafe XML_SetCharacterDataHandler(parser) { context, text, count in
      unsafe ExpatEvents.of(context).text(UnsafeRawBufferPointer(start: text, count: Int(count)))
    }
    let status = unsafe document.withUnsafeBytes {
      unsafe XML_Parse(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), 1)
    }
    if status != XML_STATUS_OK {
      let message = unsafe String(cString: XML_ErrorString(XML_GetErrorCode(parser)))
      throw Violation("expat does not read it: \(message) at byte \(unsafe XML_GetCurrentByteIndex(parser))")
    }
    return events
  }
}

/// What expat has told of a document.
final class ExpatEvents {
  /// Of each child `user` of the root, the elements with text and none in them, as `name=text`.
  private(set) var users: [[String]] = []
  private var depth = 0
  private var isLeaf = false
  private var text: [UInt8] = []
  private var description: String?

  fileprivate static func of(_ context: UnsafeMutableRawPointer?) -> ExpatEvents {
    // The context is what `byExpat` has set.
    unsafe Unmanaged<ExpatEvents>.fromOpaque(context!).takeUnretainedValue()
  }

  fileprivate func start(
    _ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
  ) {
    if depth == 1, let name = unsafe name, unsafe strcmp(name, "user") == 0 { users.append([]) }
    depth += 1
    isLeaf = true
    text = []
    description = nil
    var index = 0
    while let key = unsafe attributes?[index], let value = unsafe attributes?[index + 1] {
      if unsafe strcmp(key, "desc") == 0 { description = unsafe String(cString: value) }
      index += 2
    }
  }

  fileprivate func text(_ bytes: UnsafeRawBufferPointer) { unsafe text.append(contentsOf: bytes) }

  fileprivate func end(_ name: UnsafePointer<CChar>?) {
    depth -= 1
    guard isLeaf, depth > 1, !users.isEmpty, let name = unsafe name else { return }
    isLeaf = false
    let described = description.map { "[\($0)]" } ?? ""
    users[users.count - 1].append(
      "\(unsafe String(cString: name))\(described)=\(String(decoding: text, as: UTF8.self))")
  }
}

extension Schema {
  /// Ex Libris' own, where it is there: ALMA_XSD_DIR.
  static let exLibris: Schema? = ProcessInfo.processInfo.environment["ALMA_XSD_DIR"].flatMap {
    try? Schema(path: $0 + "/rest_users.xsd")
  }
}
