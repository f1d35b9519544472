/// The sections of the user.
extension PlanBuilder {
  /// Steps of a part, or parts of which one is chosen.
  enum Run {
    case steps([AlmaUser.Step])
    case choose([(term: Plan.Term, slot: Slot?, steps: [AlmaUser.Step])])
  }

  mutating func buildUser() {
    var runs: [Run] = []
    for member in UserMember.all {
      switch member {
      case .element(let element):
        if let value = profile.elements[element.name] {
          runs += build(element, value)
          listElement(element, value)
        }
      case .list(let list):
        flush(&runs)
        build(list)
      case .container(let name, let lists):
        guard lists.contains(where: { profile.lists[$0.name] != nil }) else { continue }
        flush(&runs)
        let tag = base.outline.add(Tag(name))
        base.sections.append(Plan.Section(.container, part: addPart([.open(tag: tag)])))
        for list in lists { build(list) }
        base.sections.append(Plan.Section(.endOfContainer, part: addPart([.close(tag: tag)])))
      }
    }
    flush(&runs)
  }

  private mutating func flush(_ runs: inout [Run]) {
    base.sections += sections(of: runs)
    runs = []
  }

  /// The sections of some runs, with one part for steps that follow each other.
  mutating func sections(of runs: [Run]) -> [Plan.Section] {
    var sections: [Plan.Section] = []
    var steps: [AlmaUser.Step] = []
    for run in runs {
      switch run {
      case .steps(let more): steps += more
      case .choose(let alternatives):
        if !steps.isEmpty { sections.append(always(steps)) }
        steps = []
        var choices: [Plan.Choice] = []
        for (term, slot, steps) in alternatives {
          choices.append(Plan.Choice(term: term, slot: slot, part: addPart(steps)))
        }
        base.choices += choices
        sections.append(Plan.Section(.choose, Plan.Extent(base.choices.count - choices.count, choices.count)))
      }
    }
    if !steps.isEmpty { sections.append(always(steps)) }
    return sections
  }

  private mutating func always(_ steps: [AlmaUser.Step]) -> Plan.Section {
    let part = addPart(steps)
    return Plan.Section(.always, part: part, isPlain: base.demands[Int(part)].isEmpty)
  }

  mutating func addPart(_ steps: [AlmaUser.Step]) -> UInt16 {
    let first = firstWorked
    base.demands.append(
      steps.compactMap { step in
        switch step {
        case .text(_, let slot), .describedText(_, let slot): slot.index >= first ? slot : nil
        default: nil
        }
      })
    return base.outline.add(steps)
  }

  /// The steps that write an element.
  mutating func build(_ element: UserElement, _ value: Value) -> [Run] {
    if case .flag(let text) = element.content { return build(flag(value, default: text), element.name, nil) }
    let options = options(value)
    let hasDescription = options.contains { $0.description != nil }
    let isConstant = options.allSatisfy { if case .text(let text) = $0.leaf { text.constant != nil } else { false } }
    if options.count == 1, options[0].condition == nil {
      return build(made(options[0].leaf), element.name, options[0].description)
    }
    guard hasDescription || isConstant else { return build(made(value), element.name, nil) }
    var alternatives: [(term: Plan.Term, slot: Slot?, steps: [AlmaUser.Step])] = []
    for option in options {
      let made = made(option.leaf)
      guard case .steps(let steps)? = build(made, element.name, option.description).first else { continue }
      let slot: Slot? = if case .slot(let slot) = made { slot } else { nil }
      alternatives.append((term(option.condition), slot, steps))
    }
    return [.choose(alternatives)]
  }

  mutating func build(_ made: Plan.Made, _ name: String, _ description: Text?) -> [Run] {
    let constant = description?.constant
    let attributes = constant.map { [(name: "desc", value: $0)] } ?? []
    switch made {
    case .blank: return []
    case .literal(let literal):
      // A description with placeholders has the same text as its value, so here it is constant.
      return [.steps([.constant(tag: base.outline.add(Tag(name, attributes, content: text(of: literal))))])]
    case .slot(let slot):
      let tag = base.outline.add(Tag(name, attributes))
      return [.steps([description != nil && constant == nil ? .describedText(tag: tag, slot) : .text(tag: tag, slot)])]
    }
  }

  func text(of literal: Plan.Literal) -> String {
    String(decoding: bytes[Int(literal.start)..<Int(literal.start + literal.count)], as: UTF8.self)
  }

  /// `true`, `false` or blank; any other text sets the person aside.
  private mutating func flag(_ value: Value, default text: String?) -> Plan.Made {
    let made = made(value)
    guard case .slot = made else {
      if case .blank = made, let text { return constant(text) }
      return made
    }
    let flag = filter(made, add([FilterStep.flag]))
    guard let text else { return .slot(flag) }
    base.options += [
      Plan.Option(term: .always, made: .slot(flag)), Plan.Option(term: .always, made: constant(text)),
    ]
    return .slot(add(.choose(Plan.Extent(base.options.count - 2, 2))))
  }
}
