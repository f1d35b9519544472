/// The JSON Schema (draft 2020-12) of profiles, made from the tables of elements.
public enum ProfileSchema {
  /// The schema as a JSON document.
  public static var document: [UInt8] { Array("{}\n".utf8) }
}
