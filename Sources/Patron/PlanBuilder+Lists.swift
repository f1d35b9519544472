/// The lists of the user, and their entries.
extension PlanBuilder {
  /// An entry, with the condition of its group.
  private struct GroupedEntry {
    let single: Entry.Single
    let condition: Condition?
    let group: Int
  }

  mutating func build(_ list: UserList) {
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
      let flag = filter(made, add([FilterStep.flag]))
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

  /// The parts of an entry: as the first one, with the start of the list before it; as a following one; and what is
  /// behind.
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
