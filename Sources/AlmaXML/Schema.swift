import CLibXML2
import Files
import StageErrors

/// An XML schema that documents can be validated against, such as Ex Libris' `rest_users.xsd`: libxml2's `xmlSchema`.
@safe
package final class Schema: @unchecked Sendable {
  // It is not changed after it has been read; libxml2 allows reading it from any thread.
  let schema: xmlSchemaPtr

  /// Reads a schema, and those that it includes, but none from the network.
  /// - Throws: `FileError` if the file cannot be read, `SettingError` if it is not a schema.
  package init(path: String) throws {
    // libxml2 does not distinguish a file that it cannot read from a bad schema.
    _ = try FileContents.read(path)
    xmlInitParser()
    unsafe xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader)
    var fault: String?
    let schema = unsafe withUnsafeMutablePointer(to: &fault) { unsafe Self.read(path, reportingTo: $0) }
    guard let schema = unsafe schema else {
      throw SettingError("\(path) is not an XML schema: \(fault ?? "libxml2 does not say why")")
    }
    unsafe self.schema = schema
  }

  private static func read(_ path: String, reportingTo fault: UnsafeMutablePointer<String?>) -> xmlSchemaPtr? {
    let takeError: xmlStructuredErrorFunc = { context, error in
      guard let error = unsafe error?.pointee, let fault = unsafe context?.assumingMemoryBound(to: String?.self),
        unsafe fault.pointee == nil
      else { return }
      let text = unsafe error.message.map { unsafe String(cString: $0) } ?? ""
      let place = unsafe error.file.map { unsafe "\(String(cString: $0)) line \(error.line): " } ?? ""
      unsafe fault.pointee = place + (text.split(separator: "\n").first ?? "")
    }
    // libxml2 reports errors of the schema and errors of its XML to two different handlers.
    unsafe xmlSetStructuredErrorFunc(fault, takeError)
    defer { xmlSetStructuredErrorFunc(nil, nil) }
    guard let parser = unsafe xmlSchemaNewParserCtxt(path) else { return nil }
    defer { unsafe xmlSchemaFreeParserCtxt(parser) }
    unsafe xmlSchemaSetParserStructuredErrors(parser, takeError, fault)
    return unsafe xmlSchemaParse(parser)
  }

  deinit { unsafe xmlSchemaFree(schema) }
}

/// Validates a document while a parser reads it: libxml2's `xmlSchemaSAXPlug`.
///
/// This is 1.3 times as fast as `xmlTextReader` with a schema, and takes no more memory.
@safe
struct SchemaProof: ~Copyable {
  private let validator: xmlSchemaValidCtxtPtr
  private let plug: xmlSchemaSAXPlugPtr
  // The validator has pointers into it.
  private let schema: Schema

  /// Replaces the handlers of a parser by the validator, which calls them.
  init(
    _ schema: Schema, of parser: xmlParserCtxtPtr, reportingTo events: UnsafeMutablePointer<DocumentEvents>
  ) throws(MemoryError) {
    // These fail only if there is no memory left.
    guard let validator = unsafe xmlSchemaNewValidCtxt(schema.schema) else { throw MemoryError() }
    guard let plug = unsafe xmlSchemaSAXPlug(validator, &parser.pointee.sax, &parser.pointee.userData) else {
      unsafe xmlSchemaFreeValidCtxt(validator)
      throw MemoryError()
    }
    unsafe xmlSchemaSetValidStructuredErrors(validator, DocumentEvents.takeError, events)
    unsafe self.validator = validator
    unsafe self.plug = plug
    self.schema = schema
  }

  /// Restores the parser's own handlers. Must be called once, before the parser is freed.
  func unplug() { unsafe xmlSchemaSAXUnplug(plug) }

  /// The message of a validation error, without the invalid value.
  static func problem(_ error: xmlError) -> String {
    let message = unsafe error.message.map { unsafe String(cString: $0) } ?? ""
    var line = String(message.prefix { $0 != "\n" })
    if line.hasSuffix(".") { line.removeLast() }
    switch unsafe xmlParserErrors(UInt32(error.code)) {
    case XML_SCHEMAV_ELEMENT_CONTENT, XML_SCHEMAV_CVC_ELT_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1,
      XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3, XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_4,
      XML_SCHEMAV_CVC_LENGTH_VALID, XML_SCHEMAV_CVC_MINLENGTH_VALID, XML_SCHEMAV_CVC_MAXLENGTH_VALID:
      // These have names and numbers only.
      break
    default: line = unsafe withoutValue(line, error.str1.map { unsafe String(cString: $0) })
    }
    return "not valid against the schema: \(line)"
  }

  private static func withoutValue(_ message: String, _ value: String?) -> String {
    guard let value, let place = message.firstRange(of: "'\(value)'") else {
      // If the value is not found it cannot be removed, so only the element is named.
      return (message.firstRange(of: ": ").map { message[..<$0.lowerBound] } ?? "an element") + ": its value"
    }
    return message[..<place.lowerBound] + "its value" + message[place.upperBound...]
  }

  deinit { unsafe xmlSchemaFreeValidCtxt(validator) }
}
