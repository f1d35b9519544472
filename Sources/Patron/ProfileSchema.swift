import JSONText

/// The JSON Schema (draft 2020-12) of profiles, made from the tables of elements, rules and filters, for editors that
/// complete and check profiles.
package enum ProfileSchema {
  /// The schema as a JSON document.
  package static var document: [UInt8] {
    var writer = SchemaWriter()
    writer.object {
      $0.member("$schema", "https://json-schema.org/draft/2020-12/schema")
      $0.member("title", "A profile of alma-people")
      $0.objectBody(required: ["profile", "user"]) {
        $0.object("$schema") { $0.member("type", "string") }
        $0.object("profile") { $0.literal("const", "1") }
        $0.object("name") { $0.text(pattern: "^[A-Za-z0-9._-]+$") }
        $0.object("identify") { $0.objectBody { for name in ["emplid", "campus_id"] { $0.reference(name, "value") } } }
        $0.object("optional") {
          $0.list { $0.member("type", "string") }
          $0.literal("uniqueItems", "true")
        }
        $0.object("set") { $0.dictionary { $0.reference("value") } }
        $0.object("tables") {
          $0.dictionary { $0.dictionary { $0.types(["string", "null", "array"]) } }
        }
        $0.object("checks") { $0.list { $0.anyOf(["exclude", "reject", "warn"]) { $0.check($1) } } }
        $0.object("rules") {
          $0.objectBody {
            for rule in Rule.allCases where rule.isChangeable {
              $0.object(rule.rawValue) { $0.strings("enum", ["reject", "warn", "ignore"]) }
            }
          }
        }
        $0.object("user") {
          $0.objectBody(required: ["primary_id"]) {
            for member in UserMember.members { $0.userMember(member) }
          }
        }
      }
      $0.object("$defs") {
        $0.definitions()
        for case .list(let list) in UserMember.members { $0.object(list.name) { $0.entry(list) } }
      }
    }
    return writer.bytes
  }
}

/// Writes parts of a schema.
private struct SchemaWriter {
  private var json = JSONWriter()

  var bytes: [UInt8] { json.bytes + [0x0A] }

  mutating func object(_ name: String? = nil, _ body: (inout SchemaWriter) -> Void) {
    json.beginObject(name)
    body(&self)
    json.endObject()
  }

  mutating func member(_ name: String, _ text: String) { json.string(text, name) }

  mutating func literal(_ name: String, _ spelling: String) { json.literal(spelling, name) }

  mutating func strings(_ name: String, _ texts: [String]) {
    json.beginArray(name)
    for text in texts { json.element(text) }
    json.endArray()
  }

  mutating func types(_ names: [String]) { strings("type", names) }

  mutating func text(pattern: String) {
    member("type", "string")
    member("pattern", pattern)
  }

  mutating func reference(_ name: String, _ definition: String) { object(name) { $0.reference(definition) } }

  mutating func reference(_ definition: String) { member("$ref", "#/$defs/\(definition)") }

  /// An object with known members, of which comments are one.
  mutating func objectBody(required: [String] = [], _ members: (inout SchemaWriter) -> Void) {
    member("type", "object")
    literal("additionalProperties", "false")
    object("properties") {
      $0.reference("#", "comment")
      members(&$0)
    }
    if !required.isEmpty { strings("required", required) }
  }

  /// An object with any members.
  mutating func dictionary(_ value: (inout SchemaWriter) -> Void) {
    member("type", "object")
    object("additionalProperties", value)
  }

  /// A list of at least so many items.
  mutating func list(min: Int = 1, _ item: (inout SchemaWriter) -> Void) {
    member("type", "array")
    object("items", item)
    literal("minItems", String(min))
  }

  mutating func anyOf<Choice>(_ choices: [Choice], _ body: (inout SchemaWriter, Choice) -> Void) {
    json.beginArray("anyOf")
    for choice in choices { object { body(&$0, choice) } }
    json.endArray()
  }

  /// A value or a list of values.
  mutating func oneOrList(_ item: (inout SchemaWriter) -> Void) {
    anyOf([false, true]) { writer, isList in
      if isList { writer.list(item) } else { item(&writer) }
    }
  }

  mutating func check(_ verdict: String) {
    objectBody(required: [verdict, "when", "because"]) {
      $0.object(verdict) { $0.text(pattern: "^[a-z][a-z0-9_]*$") }
      $0.reference("when", "when")
      $0.object("field") { $0.member("type", "string") }
      $0.object("because") { $0.member("type", "string") }
    }
  }

  mutating func userMember(_ member: UserMember) {
    guard case .list(let list) = member else { return reference(member.name, "value") }
    object(list.name) {
      $0.oneOrList {
        $0.anyOf([false, true]) { writer, isGroup in
          if !isGroup { return writer.reference(list.name) }
          writer.objectBody(required: ["first"]) {
            $0.object("first") { $0.list(min: 2) { $0.reference(list.name) } }
            $0.reference("when", "when")
          }
        }
      }
    }
  }

  /// An entry of a list.
  mutating func entry(_ list: UserList) {
    if !list.isPlain { return entryBody(list) }
    anyOf([false, true]) { writer, isEntry in
      if isEntry { writer.entryBody(list) } else { writer.reference("value") }
    }
  }

  private mutating func entryBody(_ list: UserList) {
    objectBody(required: list.children.filter(\.isRequired).map(\.name)) {
      $0.reference("when", "when")
      for child in list.children {
        $0.object(child.name) {
          if case .types = child.content { $0.oneOrList { $0.reference("value") } } else { $0.reference("value") }
        }
      }
    }
  }

  mutating func definitions() {
    object("comment") { $0.oneOrList { $0.member("type", "string") } }
    object("text") {
      $0.member("type", "string")
      $0.literal("maxLength", String(ProfileReader.maxTextLength))
      $0.member(
        "description",
        "A text with placeholders: {FIELD}, {FIELD | filter}, {$name}; a brace is written twice. Filters: "
          + Filter.usages.map { $0.words.isEmpty ? $0.name : "\($0.name) \($0.words)" }.joined(separator: ", ") + ".")
    }
    object("pattern") {
      $0.member("type", "string")
      $0.member(
        "description",
        "\"\" blank; * any text, ? a character, # a digit; A..B from A to B; placeholders as in texts; \\ before a character "
          + "to take it literally.")
    }
    object("condition") {
      $0.member("type", "object")
      $0.literal("minProperties", "1")
      $0.object("additionalProperties") {
        $0.anyOf([false, true]) { writer, isNegated in
          if !isNegated { return writer.oneOrList { $0.reference("pattern") } }
          writer.objectBody(required: ["not"]) { $0.object("not") { $0.oneOrList { $0.reference("pattern") } } }
        }
      }
      $0.member("description", "All members must hold.")
    }
    object("when") {
      $0.oneOrList { $0.reference("condition") }
      $0.member("description", "A list holds where one of its members does.")
    }
    object("value") {
      $0.anyOf(["text", "list", "object"]) { writer, kind in
        switch kind {
        case "text": writer.reference("text")
        case "list":
          writer.list { $0.reference("value") }
          writer.member("description", "The first that is not blank.")
        default: writer.choice()
        }
      }
    }
  }

  private mutating func choice() {
    let kinds = ["use", "latest", "earliest"]
    objectBody {
      $0.reference("use", "value")
      for kind in kinds.dropFirst() { $0.object(kind) { $0.list { $0.reference("value") } } }
      $0.reference("when", "when")
      $0.reference("desc", "text")
    }
    json.beginArray("oneOf")
    for kind in kinds { object { $0.strings("required", [kind]) } }
    json.endArray()
  }
}
