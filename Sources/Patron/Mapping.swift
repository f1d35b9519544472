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
    if user.partNumbers.count < plan.maxParts {
      user.partNumbers = Array(repeating: 0, count: plan.maxParts)
      user.entryNumbers = Array(repeating: 0, count: plan.entries.count)
    }
    (user.partCount, user.entryCount) = Self.map(
      sections, plan, &person, &user.partNumbers, &user.entryNumbers)
  }

  /// - Returns: the numbers of parts and entries.
  private static func map(
    _ sections: FixedList<Plan.Section>, _ plan: Plan, _ person: inout Person, _ partNumbers: inout [UInt16],
    _ entryNumbers: inout [UInt16]
  ) -> (parts: Int, entries: Int) {
    var parts = partNumbers.mutableSpan
    var entries = entryNumbers.mutableSpan
    var partCount = 0
    var entryCount = 0
    var startOfContainer = 0
    for index in 0..<sections.count {
      let section = sections[index]
      switch section.kind {
      case .always:
        parts[partCount] = section.part
        partCount &+= 1
        if !section.isPlain { workOut(section.part, plan, &person) }
      case .choose: choose(section.extent, plan, &person, &parts, &partCount)
      case .list: mapList(section, plan, &person, &parts, &partCount, &entries, &entryCount)
      case .container:
        parts[partCount] = section.part
        partCount &+= 1
        startOfContainer = partCount
      case .endOfContainer:
        // An empty container is not written.
        if partCount == startOfContainer {
          partCount &-= 1
        } else {
          parts[partCount] = section.part
          partCount &+= 1
        }
      }
    }
    if person.isReading { for index in 0..<partCount { record(parts[index], plan, &person) } }
    return (partCount, entryCount)
  }

  private static func mapList(
    _ section: Plan.Section, _ plan: Plan, _ person: inout Person, _ parts: inout MutableSpan<UInt16>,
    _ partCount: inout Int, _ entries: inout MutableSpan<UInt16>, _ entryCount: inout Int
  ) {
    let start = partCount
    let steps = plan.entries
    var index = Int(section.extent.first)
    let end = index &+ Int(section.extent.count)
    while index < end {
      let entry = steps[index]
      guard person.isWritten(entry, plan) else {
        index &+= 1
        continue
      }
      parts[partCount] = partCount == start ? entry.first : entry.following
      partCount &+= 1
      if !entry.isPlain { mapRest(of: entry, plan, &person, &parts, &partCount) }
      entries[entryCount] = UInt16(truncatingIfNeeded: index)
      entryCount &+= 1
      index = Int(entry.next)
    }
    if partCount > start {
      parts[partCount] = section.part
      partCount &+= 1
    }
  }

  /// Adds what is behind the first part of an entry, and works out its texts.
  @inline(never)
  private static func mapRest(
    of entry: Plan.EntryStep, _ plan: Plan, _ person: inout Person, _ parts: inout MutableSpan<UInt16>,
    _ partCount: inout Int
  ) {
    workOut(entry.first, plan, &person)
    for index in entry.rest.range {
      let section = plan.entrySections[index]
      if section.kind == .choose {
        choose(section.extent, plan, &person, &parts, &partCount)
      } else {
        parts[partCount] = section.part
        partCount &+= 1
        workOut(section.part, plan, &person)
      }
    }
    if entry.required >= 0 { person.require(Int(entry.required), plan) }
  }

  @inline(never)
  private static func choose(
    _ extent: Plan.Extent, _ plan: Plan, _ person: inout Person, _ parts: inout MutableSpan<UInt16>,
    _ partCount: inout Int
  ) {
    for index in extent.range {
      let choice = plan.choices[index]
      if !person.holds(choice.term, plan) { continue }
      if let slot = choice.slot, person.value(slot, plan).isBlank { continue }
      parts[partCount] = choice.part
      partCount &+= 1
      return workOut(choice.part, plan, &person)
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
  /// Whether an entry of a list is written.
  @inline(__always)
  mutating func isWritten(_ entry: Plan.EntryStep, _ plan: Plan) -> Bool {
    if !holds(entry.term, plan) { return false }
    guard let key = entry.key else { return true }
    return !value(key, plan).isBlank
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
