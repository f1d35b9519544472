/// The sections of the user.
extension PlanBuilder {
  /// Steps of a part, or parts of which one is chosen.
  private enum Run {
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
  private mutating func sections(of runs: [Run]) -> [Plan.Section] {
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

  private mutating func addPart(_ steps: [AlmaUser.Step]) -> UInt16 {
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
  private mutating func build(_ element: UserElement, _ value: Value) -> [Run] {
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

  private mutating func build(_ made: Plan.Made, _ name: String, _ description: Text?) -> [Run] {
    let constant = description?.constant
    let attributes = constant.map { [(name: "desc", value: $0)] } ?? []
    switch made {
    case .blank: return []
    case .literal(let literal):
      // A description with holes has the same text as its value, so here it is constant.
      return [.steps([.constant(tag: base.outline.add(Tag(name, attributes, content: text(of: literal))))])]
    case .slot(let slot):
      let tag = base.outline.add(Tag(name, attributes))
      return [.steps([description != nil && constant == nil ? .describedText(tag: tag, slot) : .text(tag: tag, slot)])]
    }
  }

  private func text(of literal: Plan.Literal) -> String {
    String(decoding: bytes[Int(literal.start)..<Int(literal.start + literal.count)], as: UTF8.self)
  }

  /// `true`, `false` or blank; any other text sets the person aside.
  private mutating func flag(_ value: Value, default text: String?) -> Plan.Made {
    let made = made(value)
    guard case .slot = made else {
      if case .blank = made, let text { return constant(text) }
      return made
    }
    let flag = filter(made, [.flag])
    guard let text else { return .slot(flag) }
    base.options += [
      Plan.Option(term: .always, made: .slot(flag)), Plan.Option(term: .always, made: constant(text)),
    ]
    return .slot(add(.choose(Plan.Extent(base.options.count - 2, 2))))
  }
}

/// Lists.
extension PlanBuilder {
  /// An entry, with the condition of its group.
  private struct GroupedEntry {
    let single: Entry.Single
    let condition: Condition?
    let group: Int
  }

  private mutating func build(_ list: UserList) {
    guard let entries = profile.lists[list.name] else { return }
    var grouped: [GroupedEntry] = []
    for (number, entry) in entries.enumerated() {
      switch entry {
      case .single(let single):
        grouped.append(GroupedEntry(single: single, condition: single.condition, group: number))
      case .first(let singles, let condition):
        grouped += singles.map {
          GroupedEntry(single: $0, condition: Condition.both(condition, $0.condition), group: number)
        }
      }
    }
    var steps: [(step: Plan.EntryStep, group: Int, elements: [Plan.ElementStep])] = []
    let tag = base.outline.add(Tag(list.name))
    for entry in grouped {
      let elements = elements(of: entry.single, list)
      for step in build(entry, list, tag: tag) { steps.append((step, entry.group, elements)) }
    }
    let first = base.entries.count
    for (index, entry) in steps.enumerated() {
      var step = entry.step
      // Variants of one entry exclude each other, so after one of them the rest can be skipped like a group.
      step.next = UInt32(first + (steps[index...].firstIndex { $0.group != entry.group } ?? steps.count))
      base.entries.append(step)
    }
    let extent = Plan.Extent(first, steps.count)
    base.sections.append(Plan.Section(.list, part: addPart([.close(tag: tag)]), extent))
    base.listing.append(.list(extent, steps.map(\.elements)))
  }

  /// The steps of an entry: one for each value of an attribute that is not the same for everyone.
  private mutating func build(_ entry: GroupedEntry, _ list: UserList, tag: UInt16) -> [Plan.EntryStep] {
    guard let child = list.children.first(where: { $0.content == .attribute }),
      let value = entry.single.children[child.name]?.first
    else { return [build(entry, list, tag: tag, term(entry.condition), nil)] }
    let made = made(value)
    switch made {
    case .blank: return [build(entry, list, tag: tag, term(entry.condition), nil)]
    case .literal(let literal):
      return [build(entry, list, tag: tag, term(entry.condition), (child.name, text(of: literal)))]
    case .slot:
      let flag = filter(made, [.flag])
      var steps: [Plan.EntryStep] = []
      for text in ["true", "false", nil] {
        let test = test(flag, [text.map { .signs([.text($0)]) } ?? .blank], isNegated: false)
        let number = add(entry.condition?.alternatives ?? [[]], also: [test])
        let term = self.term(number)
        steps.append(build(entry, list, tag: tag, term, text.map { (child.name, $0) }))
      }
      return steps
    }
  }

  private mutating func build(
    _ entry: GroupedEntry, _ list: UserList, tag: UInt16, _ term: Plan.Term, _ attribute: (String, String)?
  ) -> Plan.EntryStep {
    var content: [Run] = []
    var required: [Plan.Required] = []
    var judgements: [Plan.Judgement] = []
    var key: Plan.Made = .blank
    for child in list.children {
      guard let values = entry.single.children[child.name] else {
        if case .flag(let text?) = child.content { content += build(constant(text), child.name, nil) }
        continue
      }
      let made = values.map { self.made($0) }
      content += buildChild(child, values)
      if child.name == list.key {
        key = made[0]
      } else if child.isRequired, let slots = slotsThatCanBeBlank(made) {
        required.append(Plan.Required(slots: slots, field: lastField(values)))
      }
      if let judgement = judgement(child, of: list, made[0], lastField(values)) { judgements.append(judgement) }
    }
    base.judgements += judgements
    let (first, following, rest) = parts(of: content, list, tag: tag, attribute)
    return Plan.EntryStep(
      term: term, key: { if case .slot(let slot) = $0 { slot } else { nil } }(key), first: first,
      following: following,
      isPlain: rest.count == 0 && required.isEmpty && base.demands[Int(first)].isEmpty, rest: rest,
      required: addRequired(required),
      judgements: Plan.Extent(base.judgements.count - judgements.count, judgements.count), next: 0)
  }

  private mutating func addRequired(_ required: [Plan.Required]) -> Int32 {
    if required.isEmpty { return -1 }
    base.required.append(required)
    return Int32(base.required.count - 1)
  }

  private mutating func buildChild(_ child: UserElement, _ values: [Value]) -> [Run] {
    switch child.content {
    case .attribute: return []
    case .types(let item):
      let tag = base.outline.add(Tag(child.name))
      let type = UserElement(
        name: item, content: .text, maxLength: child.maxLength, maxDescription: child.maxDescription, isRequired: true)
      var content: [Run] = [.steps([.open(tag: tag)])]
      for value in values { content += build(type, value) }
      return content + [.steps([.close(tag: tag)])]
    default: return build(child, values[0])
    }
  }

  /// The slots of a required child, unless a text is there for everyone.
  private func slotsThatCanBeBlank(_ made: [Plan.Made]) -> [Slot]? {
    var slots: [Slot] = []
    for made in made {
      switch made {
      case .literal: return nil
      case .slot(let slot): slots.append(slot)
      case .blank: break
      }
    }
    return slots
  }

  private mutating func judgement(
    _ child: UserElement, of list: UserList, _ made: Plan.Made, _ field: Slot?
  ) -> Plan.Judgement? {
    if child.content == .date {
      if case .slot(let slot) = made, !isAlwaysDay(made) { return .date(slot) }
      return nil
    }
    switch (list.name, child.name) {
    case ("emails", list.key): return .email(slot(made))
    case ("addresses", "city"): if case .literal = made { return nil } else { return .city(slot(made), field: field) }
    case ("user_identifiers", list.key): return .identifier(slot(made))
    case ("user_statistics", list.key): return .category(slot(made))
    default: return nil
    }
  }

  /// The parts of an entry: as the first one, with the start of the list before it; as a following one; and what is behind.
  private mutating func parts(
    of content: [Run], _ list: UserList, tag: UInt16, _ attribute: (String, String)?
  ) -> (first: UInt16, following: UInt16, rest: Plan.Extent) {
    let external = list.isExternal ? [(name: "segment_type", value: "External")] : []
    let given = attribute.map { [(name: $0.0, value: $0.1)] } ?? []
    func item(_ preferred: String) -> Tag {
      Tag(list.item, (list.hasPreferred ? [(name: "preferred", value: preferred)] : []) + given + external)
    }
    let (preferred, other) = (base.outline.add(item("true")), base.outline.add(item("false")))
    var steps: [AlmaUser.Step] = []
    var runs = content[...]
    while case .steps(let more)? = runs.first {
      steps += more
      runs.removeFirst()
    }
    let close = AlmaUser.Step.close(tag: preferred)
    let rest = runs.isEmpty ? [] : sections(of: Array(runs) + [.steps([close])])
    if runs.isEmpty { steps.append(close) }
    base.entrySections += rest
    return (
      addPart([.open(tag: tag), .open(tag: preferred)] + steps), addPart([.open(tag: other)] + steps),
      Plan.Extent(base.entrySections.count - rest.count, rest.count)
    )
  }
}
