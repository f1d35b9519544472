import JSONText

/// What was read of a person, and why: recorded only for people with a finding, and for explanations.
struct Reading: Sendable {
  /// What a field was read for.
  enum Use: Sendable {
    /// Its text as it stands.
    case text
    /// A condition.
    case test
    /// What a filter makes of it.
    case filter
  }

  /// A text that could not be made.
  struct Fault: Sendable {
    let rule: Rule
    /// The slot of the text; nil if it is no single one.
    let slot: Slot?
    /// The field to name if the text was made of none.
    var field: Slot?
  }

  /// By the fields' numbers.
  private(set) var texts: [Bool]
  private(set) var tests: [Bool]
  private var filters: [Bool]
  /// Fields of which a filter kept a character that XML forbids.
  var keptIllegal: Set<Slot> = []
  var faults: [Fault] = []

  init(_ plan: Plan) {
    texts = Array(repeating: false, count: plan.fieldNames.count)
    tests = texts
    filters = texts
  }

  mutating func take(_ slot: Slot, _ use: Use) {
    guard slot.index < texts.count else { return }
    switch use {
    case .text: texts[slot.index] = true
    case .test: tests[slot.index] = true
    case .filter: filters[slot.index] = true
    }
  }

  /// Whether a field was read at all.
  func hasRead(_ field: Int) -> Bool { texts[field] || tests[field] || filters[field] }
  /// Whether a field was read by conditions only.
  func isOnlyTested(_ field: Int) -> Bool { tests[field] && !texts[field] && !filters[field] }
  /// Whether a field was read as it stands.
  func hasReadPlainly(_ field: Int) -> Bool { texts[field] || tests[field] }
}

extension Person {
  /// Forgets what was worked out, and records what is read from now on.
  mutating func startReading(_ plan: Plan) {
    for index in plan.firstWorked..<slotCount { self[Slot(index: index)] = .absent }
    number &+= 1
    findings.hasFault = false
    reading = Reading(plan)
    setReading(true)
  }

  /// Records the field of a filter's text that still has a character that XML forbids.
  mutating func recordIllegal(_ source: Slot, _ slot: Slot, _ plan: Plan) {
    guard let field = field(of: source, plan), findings.illegalFields.contains(field) else { return }
    // The reader has put U+FFFD in the place of a lone surrogate.
    if scratchString.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || IllegalCharacter.matches($0) }) {
      reading?.keptIllegal.insert(field)
    }
  }

  /// The field that the text of a slot was made of: of a text its first placeholder's, of alternatives that of the one
  /// used; nil if it was made of none.
  mutating func field(of slot: Slot, _ plan: Plan) -> Slot? {
    if slot.index < plan.fieldNames.count { return slot }
    guard slot.index >= plan.firstWorked else { return nil }
    switch plan.works[slot.index - plan.firstWorked] {
    case .blank, .fault, .literal: return nil
    case .filter(let source, _): return field(of: source, plan)
    case .join(let join):
      for case .slot(let placeholder) in plan.base.pieces[join.range] {
        if let field = field(of: placeholder, plan) { return field }
      }
      return nil
    case .choose(let extent):
      for index in extent.range {
        let option = plan.base.options[index]
        if !holds(option.term, plan) { continue }
        switch option.made {
        case .blank: continue
        case .literal: return firstField(of: option.term, plan)
        case .slot(let slot):
          if !value(slot, plan).isBlank { return field(of: slot, plan) ?? firstField(of: option.term, plan) }
        }
      }
      return nil
    case .extreme(let extent, _):
      let chosen = value(slot, plan)
      for index in extent.range {
        guard case .slot(let option) = plan.base.options[index].made else { continue }
        let value = value(option, plan)
        if value.isWrongType || value == chosen, let field = field(of: option, plan) { return field }
      }
      return nil
    }
  }

  /// The first field that a condition looks at, directly or through what a slot was made of.
  mutating func firstField(of term: Plan.Term, _ plan: Plan) -> Slot? {
    if term.condition < 0 { return nil }
    var index = plan.base.conditions[Int(term.condition)]
    while true {
      let test = plan.base.tests[index]
      if test.kind == .decision {
        for decision in plan.base.decisions[test.extent.range] {
          if let field = firstField(of: decision.term, plan) { return field }
        }
      } else if let field = field(of: test.slot, plan) {
        return field
      }
      if test.endsCondition { return nil }
      index += 1
    }
  }
}
