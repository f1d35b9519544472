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
    if text.parts.count == 1, case .placeholder(let placeholder) = text.parts[0] {
      result = made(placeholder)
    } else {
      var pieces: [Plan.Piece] = []
      var isBlank = false
      for part in text.parts {
        switch part {
        case .plain(let plain): pieces.append(.literal(literal(plain)))
        case .placeholder(let placeholder):
          switch made(placeholder) {
          case .blank: isBlank = true
          case .literal(let literal): pieces.append(.literal(literal))
          case .slot(let slot): pieces.append(.slot(slot))
          }
        }
      }
      base.pieces += pieces
      result = isBlank ? .blank : .slot(add(.join(Plan.Extent(base.pieces.count - pieces.count, pieces.count))))
    }
    madeTexts[text] = result
    return result
  }

  mutating func made(_ placeholder: Placeholder) -> Plan.Made {
    let source = made(placeholder.source)
    if placeholder.filters.isEmpty { return source }
    if case .blank = source { return .blank }
    if let slot = filterSlots[placeholder] { return .slot(slot) }
    let slot = filter(source, steps(of: placeholder.filters))
    filterSlots[placeholder] = slot
    return .slot(slot)
  }

  mutating func filter(_ source: Plan.Made, _ steps: Plan.Extent) -> Slot { add(.filter(slot(source), steps)) }

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
}
