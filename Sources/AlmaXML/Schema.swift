import CLibXML2
import StageSupport

/// An XML schema that documents can be validated by, such as Ex Libris' `rest_users.xsd`: libxml2's `xmlSchema`.
@safe
public final class Schema: @unchecked Sendable {
  // It is not changed after it has been read; libxml2 allows reading it from any thread.
  let schema: xmlSchemaPtr

  /// Reads a schema, and those that it includes, but none from the network.
  /// - Throws: `FileError` if the file cannot be read, `SettingError` if it is not a schema.
  public init(path: String) throws {
    // libxml2 does not distinguish a file that it cannot read from a bad schema.
    _ = try FileContents.read(path)
    xmlInitParser()
    unsafe xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader)
    var fault: String?
    let schema = unsafe withUnsafeMutablePointer(to: &fault) { unsafe Self.read(path, telling: $0) }
    guard let schema = unsafe schema else {
      throw SettingError("\(path) is no XML schema: \(fault ?? "libxml2 does not say why")")
    }
    unsafe self.schema = schema
  }

  private static func read(_ path: String, telling fault: UnsafeMutablePointer<String?>) -> xmlSchemaPtr? {
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
