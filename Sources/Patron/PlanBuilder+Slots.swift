/// What is known of values and slots before there is a person.
extension PlanBuilder {
  /// The alternatives of a name if all are the same for everyone, each under its condition.
  func constants(of name: String) -> [(condition: Condition?, text: String)]? {
    guard let value = values[name] else { return nil }
    var constants: [(condition: Condition?, text: String)] = []
    for option in options(value) {
      guard case .text(let text) = option.leaf, let constant = text.constant else { return nil }
      if !constant.isEmpty { constants.append((option.condition, constant)) }
    }
    return constants
  }

  /// The last field that values look at, directly or through names.
  func lastField(_ values: [Value]) -> Slot? {
    for source in values.flatMap(\.sources).reversed() {
      switch source {
      case .field(let name): return fields[name]
      case .name(let name): if let value = self.values[name], let field = lastField([value]) { return field }
      case .today: continue
      }
    }
    return nil
  }

  /// The first field that a condition looks at, directly or through names.
  func firstField(_ condition: Condition?) -> Slot? {
    for source in condition?.sources ?? [] {
      if let field = firstField(source) { return field }
    }
    return nil
  }

  private func firstField(_ source: Source) -> Slot? {
    switch source {
    case .field(let name): return fields[name]
    case .name(let name):
      for source in values[name]?.sources ?? [] { if let field = firstField(source) { return field } }
      return nil
    case .today: return nil
    }
  }

  /// All fields that a value looks at, directly or through names.
  func allFields(_ value: Value) -> Set<Slot> {
    var found: Set<Slot> = []
    for source in value.sources {
      switch source {
      case .field(let name): if let slot = fields[name] { found.insert(slot) }
      case .name(let name): if let value = values[name] { found.formUnion(allFields(value)) }
      case .today: break
      }
    }
    return found
  }

  /// Whether a slot depends on nothing but the day of the feed.
  func isOfFeed(_ slot: Slot) -> Bool {
    guard slot.index >= firstWorked else { return false }
    switch works[slot.index - firstWorked] {
    case .blank, .fault, .literal: return true
    case .join(let join):
      return base.pieces[join.range].allSatisfy { if case .slot(let slot) = $0 { isOfFeed(slot) } else { true } }
    case .filter(let slot, _): return isOfFeed(slot)
    case .choose(let extent), .extreme(let extent, _):
      return base.options[extent.range].allSatisfy { option in
        if !isTermOfFeed(option.term) { return false }
        if case .slot(let slot) = option.made { return isOfFeed(slot) }
        return true
      }
    }
  }

  private func isTermOfFeed(_ term: Plan.Term) -> Bool {
    if term.condition < 0 { return true }
    let condition = Int(term.condition)
    let first = base.conditions[condition]
    let last = base.conditions.dropFirst(condition + 1).first ?? base.tests.count
    return base.tests[first..<last].allSatisfy { test in
      switch test.kind {
      case .decision: base.decisions[test.extent.range].allSatisfy { isTermOfFeed($0.term) }
      case .patterns:
        isOfFeed(test.slot) && base.patterns[test.extent.range].allSatisfy { slots(of: $0).allSatisfy(isOfFeed) }
      default: isOfFeed(test.slot)
      }
    }
  }

  /// Whether rules look at a section, or a text in it may not be made.
  func isJudged(_ section: Plan.Section) -> Bool {
    switch section.kind {
    case .always: base.demands[Int(section.part)].contains(where: canFail)
    case .choose:
      base.choices[section.extent.range].contains { choice in
        !choice.term.isPlain || choice.slot.map(canFail) == true
          || base.demands[Int(choice.part)].contains(where: canFail)
      }
    case .list:
      base.entries[section.extent.range].contains { !$0.isPlain || $0.judgements.count > 0 || !$0.term.isPlain }
    case .container, .endOfContainer: false
    }
  }

  /// Whether the text of a slot may not be made, or may be longer than the fields that it is made of.
  private func canFail(_ slot: Slot) -> Bool {
    guard slot.index >= firstWorked else { return false }
    switch works[slot.index - firstWorked] {
    case .blank, .literal: return false
    // A joined text may be too long.
    case .fault, .extreme, .filter, .join: return true
    case .choose(let extent):
      return base.options[extent.range].contains { option in
        if !option.term.isPlain { return true }
        if case .slot(let slot) = option.made { return canFail(slot) }
        return false
      }
    }
  }

  /// Whether the text of a slot is always a day.
  func isAlwaysDay(_ made: Plan.Made) -> Bool {
    guard case .slot(let slot) = made else { return true }
    if slot == base.todaySlot { return true }
    guard slot.index >= firstWorked else { return false }
    switch works[slot.index - firstWorked] {
    case .blank, .fault, .literal: return true
    case .join: return false
    case .extreme: return true
    case .choose(let extent): return base.options[extent.range].allSatisfy { isAlwaysDay($0.made) }
    case .filter(_, let steps):
      switch base.filterSteps[steps.range].last {
      case .date, .shift, .next: return true
      default: return false
      }
    }
  }
}
