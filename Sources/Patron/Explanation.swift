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
        for index in extent.range where user.entries.contains(UInt16(truncatingIfNeeded: index)) {
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
