import JSONText

/// The fields of a profile that the people of a feed have.
package struct FieldUse: Sendable {
  /// The fields that no person had as a member, and those that were blank for every person.
  package private(set) var missing, empty: [Slot]

  /// Starts a feed.
  package init(_ plan: Plan) {
    missing = plan.fieldNames.indices.map(Slot.init)
    empty = missing
  }

  /// Takes note of a person's fields. It looks only at fields that no person has had so far.
  package mutating func take(_ person: borrowing Person) {
    if empty.isEmpty { return }
    var isNew = false
    for slot in empty where person[slot].isText { isNew = true }
    if isNew { empty = Self.without(empty) { person[$0].isText } }
    if missing.isEmpty { return }
    isNew = false
    for slot in missing where person[slot].shape != .absent { isNew = true }
    if isNew { missing = Self.without(missing) { person[$0].shape != .absent } }
  }

  private static func without(_ slots: [Slot], _ isFound: (Slot) -> Bool) -> [Slot] { slots.filter { !isFound($0) } }

  /// The names of the fields that were not blank for at least one person.
  package func filled(_ plan: Plan) -> [String] {
    let empty = Set(empty)
    return plan.fieldNames.enumerated().filter { !empty.contains(Slot(index: $0.offset)) }.map(\.element)
  }
}

extension Plan {
  /// The elements that a field is part of, such as `address/city`.
  package func elements(of field: Slot) -> [String] { base.elementsOfField[field.index] }

  /// Whether a field raises no alarm if no person of a feed has it.
  package func isOptional(_ name: String) -> Bool { base.optional.contains(name) }
}
