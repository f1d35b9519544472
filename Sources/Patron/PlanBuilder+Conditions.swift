/// Conditions.
extension PlanBuilder {
  mutating func term(_ condition: Condition?) -> Plan.Term {
    guard let condition else { return .always }
    if let known = madeConditions[condition] { return known }
    let made: Plan.Term
    if let alias = alias(condition) {
      made = alias
    } else {
      let number = add(condition.alternatives, also: [])
      made = term(number)
    }
    madeConditions[condition] = made
    return made
  }

  /// The term of a condition; plain if it is one list of plain tests.
  func term(_ condition: Int) -> Plan.Term {
    let mask = masks[condition]
    return Plan.Term(
      condition: Int32(condition), isNegated: false, isPlain: mask != nil, mask: mask ?? 0, wanted: mask ?? 0)
  }

  /// Adds a condition whose alternatives all have some further tests.
  mutating func add(_ alternatives: [[Condition.Test]], also further: [Plan.Test]) -> Int {
    // The tests that a condition needs come before its own, because its own follow each other.
    var rows: [[Plan.Test]] = []
    for tests in alternatives {
      var row: [Plan.Test] = []
      for test in tests { row.append(made(test)) }
      rows.append(row + further)
    }
    base.conditions.append(base.tests.count)
    masks.append(rows.count == 1 ? plainMask(rows[0]) : nil)
    for (number, row) in rows.enumerated() {
      for (index, var test) in row.enumerated() {
        test.isLast = index == row.count - 1
        test.endsCondition = test.isLast && number == rows.count - 1
        base.tests.append(test)
      }
    }
    return base.conditions.count - 1
  }

  private mutating func made(_ test: Condition.Test) -> Plan.Test {
    if let decisions = decisions(test) {
      base.decisions += decisions
      return Plan.Test(
        slot: Slot(index: 0), kind: .decision,
        extent: Plan.Extent(base.decisions.count - decisions.count, decisions.count))
    }
    return self.test(slot(made(test.source)), test.patterns, isNegated: test.isNegated)
  }

  /// The tests of a name that has only constants are tests of their conditions; nil for any other.
  private mutating func decisions(_ test: Condition.Test) -> [Plan.Decision]? {
    guard case .name(let name) = test.source, let constants = constants(of: name),
      test.patterns.allSatisfy({ $0.placeholders.isEmpty })
    else { return nil }
    var decisions: [Plan.Decision] = []
    for (condition, text) in constants {
      let fits = test.patterns.contains { $0.fits(text) }
      decisions.append(Plan.Decision(term: term(condition), result: fits != test.isNegated))
    }
    if constants.allSatisfy({ $0.condition != nil }) {
      decisions.append(Plan.Decision(term: .always, result: test.patterns.contains(.blank) != test.isNegated))
    }
    return decisions
  }

  /// The term that a condition with a single test of a name of two constants comes to; nil for any other.
  private mutating func alias(_ condition: Condition) -> Plan.Term? {
    guard condition.alternatives.count == 1, condition.alternatives[0].count == 1,
      let decisions = decisions(condition.alternatives[0][0]), decisions.count == 2,
      decisions[1].term == .always, decisions[0].result != decisions[1].result
    else { return nil }
    let term = decisions[0].term
    if term.isNegated { return nil }
    // The negation of several tests is not a comparison of bits.
    let isPlain = term.isPlain && (decisions[0].result || term.mask.nonzeroBitCount == 1)
    return Plan.Term(
      condition: term.condition, isNegated: !decisions[0].result, isPlain: isPlain, mask: term.mask,
      wanted: decisions[0].result ? term.mask : 0)
  }

  /// The bits of some tests; nil if one of them is not plain.
  private mutating func plainMask(_ tests: [Plan.Test]) -> UInt64? {
    var mask: UInt64 = 0
    for test in tests {
      guard test.kind == .text || test.kind == .codes, test.slot.index < base.fieldNames.count else { return nil }
      let plain = PlainTest(
        slot: test.slot, codes: test.kind == .text ? nil : Set(base.codes[test.extent.range]),
        isNegated: test.isNegated, passesBlank: test.passesBlank)
      let bit = plainTests.firstIndex(of: plain) ?? plainTests.count
      if bit == plainTests.count { plainTests.append(plain) }
      if bit > 63 { return nil }
      mask |= 1 << UInt64(bit)
    }
    return mask
  }

  /// A test of a field for some codes, or nil for any text.
  struct PlainTest: Hashable {
    let slot: Slot
    let codes: Set<UInt64>?
    let isNegated, passesBlank: Bool

    func passes(_ code: UInt64?) -> Bool { (code.map { codes?.contains($0) ?? true } ?? (codes == nil)) != isNegated }
  }

  /// Puts the plain tests of each field together.
  mutating func buildPlainTests() {
    let numbered = Array(plainTests.prefix(64).enumerated())
    for (slot, tests) in Dictionary(grouping: numbered, by: { $0.element.slot }).sorted(by: { $0.key < $1.key }) {
      let bits = { (passes: (PlainTest) -> Bool) in
        tests.reduce(UInt64(0)) { passes($1.element) ? $0 | 1 << UInt64($1.offset) : $0 }
      }
      let codes = Set(tests.flatMap { $0.element.codes ?? [] })
      let table = Plan.PlainCode.table(
        codes.sorted().map { code in Plan.PlainCode(code: code, passing: bits { $0.passes(code) }) })
      base.plainCodes += table
      base.plainTests.append(
        Plan.PlainTests(
          slot: slot, blank: bits(\.passesBlank), other: bits { $0.passes(nil) },
          codes: Plan.Extent(base.plainCodes.count - table.count, table.count)))
    }
  }

  mutating func test(_ slot: Slot, _ patterns: [Pattern], isNegated: Bool) -> Plan.Test {
    let hasBlank = patterns.contains(.blank)
    var test = Plan.Test(slot: slot, kind: .text, isNegated: isNegated, passesBlank: hasBlank != isNegated)
    // The pattern of any text fits whatever is not blank.
    if patterns == [.signs([.any])] { return test }
    let codes = patterns.compactMap(\.constant)
    if codes.count + (hasBlank ? 1 : 0) == patterns.count, codes.allSatisfy({ $0.utf8.count < 8 }) {
      base.codes += codes.map { Person.shortCode(Array($0.utf8)) }
      test = Plan.Test(
        slot: slot, kind: .codes, isNegated: isNegated, passesBlank: hasBlank != isNegated,
        extent: Plan.Extent(base.codes.count - codes.count, codes.count))
      return test
    }
    var steps: [Plan.PatternStep] = []
    for pattern in patterns where pattern != .blank { steps.append(made(pattern)) }
    base.patterns += steps
    return Plan.Test(
      slot: slot, kind: .patterns, isNegated: isNegated, passesBlank: hasBlank != isNegated,
      extent: Plan.Extent(base.patterns.count - steps.count, steps.count))
  }

  private mutating func made(_ pattern: Pattern) -> Plan.PatternStep {
    switch pattern {
    case .blank: return .signs(Plan.Extent(0, 0))
    case .range(let from, let to):
      return .range(from: from.map { made($0) }, to: to.map { made($0) })
    case .signs(let signs):
      var steps: [Plan.SignStep] = []
      for sign in signs {
        switch sign {
        case .text(let text): steps.append(.literal(literal(text)))
        case .placeholder(let placeholder): steps.append(.slot(slot(made(placeholder))))
        case .any: steps.append(.any)
        case .character: steps.append(.character)
        case .digit: steps.append(.digit)
        }
      }
      base.signs += steps
      return .signs(Plan.Extent(base.signs.count - steps.count, steps.count))
    }
  }

  /// The slots of a pattern's placeholders.
  func slots(of pattern: Plan.PatternStep) -> [Slot] {
    switch pattern {
    case .signs(let signs): base.signs[signs.range].compactMap { if case .slot(let slot) = $0 { slot } else { nil } }
    case .range(let from, let to): [from, to].compactMap { if case .slot(let slot)? = $0 { slot } else { nil } }
    }
  }
}
