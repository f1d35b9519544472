import JSONText

extension Plan {
  /// Makes the plan of a profile.
  /// - Throws: a fault if the profile is too large for a plan.
  public convenience init(_ profile: Profile) throws(ProfileFault) {
    var builder = PlanBuilder(profile)
    builder.build()
    // Numbers of slots and parts have 16 bits.
    guard builder.firstWorked + builder.works.count < 1 << 15, builder.base.outline.parts.count < 1 << 15 else {
      throw ProfileFault(
        line: 1, column: 1, pointer: "", problem: "too many values and entries; expected: fewer than 32,768 of each")
    }
    self.init(builder.base, works: builder.works, bytes: builder.bytes)
  }
}

/// Compiles a profile into a plan.
struct PlanBuilder {
  let profile: Profile
  var base = Plan.Base()
  var works: [Plan.Work] = []
  var bytes: [UInt8] = []
  private var fields: [String: Slot] = [:]
  private var values: [String: Value]
  private var madeNames: [String: Plan.Made] = [:]
  private var madeTexts: [Text: Plan.Made] = [:]
  /// What values are made of, by their JSON Pointers.
  private var madeValues: [String: Plan.Made] = [:]
  private var filterSlots: [Hole: Slot] = [:]
  private var madeConditions: [Condition: Plan.Term] = [:]
  /// The bits of the tests of each condition; nil if it is not plain.
  private var masks: [UInt64?] = []
  private var plainTests: [PlainTest] = []
  /// The table of each filter, made once.
  private var tables: [String: TableStep] = [:]

  init(_ profile: Profile) {
    self.profile = profile
    values = Dictionary(uniqueKeysWithValues: profile.names)
  }

  var firstWorked: Int { base.fieldNames.count + 1 }

  mutating func build() {
    numberFields()
    buildUser()
    buildRules()
    buildPlainTests()
    base.judgedSections = base.sections.filter(isJudged)
    base.optional = profile.optional
    base.feedSlots = works.indices.map { Slot(index: $0 + firstWorked) }.filter { isOfFeed($0) && $0 != base.todaySlot }
  }

  /// Numbers the fields in the order in which their reasons are given: those of the user as it is written, of the checks, of
  /// the names, and of the identifiers of reject records.
  private mutating func numberFields() {
    var sources: [Source] = []
    for member in UserMember.members {
      switch member {
      case .element(let element): sources += profile.elements[element.name]?.sources ?? []
      case .list(let list): for entry in profile.lists[list.name] ?? [] { sources += Self.sources(of: entry, list) }
      case .container: break
      }
    }
    sources += profile.checks.flatMap(\.condition.sources)
    sources += profile.names.flatMap(\.value.sources)
    sources += (profile.emplid?.sources ?? []) + (profile.campusID?.sources ?? [])
    for case .field(let name) in sources where fields[name] == nil {
      fields[name] = Slot(index: base.fieldNames.count)
      base.fieldNames.append(name)
    }
    base.elementsOfField = Array(repeating: [], count: base.fieldNames.count)
  }

  private static func sources(of entry: Entry, _ list: UserList) -> [Source] {
    switch entry {
    case .single(let single):
      list.children.flatMap { single.children[$0.name]?.flatMap(\.sources) ?? [] } + (single.condition?.sources ?? [])
    case .first(let singles, let condition):
      singles.flatMap { sources(of: .single($0), list) } + (condition?.sources ?? [])
    }
  }

  func field(_ name: String) -> Slot? { fields[name] }

  mutating func add(_ work: Plan.Work) -> Slot {
    works.append(work)
    return Slot(index: firstWorked + works.count - 1)
  }

  mutating func literal(_ text: String) -> Plan.Literal { Plan.Literal(Array(text.utf8), to: &bytes) }

  mutating func constant(_ text: String) -> Plan.Made { text.isEmpty ? .blank : .literal(literal(text)) }

  /// A slot with what a value is made of.
  mutating func slot(_ made: Plan.Made) -> Slot {
    switch made {
    case .slot(let slot): slot
    case .blank: add(.blank)
    case .literal(let literal): add(.literal(literal))
    }
  }
}

/// Values.
extension PlanBuilder {
  /// A value without alternatives in it, under its conditions.
  struct Option {
    enum Leaf {
      case text(Text)
      case extreme([Value], isLatest: Bool)
    }

    let condition: Condition?
    let leaf: Leaf
    let description: Text?
    let pointer: String
  }

  /// The alternatives of a value, in their order.
  func options(_ value: Value, when outer: Condition? = nil, _ description: Text? = nil) -> [Option] {
    switch value {
    case .text(let text, let place):
      return [Option(condition: outer, leaf: .text(text), description: description, pointer: place.pointer)]
    case .first(let values, _): return values.flatMap { options($0, when: outer, description) }
    case .choice(let choice):
      let condition = Condition.both(outer, choice.condition)
      if choice.kind == .use { return options(choice.values[0], when: condition, choice.description ?? description) }
      return [
        Option(
          condition: condition, leaf: .extreme(choice.values, isLatest: choice.kind == .latest),
          description: choice.description ?? description, pointer: choice.place.pointer)
      ]
    }
  }

  mutating func made(_ value: Value) -> Plan.Made {
    if let known = madeValues[value.place.pointer] { return known }
    let made = makeOptions(of: value)
    madeValues[value.place.pointer] = made
    return made
  }

  private mutating func makeOptions(of value: Value) -> Plan.Made {
    let options = options(value)
    if options.count == 1, options[0].condition == nil { return made(options[0].leaf) }
    var steps: [Plan.Option] = []
    for option in options {
      let made = made(option.leaf)
      if case .blank = made { continue }
      steps.append(Plan.Option(term: term(option.condition), made: made))
    }
    base.options += steps
    return .slot(add(.choose(Plan.Extent(base.options.count - steps.count, steps.count))))
  }

  mutating func made(_ leaf: Option.Leaf) -> Plan.Made {
    switch leaf {
    case .text(let text): return made(text)
    case .extreme(let values, let isLatest):
      var steps: [Plan.Option] = []
      for value in values { steps.append(Plan.Option(term: .always, made: made(value))) }
      base.options += steps
      return .slot(
        add(.extreme(Plan.Extent(base.options.count - steps.count, steps.count), isLatest: isLatest)))
    }
  }

  mutating func made(_ text: Text) -> Plan.Made {
    if let constant = text.constant { return constant.isEmpty ? .blank : .literal(literal(constant)) }
    if let known = madeTexts[text] { return known }
    let result: Plan.Made
    if text.parts.count == 1, case .hole(let hole) = text.parts[0] {
      result = made(hole)
    } else {
      var pieces: [Plan.Piece] = []
      var isBlank = false
      for part in text.parts {
        switch part {
        case .plain(let plain): pieces.append(.literal(literal(plain)))
        case .hole(let hole):
          switch made(hole) {
          case .blank: isBlank = true
          case .literal(let literal): pieces.append(.literal(literal))
          case .slot(let slot): pieces.append(.slot(slot))
          }
        }
      }
      base.joins.append(pieces)
      result = isBlank ? .blank : .slot(add(.join(base.joins.count - 1)))
    }
    madeTexts[text] = result
    return result
  }

  mutating func made(_ hole: Hole) -> Plan.Made {
    let source = made(hole.source)
    if hole.filters.isEmpty { return source }
    if case .blank = source { return .blank }
    if let slot = filterSlots[hole] { return .slot(slot) }
    let slot = filter(source, hole.filters.map { step($0) })
    filterSlots[hole] = slot
    return .slot(slot)
  }

  mutating func filter(_ source: Plan.Made, _ steps: [TextStep]) -> Slot {
    let from = slot(source)
    base.chains.append(steps)
    return add(.filter(from, chain: base.chains.count - 1))
  }

  private mutating func step(_ filter: Filter) -> TextStep {
    guard case .table(let name) = filter else { return .filter(filter) }
    if let table = tables[name] { return .table(table) }
    let table = TableStep(profile.tables[name] ?? Profile.Table(rows: [:], others: ""))
    tables[name] = table
    return .table(table)
  }

  mutating func made(_ source: Source) -> Plan.Made {
    switch source {
    case .field(let name): return fields[name].map(Plan.Made.slot) ?? .blank
    case .today:
      let slot = base.todaySlot ?? add(.blank)
      base.todaySlot = slot
      return .slot(slot)
    case .name(let name):
      if let known = madeNames[name] { return known }
      let result = values[name].map { made($0) } ?? .blank
      madeNames[name] = result
      return result
    }
  }

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
      return base.joins[join].allSatisfy { if case .slot(let slot) = $0 { isOfFeed(slot) } else { true } }
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
        isOfFeed(test.slot) && base.patterns[test.extent.range].allSatisfy { $0.slots.allSatisfy(isOfFeed) }
      default: isOfFeed(test.slot)
      }
    }
  }

  /// Whether rules look at a section, or a text in it may not be made.
  private func isJudged(_ section: Plan.Section) -> Bool {
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
    case .filter(_, let chain):
      switch base.chains[chain].last {
      case .filter(.date), .filter(.shift), .filter(.next): return true
      default: return false
      }
    }
  }
}

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
      test.patterns.allSatisfy({ $0.holes.isEmpty })
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
  private struct PlainTest: Hashable {
    let slot: Slot
    let codes: Set<UInt64>?
    let isNegated, passesBlank: Bool

    func passes(_ code: UInt64?) -> Bool { (code.map { codes?.contains($0) ?? true } ?? (codes == nil)) != isNegated }
  }

  /// Puts the plain tests of each field together.
  private mutating func buildPlainTests() {
    let numbered = Array(plainTests.prefix(64).enumerated())
    for (slot, tests) in Dictionary(grouping: numbered, by: { $0.element.slot }).sorted(by: { $0.key < $1.key }) {
      let bits = { (passes: (PlainTest) -> Bool) in
        tests.reduce(UInt64(0)) { passes($1.element) ? $0 | 1 << UInt64($1.offset) : $0 }
      }
      let codes = Set(tests.flatMap { $0.element.codes ?? [] })
      base.plainCodes += codes.sorted().map { code in Plan.PlainCode(code: code, passing: bits { $0.passes(code) }) }
      base.plainTests.append(
        Plan.PlainTests(
          slot: slot, blank: bits(\.passesBlank), other: bits { $0.passes(nil) },
          codes: Plan.Extent(base.plainCodes.count - codes.count, codes.count)))
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
    case .blank: return .signs([])
    case .range(let from, let to):
      return .range(from: from.map { made($0) }, to: to.map { made($0) })
    case .signs(let signs):
      var steps: [Plan.SignStep] = []
      for sign in signs {
        switch sign {
        case .text(let text): steps.append(.literal(Array(text.utf8)))
        case .hole(let hole): steps.append(.slot(slot(made(hole))))
        case .any: steps.append(.any)
        case .character: steps.append(.character)
        case .digit: steps.append(.digit)
        }
      }
      return .signs(steps)
    }
  }
}

extension Plan.PatternStep {
  /// The slots of the pattern's holes.
  var slots: [Slot] {
    switch self {
    case .signs(let signs): signs.compactMap { if case .slot(let slot) = $0 { slot } else { nil } }
    case .range(let from, let to): [from, to].compactMap { if case .slot(let slot)? = $0 { slot } else { nil } }
    }
  }
}
