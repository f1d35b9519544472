import JSONText

/// An element that is written for a person.
struct WrittenElement {
  let step: Plan.ElementStep
  let option: Plan.ElementStep.Option
  /// The slot of its text; nil if that is the same for everyone.
  let slot: Slot?
}

extension Person {
  /// The elements of a user, in the order in which they are written.
  mutating func elements(of user: borrowing AlmaUser, _ plan: Plan) -> [WrittenElement] {
    var elements: [WrittenElement] = []
    for listing in plan.base.listing {
      switch listing {
      case .element(let step): if let element = written(step, plan) { elements.append(element) }
      case .list(let extent, let steps):
        for place in user.entries.indices where extent.range.contains(Int(user.entries[place])) {
          let index = Int(user.entries[place])
          elements += steps[index - extent.range.lowerBound].compactMap { written($0, plan) }
        }
      }
    }
    return elements
  }

  /// The element with the value that is used; nil if all are blank.
  private mutating func written(_ step: Plan.ElementStep, _ plan: Plan) -> WrittenElement? {
    for option in step.options {
      if !holds(option.term, plan) { continue }
      switch option.made {
      case .blank: continue
      case .literal: return WrittenElement(step: step, option: option, slot: nil)
      case .slot(let slot):
        if !value(slot, plan).isBlank { return WrittenElement(step: step, option: option, slot: slot) }
      }
    }
    return nil
  }
}

/// What became of each field of a person.
package struct Explanation: Sendable {
  /// What was written from fields, in its order: the element, the field, and the place of the value in the profile.
  package var elements: [(element: String, field: String, pointer: String)] = []
  /// The fields that are not blank and are not sent, in the order of the person's members; whether the profile names
  /// each, and whether it was read.
  package var unsent: [(field: String, isNamed: Bool, isRead: Bool)] = []
}

extension RuleSet {
  /// Explains a person, who has been checked.
  package mutating func explanation(of person: inout Person, _ line: Span<UInt8>, isExcluded: Bool) -> Explanation {
    readAgain(&person, isExcluded: isExcluded)
    let plan = plan
    var explanation = Explanation()
    var sent: Set<Slot> = []
    if !isExcluded {
      for element in person.elements(of: user, plan) {
        let field =
          element.slot.flatMap { person.field(of: $0, plan) } ?? person.firstField(of: element.option.term, plan)
        guard let field else { continue }
        sent.insert(field)
        explanation.elements.append((element.step.name, plan.name(of: field), element.option.pointer))
      }
    }
    guard case .object(let members) = try? JSONValue(parsing: line) else { return explanation }
    for member in members where !member.value.isBlank {
      let field = plan.fieldNames.firstIndex(of: member.name)
      if let field, sent.contains(Slot(index: field)) { continue }
      let isRead = field.map { person.reading?.hasRead($0) == true } ?? false
      explanation.unsent.append((member.name, field != nil, isRead))
    }
    return explanation
  }
}

extension JSONValue {
  /// Whether a member of a person is blank.
  fileprivate var isBlank: Bool {
    switch self {
    case .null: true
    case .string(let text): text.trimmed.isEmpty
    case .object(let members):
      members.count == 1 && members[0].name == "@nil"
        && (members[0].value == .boolean(true) || members[0].value == .string("true"))
    default: false
    }
  }
}
