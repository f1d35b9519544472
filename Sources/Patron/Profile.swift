/// How an institution's people become Alma users, as its document says: alma-people-profile(5).
///
/// It is the document in typed form, free of faults. `Plan` is what people are mapped by.
package struct Profile: Sendable {
  /// What the profile is called in messages and in the stream.
  package let name: String?
  /// The `emplid` and `campus_id` of reject records.
  let emplid: Value?
  let campusID: Value?
  /// Fields that raise no alarm if no person of a feed has them.
  let optional: Set<String>
  /// The values of `set`, in the order of the document.
  let names: [(name: String, value: Value)]
  let tables: [String: Table]
  let checks: [Check]
  /// The verdicts of rules that differ from the usual ones.
  let verdicts: [Rule: Rule.Verdict]
  /// The value of each element given, by the element's name.
  let elements: [String: Value]
  /// The entries of each list given, by the list's name.
  let lists: [String: [Entry]]

  /// A table from codes to texts.
  struct Table: Sendable {
    /// The text of each code; empty for blank.
    let rows: [String: String]
    /// The text of all other codes, empty for blank; nil if a person with such a code is rejected.
    let others: String?
  }

  /// A rule of the institution's own.
  struct Check: Sendable {
    let verdict: Rule.Verdict
    let code: String
    let condition: Condition
    /// The message of a reason.
    let message: String
    /// The field of a reason; nil for the first of the condition.
    let field: String?
  }
}

/// What is wrong with a profile, and where.
package struct ProfileFault: Error, Equatable, CustomStringConvertible {
  /// The line, from 1.
  package let line: Int
  /// The column in Unicode scalars, from 1.
  package let column: Int
  /// The JSON Pointer (RFC 6901) of what is wrong; empty for the document.
  package let pointer: String
  /// What is wrong and what is expected.
  package let problem: String

  /// The line, column, JSON Pointer and problem, to follow the file's name and a colon.
  package var description: String { "\(line):\(column): \(pointer.isEmpty ? "" : "\(pointer): ")\(problem)" }
}

extension Profile {
  /// The document of the built-in profile, for people as the PeopleSoft API store gives them.
  package static var builtInDocument: [UInt8] { PackageResources.peoplesoft_json }

  /// The built-in profile.
  package static func builtIn() throws(ProfileFault) -> Profile { try Profile(document: builtInDocument) }
}
