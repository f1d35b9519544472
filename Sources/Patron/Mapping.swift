public import Calendar

/// Maps people to Alma users, by a plan.
public struct Mapping: Sendable {
  /// The plan, for the day of the mapping.
  public let plan: Plan

  /// Creates the mapping of a plan.
  /// - Parameter today: the day that `$today` stands for in the profile.
  public init(_ plan: Plan, today: Day) { self.plan = plan.dated(today) }

  /// The parts that users consist of.
  public var outline: UserOutline { plan.outline }

  /// Lists the parts of a person's user, in the order of the elements in patron-to-xml(1), and works out their texts.
  public func map(_ person: inout Person, into user: inout AlmaUser) { map(plan.sections, &person, &user) }

  /// Maps only what the rules look at. The user cannot be written.
  func mapJudged(_ person: inout Person, into user: inout AlmaUser) { map(plan.judgedSections, &person, &user) }

  private func map(_ sections: FixedList<Plan.Section>, _ person: inout Person, _ user: inout AlmaUser) {
    if user.parts.capacity < plan.maxParts {
      user = AlmaUser(maxParts: plan.maxParts, maxEntries: plan.entries.count)
    }
    user.parts.removeAll()
    user.entries.removeAll()
    Self.map(sections, plan, &person, &user)
    if person.isReading { for index in user.parts.indices { Self.record(user.parts[index], plan, &person) } }
  }

  private static func map(
    _ sections: FixedList<Plan.Section>, _ plan: Plan, _ person: inout Person, _ user: inout AlmaUser
  ) {
    var startOfContainer = 0
    for index in 0..<sections.count {
      let part = sections[index].part
      switch sections[index].kind {
      case .always:
        user.parts.append(part)
        if !sections[index].isPlain { workOut(part, plan, &person) }
      case .choose: choose(sections[index].extent, plan, &person, &user)
      case .list: mapList(sections[index].extent, closing: part, plan, &person, &user)
      case .container:
        user.parts.append(part)
        startOfContainer = user.parts.count
      case .endOfContainer:
        // An empty container is not written.
        if user.parts.count == startOfContainer { user.parts.removeLast() } else { user.parts.append(part) }
      }
    }
  }

  @inline(__always)
  private static func mapList(
    _ extent: Plan.Extent, closing part: UInt16, _ plan: Plan, _ person: inout Person, _ user: inout AlmaUser
  ) {
    let start = user.parts.count
    // An entry is long, so each of its properties is read when it is needed.
    let entries = plan.entries
    var index = Int(extent.first)
    let end = index &+ Int(extent.count)
    while index < end {
      guard person.holds(entries[index].term, plan), person.hasText(entries[index].key, plan) else {
        index &+= 1
        continue
      }
      user.parts.append(user.parts.count == start ? entries[index].first : entries[index].following)
      if !entries[index].isPlain { mapRest(of: index, plan, &person, &user) }
      user.entries.append(UInt16(truncatingIfNeeded: index))
      index = Int(entries[index].next)
    }
    if user.parts.count > start { user.parts.append(part) }
  }

  /// Adds what is behind the first part of an entry, and works out its texts.
  @inline(never)
  private static func mapRest(of index: Int, _ plan: Plan, _ person: inout Person, _ user: inout AlmaUser) {
    let entry = plan.entries[index]
    workOut(entry.first, plan, &person)
    for index in entry.rest.range {
      let section = plan.entrySections[index]
      if section.kind == .choose {
        choose(section.extent, plan, &person, &user)
      } else {
        user.parts.append(section.part)
        workOut(section.part, plan, &person)
      }
    }
    if entry.required >= 0 { person.require(Int(entry.required), plan) }
  }

  @inline(__always)
  private static func choose(
    _ extent: Plan.Extent, _ plan: Plan, _ person: inout Person, _ user: inout AlmaUser
  ) {
    let choices = plan.choices
    for index in extent.range
    where person.holds(choices[index].term, plan) && person.hasText(choices[index].slot, plan) {
      user.parts.append(choices[index].part)
      return workOut(choices[index].part, plan, &person)
    }
  }

  /// Works out the texts of a part.
  private static func workOut(_ part: UInt16, _ plan: Plan, _ person: inout Person) {
    let demand = plan.demands[Int(part)]
    var index = Int(demand.first)
    let end = index &+ Int(demand.count)
    while index < end {
      person.workOut(plan.demandedSlots[index], plan)
      index &+= 1
    }
  }

  /// Reads all texts of a part, for the record.
  @inline(never)
  private static func record(_ part: UInt16, _ plan: Plan, _ person: inout Person) {
    for step in plan.base.outline.parts[Int(part)] {
      switch step {
      case .text(_, let slot), .describedText(_, let slot): _ = person.value(slot, plan)
      default: break
      }
    }
  }
}

extension Person {
  /// Whether a slot has a text; true if there is no slot.
  @inline(__always)
  fileprivate mutating func hasText(_ slot: Slot?, _ plan: Plan) -> Bool {
    guard let slot else { return true }
    return !value(slot, plan).isBlank
  }

  /// Finds a fault if required children of an entry are blank.
  @inline(never)
  mutating func require(_ number: Int, _ plan: Plan) {
    for required in plan.base.required[number] {
      var isBlank = true
      for slot in required.slots where isBlank { isBlank = value(slot, plan).isBlank }
      if isBlank {
        findings.hasFault = true
        reading?.faults.append(
          Reading.Fault(rule: .unmappedValue, slot: required.slots.first, field: required.field))
      }
    }
  }
}
