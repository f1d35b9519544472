/// What rules and explanations look at.
extension PlanBuilder {
  mutating func buildRules() {
    var rules = Plan.RuleSlots()
    rules.primary = elementSlot("primary_id") ?? Slot(index: 0)
    rules.emplid = profile.emplid.map { made($0) } ?? .slot(rules.primary)
    rules.campusID = profile.campusID.map { made($0) } ?? .blank
    rules.expiry = elementSlot("expiry_date")
    rules.purge = elementSlot("purge_date")
    rules.group = elementSlot("user_group")
    rules.lastName = elementSlot("last_name")
    rules.primaryField = profile.elements["primary_id"].flatMap { lastField([$0]) }
    rules.groupField = profile.elements["user_group"].flatMap { lastField([$0]) }
    rules.lastNameField = profile.elements["last_name"].flatMap { lastField([$0]) }
    for case .element(let element) in UserMember.all where element.content == .date {
      if let slot = elementSlot(element.name), !isAlwaysDay(.slot(slot)) { rules.dates.append(slot) }
    }
    for rule in Rule.allCases { rules.verdicts[rule] = profile.verdicts[rule] ?? rule.verdict }
    base.rules = rules
    for check in profile.checks {
      let field = check.field.flatMap(field) ?? firstField(check.condition)
      base.checks.append(
        Plan.CheckStep(
          verdict: check.verdict, code: check.code, term: term(check.condition), message: check.message,
          field: field))
    }
  }

  private mutating func elementSlot(_ name: String) -> Slot? { profile.elements[name].map { slot(made($0)) } }

  mutating func listElement(_ element: UserElement, _ value: Value) {
    base.listing.append(.element(elementStep(element.name, element, value, pointer: nil)))
  }

  /// The elements of an entry, in the order in which they are written.
  mutating func elements(of entry: Entry.Single, _ list: UserList) -> [Plan.ElementStep] {
    var elements: [Plan.ElementStep] = []
    for child in list.children {
      for value in entry.children[child.name] ?? [] {
        let pointer: String? = if case .types = child.content { "\(entry.place.pointer)/\(child.name)" } else { nil }
        elements.append(elementStep("\(list.item)/\(child.name)", child, value, pointer: pointer))
      }
    }
    return elements
  }

  private mutating func elementStep(
    _ name: String, _ element: UserElement, _ value: Value, pointer: String?
  ) -> Plan.ElementStep {
    for field in allFields(value) where !base.elementsOfField[field.index].contains(name) {
      base.elementsOfField[field.index].append(name)
    }
    var steps: [Plan.ElementStep.Option] = []
    for option in options(value) {
      let made = made(option.leaf)
      if let maxLength = element.maxLength, maxLength < RuleContext.maxLength, case .slot(let slot) = made {
        base.shortLimits.append((slot, maxLength))
      }
      steps.append(
        Plan.ElementStep.Option(
          term: term(option.condition), made: made, pointer: pointer ?? option.pointer))
    }
    return Plan.ElementStep(name: name, options: steps, maxLength: element.maxLength)
  }
}
